//! Several hosts, tried in order, each with its own address, port and password, as libpq does.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::{IpAddr, ToSocketAddrs};
use std::time::Duration;

use postgres::config::{ChannelBinding, SslMode, SslNegotiation};
use postgres::error::SqlState;
use postgres::{Client, NoTls};
use schemacheck_runtime::error::chain;
use schemacheck_runtime::introspect::session;
use tokio_postgres::Config;

use super::defaults;
use super::params::Params;
#[cfg(feature = "tls")]
use super::tls;
use crate::deadline::within;
use crate::error::{Error, Result};

/// How long a connection to one address may take to be made, login and all, unless `connect_timeout` says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What `sslmode` says, in the order of strictness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Mode {
    /// The mode of some parameters; without one `prefer`, or with the system's roots `verify-full`.
    pub(super) fn of(params: &Params) -> Result<Self> {
        let with_system = params.get("sslrootcert") == Some("system");
        let mode = match params.get("sslmode") {
            None if with_system => Self::VerifyFull,
            None | Some("prefer") => Self::Prefer,
            Some("disable") => Self::Disable,
            Some("allow") => Self::Allow,
            Some("require") => Self::Require,
            Some("verify-ca") => Self::VerifyCa,
            Some("verify-full") => Self::VerifyFull,
            Some(other) => {
                return Err(Error::new(format!("sslmode is `{other}`, which is none")).help(
                    "it is one of `disable`, `allow`, `prefer`, `require`, `verify-ca` and `verify-full`",
                ));
            }
        };
        if with_system && mode != Self::VerifyFull {
            return Err(Error::new("sslrootcert is `system`, and sslmode is weaker than `verify-full`")
                .help("anybody can have a certificate of a public authority: leave sslmode out, or write `verify-full`"));
        }
        Ok(mode)
    }
}

/// Which servers will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Session {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

impl Session {
    fn of(params: &Params) -> Result<Self> {
        Ok(match params.get("target_session_attrs") {
            None | Some("any") => Self::Any,
            Some("read-write") => Self::ReadWrite,
            Some("read-only") => Self::ReadOnly,
            Some("primary") => Self::Primary,
            Some("standby") => Self::Standby,
            Some("prefer-standby") => Self::PreferStandby,
            Some(other) => {
                return Err(Error::new(format!("target_session_attrs is `{other}`, which is none")).help(
                    "it is one of `any`, `read-write`, `read-only`, `primary`, `standby` and `prefer-standby`",
                ));
            }
        })
    }

    fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::ReadWrite => "read-write",
            Self::ReadOnly => "read-only",
            Self::Primary => "primary",
            Self::Standby | Self::PreferStandby => "standby",
        }
    }

    /// Whether a server is such a one.
    fn suits(self, client: &mut Client) -> std::result::Result<bool, schemacheck_runtime::error::Error> {
        if self == Self::Any {
            return Ok(true);
        }
        let session::Session { is_standby, is_read_only } = session::session(client)?;
        Ok(match self {
            Self::Any => true,
            Self::ReadWrite => !is_read_only,
            Self::ReadOnly => is_read_only,
            Self::Primary => !is_standby,
            Self::Standby | Self::PreferStandby => is_standby,
        })
    }
}

/// One of the hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Host {
    /// A name, an address, or the directory of a socket.
    pub(super) name: String,
    /// The address, where it need not be looked up.
    address: Option<IpAddr>,
    pub(super) port: u16,
}

impl Host {
    /// As reports name it.
    pub(super) fn shown(&self) -> String {
        match self.address {
            Some(address) if self.name.is_empty() => address.to_string(),
            _ => self.name.clone(),
        }
    }

    pub(super) fn is_socket(&self) -> bool {
        self.address.is_none() && self.name.starts_with(['/', '@'])
    }

