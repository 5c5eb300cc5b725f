//! TLS by rustls, as libpq's `sslmode` has it.
//!
//! | mode | the server's certificate |
//! |---|---|
//! | `allow`, `prefer` | any |
//! | `require` | any; as `verify-ca` if there is a file of root certificates, as in libpq |
//! | `verify-ca` | signed by one of the roots, or one of them itself |
//! | `verify-full` | that, and for the host's name or address |

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::version::{TLS12, TLS13};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore, SignatureScheme,
    SupportedProtocolVersion,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::defaults::home;
use super::hosts::Mode;
use super::params::Params;
use crate::error::{Error, Result};

/// A connector that encrypts, and asks who answers as the mode says.
pub(super) fn connector(params: &Params, mode: Mode) -> Result<MakeRustlsConnect> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&versions(params)?)
        .map_err(|error| Error::because("there is no version of TLS to speak", &error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier(params, mode, provider)?);
    let config = match client_certificate(params)? {
        None => builder.with_no_client_auth(),
        Some((file, chain, key)) => builder.with_client_auth_cert(chain, key).map_err(|error| {
            Error::because(&format!("cannot use the certificate {}", file.display()), &error)
        })?,
    };
    Ok(MakeRustlsConnect::new(config))
}

/// The versions between the least and the greatest that are asked for; rustls speaks the last two.
fn versions(params: &Params) -> Result<Vec<&'static SupportedProtocolVersion>> {
    let rank = |key: &str, absent: usize| match params.get(key) {
        None => Ok(absent),
        Some("TLSv1" | "TLSv1.1") => Ok(0),
        Some("TLSv1.2") => Ok(1),
        Some("TLSv1.3") => Ok(2),
        Some(other) => Err(Error::new(format!("{key} is `{other}`, which is none"))
            .help("it is one of `TLSv1`, `TLSv1.1`, `TLSv1.2` and `TLSv1.3`")),
    };
    let range = rank("ssl_min_protocol_version", 1)?..=rank("ssl_max_protocol_version", 2)?;
    let known = [(1, &TLS12), (2, &TLS13)];
    Ok(known.into_iter().filter(|(rank, _)| range.contains(rank)).map(|(_, version)| version).collect())
}

fn verifier(
    params: &Params,
    mode: Mode,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>> {
    let named = params.get("sslrootcert");
    let file = named.map(PathBuf::from).or_else(|| Some(home()?.join(".postgresql/root.crt")));
    let roots = match (named, file) {
        (Some("system"), _) => Some(system_roots()?),
        (_, Some(file)) if file.exists() => Some(certificates(&file)?),
        (_, file) if mode >= Mode::VerifyCa => {
            let place = file.map_or("no home directory".to_owned(), |file| file.display().to_string());
            return Err(Error::new(format!("there are no root certificates in {place}"))
                .help("sslmode `verify-ca` and `verify-full` need them: give `sslrootcert=FILE`, or `sslrootcert=system`"));
        }
        _ => None,
    };
    let mode = if mode == Mode::Require && roots.is_some() { Mode::VerifyCa } else { mode };
    let roots = match roots {
        Some(roots) if mode >= Mode::VerifyCa => roots,
        _ => return Ok(Arc::new(Verifier { provider, roots: None })),
    };
    let mut store = RootCertStore::empty();
    let (added, _) = store.add_parsable_certificates(roots.iter().cloned());
    if added == 0 {
        return Err(Error::new("the file of root certificates holds none that can be read"));
    }
    let revoked = revocation_lists(params)?;
    let with_revocation = !revoked.is_empty();
    let mut chains = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider));
    if with_revocation {
        // As OpenSSL: each authority of the chain needs a list, and one that is still good.
        chains = chains.with_crls(revoked).enforce_revocation_expiration();
    }
    let chains =
        chains.build().map_err(|error| Error::because("cannot use the root certificates", &error))?;
    let with_name = mode == Mode::VerifyFull;
    let roots = Roots { chains, certificates: roots, with_name, with_revocation };
    Ok(Arc::new(Verifier { provider, roots: Some(roots) }))
}

