//! TLS as libpq's `sslmode` has it, against servers with certificates of an authority of our own.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber,
    date_time_ymd,
};
use schemacheck_scratch::{Database, Options, Server};

use crate::support::{Project, Ran};

const MANIFEST: &str = r#"[{"format": 1, "crate": "app", "path": "app::User", "file": "src/main.rs", "line": 1,
    "sort": "model", "kinds": ["read"], "relation": "users", "columns": []}]"#;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key in PEM, for names or addresses, or for a client.
fn signed(authority: &Authority, names: &[&str], usage: ExtendedKeyUsagePurpose) -> (String, String) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "postgres");
    params.extended_key_usages = vec![usage];
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, authority).unwrap().pem(), key.serialize_pem())
}

fn server_certificate(authority: &Authority, names: &[&str]) -> (String, String) {
    signed(authority, names, ExtendedKeyUsagePurpose::ServerAuth)
}

fn database(server: &Server) -> Database<'_> {
    let database = server.create_database().unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE users ()").unwrap();
    database
}

struct Client {
    project: Project,
    url: String,
}

impl Client {
    fn new(database: &Database<'_>) -> Self {
        let project = Project::empty();
        project.write("m.json", MANIFEST);
        Self { project, url: database.tcp_url("postgres", "").unwrap().replace(":@", "@") }
    }

    /// Verifies with these parameters, and without any of the machine's own certificates.
    fn verify(&self, parameters: &str) -> Ran {
        self.verify_at(&self.url, parameters)
    }

    fn verify_at(&self, url: &str, parameters: &str) -> Ran {
        self.verify_with(url, parameters, &[])
    }

    fn verify_with(&self, url: &str, parameters: &str, environment: &[(&str, &str)]) -> Ran {
        let url = format!("{url}?{parameters}");
        let home = self.project.path().display().to_string();
        self.project.tool_with(
            &["verify", "--manifest", "m.json", "--database-url", &url],
            &[&[("HOME", home.as_str())], environment].concat(),
        )
    }

    fn file(&self, name: &str, text: &str) -> String {
        self.project.write(name, text);
        let path = self.project.path().join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path.display().to_string()
    }
}

#[test]
fn verify_ca_and_verify_full_ask_who_answers() {
    let ours = authority("ours");
    let (certificate, key) = server_certificate(&ours, &["db.example", "127.0.0.1"]);
    let server = Options::default().tls(certificate, key).start().unwrap();
    let database = database(&server);
    let client = Client::new(&database);
    let root = client.file("root.pem", &ours.pem());
    let other = client.file("other.pem", &authority("others").pem());
    // By the address, which the certificate names.
    client.verify(&format!("sslmode=verify-full&sslrootcert={root}")).expect(0, &["verified"]);
    client.verify(&format!("sslmode=verify-ca&sslrootcert={root}")).expect(0, &["verified"]);
    // By a name that it does not: only the name is wrong.
    let by_name = client.url.replace("127.0.0.1", "localhost");
    client
        .verify_at(&by_name, &format!("sslmode=verify-full&sslrootcert={root}"))
        .expect(2, &["certificate"]);
    client.verify_at(&by_name, &format!("sslmode=verify-ca&sslrootcert={root}")).expect(0, &["verified"]);
    // By the name, where the address is given beside it.
    let port = server.tcp_port().unwrap();
    let pair = format!("postgres://postgres@db.example:{port}/{}", database.name());
    client
        .verify_at(&pair, &format!("hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert={root}"))
        .expect(0, &["verified"]);
    // Another authority's.
    for mode in ["verify-ca", "verify-full"] {
        client.verify(&format!("sslmode={mode}&sslrootcert={other}")).expect(2, &["certificate"]);
    }
    // Where there is a file of roots, `require` looks too, as libpq does; `prefer` does not.
    client.verify(&format!("sslmode=require&sslrootcert={other}")).expect(2, &["certificate"]);
    client.verify(&format!("sslmode=require&sslrootcert={root}")).expect(0, &["verified"]);
    client.verify(&format!("sslmode=prefer&sslrootcert={other}")).expect(0, &["verified"]);
    client.verify("sslmode=require").expect(0, &["verified"]);
    // libpq's own place for the roots.
    client
        .verify("sslmode=verify-full")
        .expect(2, &["there are no root certificates in", "sslrootcert=system"]);
    client.file(".postgresql/root.crt", &ours.pem());
    client.verify("sslmode=verify-full").expect(0, &["verified"]);
    client.verify("sslrootcert=system&sslmode=require").expect(2, &["weaker than `verify-full`"]);
    client
        .verify(&format!("sslmode=verify-full&sslrootcert={root}&channel_binding=disable"))
        .expect(0, &["verified"]);
    client
        .verify("ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.3&sslmode=require")
        .expect(0, &[]);
    client.verify("ssl_max_protocol_version=TLSv1.1&sslmode=require").expect(2, &[]);
    let rubbish = client.file("rubbish.pem", "rubbish");
    client.verify(&format!("sslmode=verify-ca&sslrootcert={rubbish}")).expect(2, &["root certificates"]);
}