    /// The host, once for each address that its name has. What cannot be looked up is left to the driver, which says why.
    fn addresses(&self, limit: Duration) -> Vec<Self> {
        if self.is_socket() || self.address.is_some() {
            return vec![self.clone()];
        }
        let (name, port) = (self.name.clone(), self.port);
        let found = within(limit, move || (name.as_str(), port).to_socket_addrs().map(Vec::from_iter));
        match found {
            Some(Ok(found)) if !found.is_empty() => {
                let one = |address| Self { address: Some(address), ..self.clone() };
                found.into_iter().map(|found| one(found.ip())).collect()
            }
            _ => vec![self.clone()],
        }
    }
}

/// The ports; the problem with one is in libpq's words.
pub(super) fn ports(params: &Params) -> std::result::Result<Vec<u16>, String> {
    let ports = params.get("port").unwrap_or("5432").split(',');
    ports
        .map(|port| match port.trim() {
            "" => Ok(5432),
            port => match port.parse() {
                Ok(0) | Err(_) => Err(format!("`{port}` is no port")),
                Ok(port) => Ok(port),
            },
        })
        .collect()
}

fn hosts(params: &Params) -> Result<Vec<Host>> {
    let list = |key: &str| -> Vec<&str> { params.get(key).map_or(vec![], |list| list.split(',').collect()) };
    let (names, addresses) = (list("host"), list("hostaddr"));
    let count = names.len().max(addresses.len());
    let ports = ports(params).map_err(Error::new)?;
    let fits = |n: usize| n == 0 || n == count;
    if !fits(names.len()) || !fits(addresses.len()) || !(ports.len() == 1 || ports.len() == count) {
        return Err(Error::new(format!(
            "host, hostaddr and port list {}, {} and {} values: they have to be as many, or one port for all",
            names.len(),
            addresses.len(),
            ports.len()
        )));
    }
    (0..count)
        .map(|at| {
            let address = addresses.get(at).filter(|address| !address.is_empty());
            let address = address
                .map(|text| text.parse().map_err(|_| Error::new(format!("hostaddr `{text}` is no address"))))
                .transpose()?;
            let name = names.get(at).copied().unwrap_or_default().trim();
            let port = ports.get(at).copied().unwrap_or(ports[0]);
            let name = match name.is_empty() && address.is_none() {
                true => defaults::default_host(&port.to_string()),
                false => name.to_owned(),
            };
            Ok(Host { name, address, port })
        })
        .collect()
}

/// What is wrong with parameters whatever the server says.
pub(super) fn check(params: &Params) -> Result<()> {
    let is_demanded = Mode::of(params)? >= Mode::Require;
    Session::of(params)?;
    hosts(params)?;
    config(params)?;
    // What would make a connection safer than it is here must not be passed over.
    let unsupported = [
        ("requirepeer", "the user of the server's process is not looked at"),
        (
            "require_auth",
            "the way of authentication cannot be demanded; `channel_binding=require` demands SCRAM over TLS",
        ),
        ("sslpassword", "a key with a password is not read; decrypt it with `openssl pkey`"),
    ];
    for (key, why) in unsupported {
        if params.get(key).is_some() {
            return Err(Error::new(format!("{key} is not supported: {why}")));
        }
    }
    match params.get("sslcertmode") {
        None | Some("allow" | "disable") => {}
        Some("require") => {
            return Err(Error::new(
                "sslcertmode `require` is not supported: the server cannot be made to ask for a certificate",
            )
            .help("where the server asks for one, `allow` sends it"));
        }
        Some(other) => {
            return Err(Error::new(format!("sslcertmode is `{other}`, which is none"))
                .help("it is one of `allow`, `disable` and `require`"));
        }
    }
    let strict = params.get("sslaccept").is_some_and(|accept| accept != "accept_invalid_certs");
    if strict && Mode::of(params)? < Mode::VerifyCa {
        return Err(Error::new(
            "sslaccept is `strict`, which is Prisma's, and sslmode takes any certificate",
        )
        .help(
            "say it in libpq's words: `sslmode=verify-full`, with `sslrootcert=FILE` or `sslrootcert=system`",
        ));
    }
    if params.get("gssencmode") == Some("require") {
        return Err(Error::new("gssencmode `require` is not supported: there is no GSSAPI here"));
    }
    let is_demanded = is_demanded || params.get("sslcrl").or(params.get("sslcrldir")).is_some();
    if is_demanded && cfg!(not(feature = "tls")) {
        return Err(Error::new("this `cargo-schemacheck` was built without its feature `tls`"));
    }
    Ok(())
}

