//! From the user's words to a connection: which database, and how.
//!
//! In this order: `--database-url`; `DATABASE_URL` from the environment, then from `.env`; `PG*`. A named database has a
//! variable of its own in place of `DATABASE_URL` and `PG*`. Passwords are handed to the driver and to nothing else.

use std::time::Duration;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};
use schemacheck_runtime::error::chain;
use schemacheck_runtime::guard::Target;
use schemacheck_runtime::guard::target::percent_decode;

use crate::database::Named;
use crate::error::{Error, Result};

#[cfg(feature = "tls")]
mod tls;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Parameters of other tools that stand in many URLs and are nothing to the server.
const FOREIGN: &[&str] = &[
    "schema",
    "connection_limit",
    "pool_timeout",
    "pgbouncer",
    "socket_timeout",
    "statement_cache_size",
    "statement-cache-capacity",
    "sslaccept",
];

/// Values of `sslmode` that libpq knows and the driver does not.
const UNSUPPORTED_SSL_MODES: &[&str] = &["allow", "verify-ca", "verify-full"];

/// A database to connect to.
#[derive(Clone)]
pub(crate) struct Dial {
    config: Config,
    /// What reports name.
    pub(crate) target: Target,
}

impl Dial {
    /// The database that the user means.
    pub(crate) fn new(url: Option<&str>, named: Option<&Named>) -> Result<Self> {
        if let Some(url) = url {
            return Self::from_url(url, "--database-url");
        }
        if let Some(named) = named {
            let variable = named.variable()?;
            // Never DATABASE_URL or PG*: they say where another database is.
            return match setting(&variable) {
                Some(url) => Self::from_url(&url, &variable),
                None => Err(named.no_url(&variable)),
            };
        }
        if let Some(url) = setting("DATABASE_URL") {
            return Self::from_url(&url, "DATABASE_URL");
        }
        Self::from_environment()
    }

    pub(crate) fn from_url(url: &str, from: &str) -> Result<Self> {
        let target = Target::parse(url);
        let url = without_foreign(url);
        if let Some(mode) = ssl_mode(&url).filter(|mode| UNSUPPORTED_SSL_MODES.contains(&mode.as_str())) {
            return Err(unsupported("sslmode", &mode));
        }
        let config: Config = url.parse().map_err(|error: postgres::Error| {
            let message = format!("{from} is no URL of a PostgreSQL database");
            let error = match may_quote_password(&chain(&error), &url) {
                false => Error::because(&message, &error),
                true => Error::new(message)
                    .help("what is wrong stands where the password may be, so it is not shown")
                    .help("in a password `%`, `@`, `/`, `?` and `:` are written %25, %40, %2F, %3F and %3A"),
            };
            error.help("write it as postgres://user:password@host:port/database")
        })?;
        Ok(Self::finish(config, target))
    }

    fn from_environment() -> Result<Self> {
        let mut config = Config::new();
        let mut target = Target::default();
        let none = || {
            Error::new("no database is named")
                .help("give `--database-url`, set DATABASE_URL in the environment or in `.env`, or set PGHOST and PGDATABASE")
        };
        let (host, database) = (setting("PGHOST"), setting("PGDATABASE"));
        if host.is_none() && database.is_none() {
            return Err(none());
        }
        let user = setting("PGUSER").or_else(|| setting("USER")).unwrap_or_else(|| "postgres".to_owned());
        config.host(host.as_deref().unwrap_or("localhost"));
        config.user(&user);
        config.dbname(database.as_deref().unwrap_or(&user));
        if let Some(port) = setting("PGPORT") {
            config
                .port(port.parse().map_err(|_| Error::new(format!("PGPORT is `{port}`, which is no port")))?);
        }
        if let Some(password) = setting("PGPASSWORD") {
            config.password(password);
        }
        match setting("PGSSLMODE").as_deref() {
            None | Some("prefer") => {}
            Some("disable") => drop(config.ssl_mode(SslMode::Disable)),
            Some("require") => drop(config.ssl_mode(SslMode::Require)),
            Some(other) => return Err(unsupported("PGSSLMODE", other)),
        }
        target.host = Some(host.unwrap_or_else(|| "localhost".to_owned()));
        target.port = setting("PGPORT");
        target.database = config.get_dbname().map(str::to_owned);
        target.user = Some(user);
        Ok(Self::finish(config, target))
    }