/// `sslrootcert=system` trusts what the machine does, and OpenSSL's variables say where that is.
#[test]
fn the_systems_authorities_are_asked_for_by_name() {
    let ours = authority("ours");
    let (certificate, key) = server_certificate(&ours, &["127.0.0.1"]);
    let server = Options::default().tls(certificate, key).start().unwrap();
    let database = database(&server);
    let client = Client::new(&database);
    let root = client.file("root.pem", &ours.pem());
    let both = client.file("both.pem", &(authority("others").pem() + &ours.pem()));
    let other = client.file("other.pem", &authority("others").pem());
    let none = client.file("none.pem", "");
    // A directory holds them under the hashes of their names.
    let directory = client.project.path().join("certs").display().to_string();
    client.file("certs/0f6fa695.0", &ours.pem());
    // The machine that runs this may have both variables set, and both are read.
    let verify = |url: &str, file: &str, directory: &str| {
        client.verify_with(url, "sslrootcert=system", &[("SSL_CERT_FILE", file), ("SSL_CERT_DIR", directory)])
    };
    verify(&client.url, &root, "").expect(0, &["verified"]);
    verify(&client.url, &both, "").expect(0, &["verified"]);
    verify(&client.url, &other, &directory).expect(0, &["verified"]);
    let unknown = "invalid peer certificate: UnknownIssuer";
    verify(&client.url, &other, "").expect(2, &[unknown]);
    // libpq's own place is not looked at beside it.
    client.file(".postgresql/root.crt", &ours.pem());
    verify(&client.url, &other, "").expect(2, &[unknown]);
    verify(&client.url, &none, "").expect(2, &["the system has no root certificates"]);
    let nowhere = format!("{root}.gone");
    verify(&client.url, &nowhere, "").expect(2, &["cannot read the system's root certificates", &nowhere]);
    // Without a word on the mode it is `verify-full`: the name counts.
    let by_name = client.url.replace("127.0.0.1", "localhost");
    verify(&by_name, &root, "")
        .expect(2, &["invalid peer certificate: certificate not valid for name \"localhost\""]);
}

/// What many servers have: a certificate that signs itself, and is the root itself.
#[test]
fn a_certificate_that_signs_itself_is_its_own_root() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let as_authority = params.self_signed(&key).unwrap();
    for (certificate, key) in
        [(own.cert.pem(), own.signing_key.serialize_pem()), (as_authority.pem(), key.serialize_pem())]
    {
        let server = Options::default().tls(certificate.clone(), key).start().unwrap();
        let database = database(&server);
        let client = Client::new(&database);
        let root = client.file("root.pem", &certificate);
        let by_name = client.url.replace("127.0.0.1", "localhost");
        client
            .verify_at(&by_name, &format!("sslmode=verify-full&sslrootcert={root}"))
            .expect(0, &["verified"]);
        client.verify(&format!("sslmode=verify-full&sslrootcert={root}")).expect(2, &["certificate"]);
        client.verify(&format!("sslmode=verify-ca&sslrootcert={root}")).expect(0, &["verified"]);
    }
}

#[test]
fn a_client_shows_its_own_certificate() {
    let ours = authority("ours");
    let (certificate, key) = server_certificate(&ours, &["localhost"]);
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let roots = folder.path().join("clients.pem");
    fs::write(&roots, ours.pem()).unwrap();
    fs::set_permissions(&roots, fs::Permissions::from_mode(0o644)).unwrap();
    let server = Options::default()
        .tls(certificate, key)
        .setting("ssl_ca_file", roots.display().to_string())
        .start()
        .unwrap();
    let database = database(&server);
    let client = Client::new(&database);
    let as_client =
        |authority: &Authority| signed(authority, &["client"], ExtendedKeyUsagePurpose::ClientAuth);
    let (good, good_key) = as_client(&ours);
    let (bad, bad_key) = as_client(&authority("others"));
    let (good, good_key) = (client.file("good.crt", &good), client.file("good.key", &good_key));
    let (bad, bad_key) = (client.file("bad.crt", &bad), client.file("bad.key", &bad_key));
    client.verify(&format!("sslmode=require&sslcert={good}&sslkey={good_key}")).expect(0, &["verified"]);
    // The server sees what it is shown.
    client.verify(&format!("sslmode=require&sslcert={bad}&sslkey={bad_key}")).expect(2, &[]);
    client
        .verify(&format!("sslmode=require&sslcert={bad}&sslkey={bad_key}&sslcertmode=disable"))
        .expect(0, &[]);
    // The key of another certificate, one that others can read, and none.
    client.verify(&format!("sslmode=require&sslcert={good}&sslkey={bad_key}")).expect(2, &["good.crt"]);
    fs::set_permissions(&good_key, fs::Permissions::from_mode(0o644)).unwrap();
    client
        .verify(&format!("sslmode=require&sslcert={good}&sslkey={good_key}"))
        .expect(2, &["can be read by others", "chmod 0600"]);
    client.verify(&format!("sslmode=require&sslcert={good}&sslkey=/nowhere")).expect(2, &["/nowhere"]);
}