/// All but host, port and password.
fn config(params: &Params) -> Result<Config> {
    let mut config = Config::new();
    config.user(params.get("user").unwrap_or_default());
    if let Some(database) = params.get("dbname") {
        config.dbname(database);
    }
    if let Some(options) = params.get("options") {
        config.options(options);
    }
    let name = params.get("application_name").or(params.get("fallback_application_name"));
    config.application_name(name.unwrap_or("cargo-schemacheck"));
    let number = |key: &str| number(params, key);
    config.connect_timeout(timeout(params)?);
    if let Some(ms) = number("tcp_user_timeout")? {
        config.tcp_user_timeout(Duration::from_millis(ms));
    }
    if params.get("keepalives") == Some("0") {
        config.keepalives(false);
    }
    if let Some(seconds) = number("keepalives_idle")? {
        config.keepalives_idle(Duration::from_secs(seconds));
    }
    if let Some(seconds) = number("keepalives_interval")? {
        config.keepalives_interval(Duration::from_secs(seconds));
    }
    if let Some(count) = number("keepalives_count")? {
        config.keepalives_retries(u32::try_from(count).unwrap_or(u32::MAX));
    }
    config.channel_binding(match params.get("channel_binding") {
        None | Some("prefer") => ChannelBinding::Prefer,
        Some("disable") => ChannelBinding::Disable,
        Some("require") => ChannelBinding::Require,
        Some(other) => {
            return Err(Error::new(format!("channel_binding is `{other}`, which is none"))
                .help("it is one of `disable`, `prefer` and `require`"));
        }
    });
    match params.get("sslnegotiation") {
        None | Some("postgres") => {}
        Some("direct") => drop(config.ssl_negotiation(SslNegotiation::Direct)),
        Some(other) => {
            return Err(Error::new(format!("sslnegotiation is `{other}`, which is none"))
                .help("it is one of `postgres` and `direct`"));
        }
    }
    Ok(config)
}

/// A number; zero and less mean: as the system does.
fn number(params: &Params, key: &str) -> Result<Option<u64>> {
    let Some(text) = params.get(key) else { return Ok(None) };
    match text.parse::<i64>() {
        Ok(number) => Ok(u64::try_from(number).ok().filter(|number| *number > 0)),
        Err(_) => Err(Error::new(format!("{key} is `{text}`, which is no number"))),
    }
}

/// How long a connection to one address may take to be made.
pub(super) fn timeout(params: &Params) -> Result<Duration> {
    Ok(number(params, "connect_timeout")?.map_or(CONNECT_TIMEOUT, Duration::from_secs))
}

/// Why one host would not do.
struct Failure {
    message: String,
    /// Whether the server itself refused, so that the others would too.
    is_final: bool,
}

/// Connects to the first host that answers and suits; of several hosts with the one that it is.
pub(super) fn connect(params: &Params) -> Result<(Client, Option<Host>)> {
    let mut hosts = hosts(params)?;
    if params.get("load_balance_hosts") == Some("random") {
        let random = RandomState::new();
        hosts.sort_by_cached_key(|host| random.hash_one((&host.name, host.port)));
    }
    let wanted = Session::of(params)?;
    // A standby, if there is one; else any.
    let rounds: &[Session] =
        if wanted == Session::PreferStandby { &[Session::Standby, Session::Any] } else { &[wanted] };
    let limit = timeout(params)?;
    let mut failures: Vec<String> = Vec::new();
    'rounds: for round in rounds {
        failures.clear();
        for host in hosts.iter().flat_map(|host| host.addresses(limit)) {
            match connect_within(limit, &host, params, *round)? {
                Ok(client) => return Ok((client, (hosts.len() > 1).then_some(host))),
                Err(Failure { message, is_final }) => {
                    let said = match hosts.len() {
                        1 => message,
                        _ => format!("{} port {}: {message}", host.name, host.port),
                    };
                    // Of two addresses of a name, the same is said once.
                    if !failures.contains(&said) {
                        failures.push(said);
                    }
                    if is_final {
                        break 'rounds;
                    }
                }
            }
        }
    }
    Err(Error::new(failures.join("; ")))
}