/// The lists of revoked certificates that are named, or that lie in libpq's place.
fn revocation_lists(params: &Params) -> Result<Vec<CertificateRevocationListDer<'static>>> {
    let mut files: Vec<PathBuf> = params.get("sslcrl").map(PathBuf::from).into_iter().collect();
    if let Some(directory) = params.get("sslcrldir") {
        let unreadable =
            |error: std::io::Error| Error::because(&format!("cannot read the directory {directory}"), &error);
        for entry in std::fs::read_dir(directory).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            files.extend(file.is_file().then_some(file));
        }
    }
    if params.get("sslcrl").is_none() && params.get("sslcrldir").is_none() {
        files.extend(home().map(|home| home.join(".postgresql/root.crl")).filter(|file| file.exists()));
    }
    let mut lists = Vec::new();
    for file in files {
        let unreadable = |error: rustls::pki_types::pem::Error| {
            Error::because(&format!("cannot read the revocation list in {}", file.display()), &error)
        };
        let before = lists.len();
        for list in CertificateRevocationListDer::pem_file_iter(&file).map_err(unreadable)? {
            lists.push(list.map_err(unreadable)?);
        }
        if lists.len() == before {
            return Err(Error::new(format!("there is no revocation list in {}", file.display())));
        }
    }
    Ok(lists)
}

fn system_roots() -> Result<Vec<CertificateDer<'static>>> {
    let found = rustls_native_certs::load_native_certs();
    match (found.certs.is_empty(), found.errors.first()) {
        (false, _) => Ok(found.certs),
        (true, Some(error)) => Err(Error::because("cannot read the system's root certificates", error)),
        (true, None) => Err(Error::new("the system has no root certificates")),
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let unreadable = |error: rustls::pki_types::pem::Error| {
        Error::because(&format!("cannot read the certificates in {}", file.display()), &error)
    };
    CertificateDer::pem_file_iter(file)
        .map_err(unreadable)?
        .collect::<std::result::Result<_, _>>()
        .map_err(unreadable)
}

/// The client's own certificate and key, where they are named or lie in libpq's place.
type ClientCertificate = (PathBuf, Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn client_certificate(params: &Params) -> Result<Option<ClientCertificate>> {
    if params.get("sslcertmode") == Some("disable") {
        return Ok(None);
    }
    let place = |key: &str, name: &str| {
        params.get(key).map(PathBuf::from).or_else(|| Some(home()?.join(".postgresql").join(name)))
    };
    let Some(file) = place("sslcert", "postgresql.crt") else { return Ok(None) };
    if !file.exists() && params.get("sslcert").is_none() {
        return Ok(None);
    }
    let chain = certificates(&file)?;
    let key_file = place("sslkey", "postgresql.key").unwrap_or_default();
    check_private(&key_file)?;
    let key = PrivateKeyDer::from_pem_file(&key_file).map_err(|error| {
        Error::because(&format!("cannot read the private key in {}", key_file.display()), &error)
    })?;
    Ok(Some((file, chain, key)))
}

/// Refuses a key that others can read, by libpq's rule: nobody but the owner, or with root as the owner its group.
#[cfg(unix)]
fn check_private(file: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let meta = std::fs::metadata(file).map_err(|error| {
        Error::because(&format!("cannot read the private key in {}", file.display()), &error)
    })?;
    let open = if meta.uid() == 0 { 0o037 } else { 0o077 };
    if meta.mode() & open != 0 {
        return Err(Error::new(format!("the private key in {} can be read by others", file.display()))
            .help("`chmod 0600` it, or 0640 if root owns it"));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_private(_: &Path) -> Result<()> {
    Ok(())
}

/// Judges a server's certificate. That the server has its key is proven by the handshake.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    /// Without roots any certificate will do.
    roots: Option<Roots>,
}

/// Takes what the roots have signed, and a root itself, which is how a server's own certificate is trusted.
#[derive(Debug)]
struct Roots {
    chains: Arc<WebPkiServerVerifier>,
    certificates: Vec<CertificateDer<'static>>,
    with_name: bool,
    with_revocation: bool,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, TlsError> {
        let Some(roots) = &self.roots else { return Ok(ServerCertVerified::assertion()) };
        let verified =
            roots.chains.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            // The chain is looked at first: the name is all that is wrong.
            Err(TlsError::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !roots.with_name => Ok(ServerCertVerified::assertion()),
            // A self-signed certificate is an authority, which webpki takes for no server; its dates are right by then.
            // Whether it was revoked webpki did not look then.
            Err(error)
                if is_authority(&error)
                    && !roots.with_revocation
                    && roots.certificates.iter().any(|root| root == end_entity) =>
            {
                if roots.with_name {
                    let certificate = ParsedCertificate::try_from(end_entity)?;
                    rustls::client::verify_server_name(&certificate, server_name)?;
                }
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, TlsError> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, TlsError> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Whether webpki refused a certificate for being an authority's. rustls hands on that error by its name alone.
fn is_authority(error: &TlsError) -> bool {
    matches!(error, TlsError::InvalidCertificate(CertificateError::Other(other)) if other.to_string().contains("CaUsedAsEndEntity"))
}