/// SCRAM over TLS, bound to the server's certificate: nobody can stand in between.
#[test]
fn channel_binding_can_be_demanded() {
    let ours = authority("ours");
    let (certificate, key) = server_certificate(&ours, &["127.0.0.1"]);
    let server = Options::default().tls(certificate, key).password("hunter2-not-real").start().unwrap();
    let database = server.create_database().unwrap();
    let url = database.tcp_url("postgres", "hunter2-not-real").unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE users ()").unwrap();
    let client = Client::new(&database);
    client.verify_at(&url, "sslmode=require&channel_binding=require").expect(0, &["verified"]);
    client.verify_at(&url, "sslmode=disable&channel_binding=require").expect(2, &["channel binding"]);
}

/// `allow` goes without TLS, until the server wants it; `prefer` the other way round.
#[test]
fn allow_and_prefer_take_what_the_server_grants() {
    let ours = authority("ours");
    let (certificate, key) = server_certificate(&ours, &["127.0.0.1"]);
    let server = Options::default().tls(certificate, key).setting("log_connections", "on").start().unwrap();
    let database = database(&server);
    let client = Client::new(&database);
    let hba: String = database.connect().unwrap().query_one("SHOW hba_file", &[]).unwrap().get(0);
    let rules = |kind: &str| {
        fs::write(&hba, format!("local all all trust\n{kind} all all 127.0.0.1/32 trust\n")).unwrap();
        let loaded = || {
            let row = database.connect().unwrap().query_one("SELECT pg_conf_load_time()::text", &[]).unwrap();
            row.get::<_, String>(0)
        };
        let before = loaded();
        database.connect().unwrap().execute("SELECT pg_reload_conf()", &[]).unwrap();
        while loaded() == before {}
    };
    let encrypted = || {
        let log = fs::read_to_string(server.log()).unwrap();
        let tool = |line: &&str| line.contains("connection authorized") && line.contains("cargo-schemacheck");
        log.lines().rfind(tool).unwrap().contains("SSL enabled")
    };
    rules("host");
    client.verify("sslmode=allow").expect(0, &["verified"]);
    assert!(!encrypted());
    client.verify("sslmode=prefer").expect(0, &["verified"]);
    assert!(encrypted());
    rules("hostssl");
    client.verify("sslmode=allow").expect(0, &["verified"]);
    assert!(encrypted());
    client.verify("sslmode=disable").expect(2, &["pg_hba.conf"]);
    rules("hostnossl");
    client.verify("sslmode=prefer").expect(0, &["verified"]);
    assert!(!encrypted());
    client.verify("sslmode=require").expect(2, &["pg_hba.conf"]);
}

#[test]
fn what_was_revoked_is_refused() {
    let ours = authority("ours");
    let serial = SerialNumber::from(4711_u64);
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    params.serial_number = Some(serial.clone());
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &ours).unwrap();
    let list = |revoked: &[&SerialNumber], until: i32| {
        let revoked = revoked.iter().map(|serial| RevokedCertParams {
            serial_number: (*serial).clone(),
            revocation_time: date_time_ymd(2020, 1, 1),
            reason_code: None,
            invalidity_date: None,
        });
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2020, 1, 1),
            next_update: date_time_ymd(until, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&ours).unwrap().pem().unwrap()
    };
    let server = Options::default().tls(certificate.pem(), key.serialize_pem()).start().unwrap();
    let database = database(&server);
    let client = Client::new(&database);
    let root = client.file("root.pem", &ours.pem());
    let verify =
        |parameters: &str| client.verify(&format!("sslmode=verify-full&sslrootcert={root}{parameters}"));
    let bad = client.file("bad.crl", &list(&[&serial], 4000));
    let good = client.file("lists/good.crl", &list(&[&SerialNumber::from(1_u64)], 4000));
    let old = client.file("old.crl", &list(&[], 2021));
    verify("").expect(0, &["verified"]);
    verify(&format!("&sslcrl={good}")).expect(0, &["verified"]);
    verify(&format!("&sslcrl={bad}")).expect(2, &["certificate", "evoked"]);
    // A list that nobody renewed says nothing of today.
    verify(&format!("&sslcrl={old}")).expect(2, &["xpired"]);
    let directory = client.project.path().join("lists").display().to_string();
    verify(&format!("&sslcrldir={directory}")).expect(0, &["verified"]);
    verify("&sslcrl=/nowhere.crl").expect(2, &["/nowhere.crl"]);
    verify(&format!("&sslcrl={root}")).expect(2, &["there is no revocation list in"]);
    // libpq's own place.
    client.file(".postgresql/root.crl", &list(&[&serial], 4000));
    verify("").expect(2, &["evoked"]);
    verify(&format!("&sslcrl={good}")).expect(0, &["verified"]);
}