/// Connects to one host and gives up by itself: a server may take the connection and say nothing.
fn connect_within(
    limit: Duration,
    host: &Host,
    params: &Params,
    wanted: Session,
) -> Result<std::result::Result<Client, Failure>> {
    let (host, params) = (host.clone(), params.clone());
    within(limit, move || connect_to(&host, &params, wanted)).unwrap_or_else(|| {
        let message = format!("no answer has come for {} s", limit.as_secs());
        Ok(Err(Failure { message, is_final: false }))
    })
}

/// How the first host is dialled, and whether that is a socket.
pub(super) fn first(params: &Params) -> Result<(Config, bool)> {
    let hosts = hosts(params)?;
    let host = hosts.first().ok_or_else(|| Error::new("no host is named"))?;
    Ok((config_of(host, params)?, host.is_socket()))
}

fn config_of(host: &Host, params: &Params) -> Result<Config> {
    let mut config = config(params)?;
    config.port(host.port);
    match host.address {
        Some(address) => {
            config.hostaddr(address);
            // TLS and errors go by the name, where there is one.
            config.host(if host.name.is_empty() { address.to_string() } else { host.name.clone() }.as_str());
        }
        None => match host.name.strip_prefix('@') {
            // An abstract socket, which Linux marks by a zero.
            Some(name) => drop(config.host_path(format!("\0{name}"))),
            None => drop(config.host(&host.name)),
        },
    }
    let key = if host.name.is_empty() {
        host.address.map(|a| a.to_string()).unwrap_or_default()
    } else {
        host.name.clone()
    };
    let password = params.get("password").map(str::to_owned);
    if let Some(password) = password.or_else(|| defaults::password(params, &key, &host.port.to_string())) {
        config.password(password);
    }
    Ok(config)
}

/// Connects to one host. The outer error is one of the parameters, the same for every host.
fn connect_to(host: &Host, params: &Params, wanted: Session) -> Result<std::result::Result<Client, Failure>> {
    let config = config_of(host, params)?;
    let made = match Mode::of(params)? {
        // libpq ignores TLS on a Unix socket; the driver would refuse it.
        _ if host.is_socket() => plain(config),
        Mode::Disable => plain(config),
        #[cfg(not(feature = "tls"))]
        _ => plain(config),
        #[cfg(feature = "tls")]
        mode => encrypted(&config, &tls::connector(params, mode)?, mode),
    };
    Ok(made.map_err(|error| failure(&error)).and_then(|mut client| match wanted.suits(&mut client) {
        Ok(true) => Ok(client),
        Ok(false) => {
            Err(Failure { message: format!("the server is not `{}`", wanted.word()), is_final: false })
        }
        Err(error) => {
            let cause = std::error::Error::source(&error);
            Err(match cause.and_then(|cause| cause.downcast_ref::<postgres::Error>()) {
                Some(cause) => failure(cause),
                None => Failure { message: chain(&error), is_final: false },
            })
        }
    }))
}

fn plain(mut config: Config) -> std::result::Result<Client, postgres::Error> {
    config.ssl_mode(SslMode::Disable);
    postgres::Config::from(config).connect(NoTls)
}