    fn finish(mut config: Config, target: Target) -> Self {
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("cargo-schemacheck");
        }
        // libpq ignores TLS on a Unix socket; the driver refuses it.
        let socket = config.get_hosts().iter().all(|host| !matches!(host, postgres::config::Host::Tcp(_)));
        if socket && !config.get_hosts().is_empty() {
            config.ssl_mode(SslMode::Disable);
        }
        Self { config, target }
    }

    /// Connects, with TLS where the server offers it or the URL asks for it.
    pub(crate) fn connect(&self) -> Result<Client> {
        let connected = match self.config.get_ssl_mode() {
            SslMode::Disable => self.config.connect(NoTls),
            #[cfg(feature = "tls")]
            _ => self.config.connect(tls::connector()),
            #[cfg(not(feature = "tls"))]
            SslMode::Require => {
                return Err(Error::new("this `cargo-schemacheck` was built without its feature `tls`"));
            }
            #[cfg(not(feature = "tls"))]
            _ => self.config.connect(NoTls),
        };
        connected.map_err(|error| {
            let database = self.target.database.as_deref().unwrap_or("the default database");
            let whom = format!("cannot connect to `{database}` at {}", self.target.host_and_port());
            Error::because(&whom, &error)
        })
    }
}

fn unsupported(setting: &str, mode: &str) -> Error {
    Error::new(format!("{setting} `{mode}` is not supported yet"))
        .help("`disable`, `prefer` and `require` are; `require` encrypts and does not check the certificate")
}

/// Takes out of a URL what is not for the driver.
fn without_foreign(url: &str) -> String {
    let Some((rest, query)) = url.split_once('?').filter(|_| url.contains("://")) else {
        return url.to_owned();
    };
    let foreign = |pair: &&str| !FOREIGN.contains(&pair.split('=').next().unwrap_or(pair));
    let kept: Vec<&str> = query.split('&').filter(foreign).collect();
    if kept.is_empty() { rest.to_owned() } else { format!("{rest}?{}", kept.join("&")) }
}

/// Whether the driver's words name something that stands where the connection string may hold a password: before the
/// last `@`, or anywhere behind the word. A password with unencoded marks, and a URL of another tool's scheme, make the
/// driver take it for the name of an option.
fn may_quote_password(words: &str, url: &str) -> bool {
    let login = url.rfind('@').map_or("", |at| &url[..at]);
    let keyword = url.find("password").map_or("", |at| &url[at..]);
    let plain = |named: &str| named.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let secret = |named: &str| {
        [login, keyword].iter().any(|part| part.contains(named) || percent_decode(part).contains(named))
    };
    words.split('`').skip(1).step_by(2).any(|named| !plain(named) || secret(named))
}

/// The value of `sslmode` in a URL or a keyword string.
fn ssl_mode(url: &str) -> Option<String> {
    let (_, value) = url.split_once("sslmode=")?;
    Some(value.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect())
}

/// A variable of the environment, else of `.env`; an empty one is none.
fn setting(name: &str) -> Option<String> {
    let real = std::env::var(name).ok().filter(|value| !value.is_empty());
    real.or_else(|| {
        let file = dotenvy::dotenv_iter().ok()?;
        file.flatten().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_other_tools_are_taken_out() {
        let check = |url: &str, expect: &str| assert_eq!(without_foreign(url), expect);
        check("postgres://u@h/d?schema=public&sslmode=require", "postgres://u@h/d?sslmode=require");
        check("postgres://u@h/d?pgbouncer=true", "postgres://u@h/d");
        check("postgres://u@h/d", "postgres://u@h/d");
        check("host=h dbname=d?x", "host=h dbname=d?x");
    }

    #[test]
    fn a_bad_url_is_named_without_its_password() {
        for url in [
            "postgres://me:hunter2@h:port/d",
            "nonsense",
            "postgres://me:hunter2@h/d?sslmode=maybe",
            "host=h password=hunter2 x=1",
        ] {
            let error = Dial::from_url(url, "--database-url").err().expect(url);
            assert!(!format!("{} {:?}", error.message, error.help).contains("hunter2"), "{}", error.message);
        }
    }

    #[test]
    fn a_password_that_the_driver_takes_for_an_option_is_not_printed() {
        for url in [
            "postgresql+psycopg2://me:hunter2@h/d?sslmode=require",
            "POSTGRES://me:hunter2@h/d?sslmode=require",
            "host=h password=a hunter2=x",
            "postgres://me:a@b?hunter2&x=@h/d",
            "postgres://me:a@b?%68unter2=@h/d",
        ] {
            let error = Dial::from_url(url, "--database-url").err().expect(url);
            assert!(!format!("{} {:?}", error.message, error.help).contains("hunter2"), "{}", error.message);
            assert!(error.help.iter().any(|help| help.contains("not shown")), "{url}: {:?}", error.help);
        }
    }

    #[test]
    fn a_misspelt_option_is_named() {
        for url in ["postgres://me:hunter2@h/d?conect_timeout=3", "host=h conect_timeout=3 password=hunter2"]
        {
            let error = Dial::from_url(url, "--database-url").err().expect(url);
            assert!(error.message.ends_with("unknown option `conect_timeout`"), "{}", error.message);
        }
    }
}