/// With TLS, or by turns with and without, as the mode says.
#[cfg(feature = "tls")]
fn encrypted(
    config: &Config,
    connector: &tokio_postgres_rustls::MakeRustlsConnect,
    mode: Mode,
) -> std::result::Result<Client, postgres::Error> {
    let with = |mode| {
        let mut config = config.clone();
        config.ssl_mode(mode);
        postgres::Config::from(config).connect(connector.clone())
    };
    match mode {
        // What the server refuses without TLS may go with it.
        Mode::Allow => plain(config.clone()).or_else(|first| match first.as_db_error() {
            Some(_) => with(SslMode::Require).map_err(|_| first),
            None => Err(first),
        }),
        // And the other way round; but a wrong password is wrong both times.
        Mode::Prefer => with(SslMode::Prefer).or_else(|first| {
            let is_password = first.code() == Some(&SqlState::INVALID_PASSWORD);
            if is_password { Err(first) } else { plain(config.clone()).map_err(|_| first) }
        }),
        _ => with(SslMode::Require),
    }
}

fn failure(error: &postgres::Error) -> Failure {
    // A server that starts up or shuts down has nothing against us: another may answer.
    let code = error.code();
    Failure {
        message: chain(error),
        is_final: code.is_some_and(|code| *code != SqlState::CANNOT_CONNECT_NOW),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(text: &str) -> Params {
        Params::parse(text).unwrap()
    }

    #[test]
    fn hosts_addresses_and_ports_go_together() {
        let of = |text: &str| hosts(&params(text)).map_err(|error| error.message);
        let host = |name: &str, port| Host { name: name.into(), address: None, port };
        assert_eq!(of("postgres://a,b:2/d").unwrap(), [host("a", 5432), host("b", 2)]);
        assert_eq!(of("host=a,b port=7").unwrap(), [host("a", 7), host("b", 7)]);
        // An empty one is libpq's own socket, or this machine.
        let here = defaults::default_host("7");
        assert_eq!(of("host=,b port=7").unwrap(), [host(&here, 7), host("b", 7)]);
        let pair = of("host=a hostaddr=10.0.0.1").unwrap();
        assert_eq!((pair[0].name.as_str(), pair[0].address), ("a", Some("10.0.0.1".parse().unwrap())));
        assert!(of("host=a,b port=1,2,3").unwrap_err().contains("2, 0 and 3 values"));
        assert!(of("host=a hostaddr=b").unwrap_err().contains("`b` is no address"));
        assert!(of("host=a port=0").is_err() && of("host=a port=x").is_err());
        assert!(of("host=/run/pg").unwrap()[0].is_socket() && of("host=@pg").unwrap()[0].is_socket());
    }

    #[test]
    fn modes_are_libpqs() {
        let of = |text: &str| Mode::of(&params(text)).map_err(|error| error.message);
        assert_eq!(of("host=h"), Ok(Mode::Prefer));
        assert_eq!(of("host=h sslmode=allow"), Ok(Mode::Allow));
        assert_eq!(of("host=h sslrootcert=system"), Ok(Mode::VerifyFull));
        assert!(of("host=h sslrootcert=system sslmode=require").unwrap_err().contains("weaker"));
        assert!(of("host=h sslmode=maybe").unwrap_err().contains("`maybe`"));
    }

    #[test]
    fn what_cannot_be_honoured_is_refused() {
        for text in [
            "host=h sslaccept=strict",
            "host=h sslcertmode=require",
            "host=h sslcertmode=maybe",
            "host=h requirepeer=postgres",
            "host=h gssencmode=require",
            "host=h require_auth=scram-sha-256",
            "host=h target_session_attrs=maybe",
            "host=h channel_binding=maybe",
            "host=h connect_timeout=soon",
            "host=h sslnegotiation=maybe",
        ] {
            assert!(check(&params(text)).is_err(), "{text}");
        }
        for text in [
            "host=h sslaccept=accept_invalid_certs",
            "host=h sslaccept=strict sslmode=verify-full",
            "host=h sslcertmode=allow",
            "host=h gssencmode=prefer",
            "host=h connect_timeout=-1",
            "host=h client_encoding=UTF8",
        ] {
            assert!(check(&params(text)).is_ok(), "{text}");
        }
    }
}
