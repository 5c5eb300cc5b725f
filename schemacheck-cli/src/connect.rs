//! From the user's words to a connection: which database, and how.
//!
//! In this order: `--database-url`; `DATABASE_URL` from the environment, then from `.env`; `PG*`. What is given and empty
//! is an error. A named database has a
//! variable of its own in place of `DATABASE_URL`. What a string leaves open is filled in as libpq does: from its service,
//! `PG*` and the password file. Passwords are handed to the driver and to nothing else.

use std::sync::atomic::{AtomicBool, Ordering};

use postgres::Client;
use schemacheck_core::Severity;
use schemacheck_runtime::guard::Target;
use schemacheck_runtime::guard::target::percent_decode;

use crate::database::Named;
use crate::error::{Error, Result};
use crate::report;
use crate::variable;

mod defaults;
mod hosts;
mod params;
#[cfg(feature = "tls")]
mod tls;
mod words;

use defaults::Ambient;
use params::Params;

/// A database to connect to.
#[derive(Clone)]
pub(crate) struct Dial {
    params: Params,
    /// What reports name.
    pub(crate) target: Target,
}

impl Dial {
    /// The database that the user means.
    pub(crate) fn new(url: Option<&str>, named: Option<&Named>) -> Result<Self> {
        let ambient = if named.is_some() { Ambient::MannerOnly } else { Ambient::All };
        if let Some(url) = url {
            // An empty string is libpq's way to say "all by default", and here a variable that was not set.
            if url.trim().is_empty() {
                return Err(variable::empty("--database-url"));
            }
            let dial = Self::from_url(url, "--database-url", ambient)?;
            warn_of_password(url);
            return Ok(dial);
        }
        if let Some(named) = named {
            let variable = named.variable()?;
            // Never DATABASE_URL or PGHOST: they say where another database is.
            return match variable::url(&variable)? {
                Some(url) => Self::from_url(&url, &variable, ambient),
                None => Err(named.no_url(&variable)),
            };
        }
        if let Some(url) = variable::url("DATABASE_URL")? {
            return Self::from_url(&url, "DATABASE_URL", ambient);
        }
        let mut is_named = false;
        for name in ["PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE"] {
            is_named |= variable::setting(name)?.is_some();
        }
        if !is_named {
            return Err(Error::new("no database is named").help(
                "give `--database-url`, set DATABASE_URL in the environment or in `.env`, or set PGHOST and PGDATABASE",
            ));
        }
        Self::finish(Params::default(), Ambient::All)
    }

    /// One of several databases, by its connection string; `from` is what holds it. The environment does not say where
    /// any of them is, nor who connects: it would say so of all.
    pub(crate) fn of(url: &str, from: &str) -> Result<Self> {
        if url.trim().is_empty() {
            return Err(variable::empty(from));
        }
        Self::from_url(url, from, Ambient::MannerOnly)
    }

    fn from_url(url: &str, from: &str, ambient: Ambient) -> Result<Self> {
        let unreadable = |problem: String| {
            let message = format!("{from} is no URL of a PostgreSQL database");
            let error = match may_quote_password(&problem, url) {
                false => Error::new(format!("{message}: {problem}")),
                true => Error::new(message)
                    .help("what is wrong stands where the password may be, so it is not shown")
                    .help("in a password `%`, `@`, `/`, `?` and `:` are written %25, %40, %2F, %3F and %3A"),
            };
            error.help("write it as postgres://user:password@host:port/database")
        };
        let params = Params::parse(url).map_err(unreadable)?;
        // The port may be a piece of a password.
        hosts::ports(&params).map_err(unreadable)?;
        Self::finish(params, ambient)
    }

    fn finish(mut params: Params, ambient: Ambient) -> Result<Self> {
        defaults::fill(&mut params, ambient)?;
        hosts::check(&params)?;
        let text = |key: &str| params.get(key).map(str::to_owned);
        let target = Target {
            // What is dialled is the address, whatever the name says.
            host: match (text("host"), text("hostaddr")) {
                (Some(host), Some(address)) if host != address => Some(format!("{host} ({address})")),
                (host, address) => host.or(address),
            },
            port: text("port"),
            database: text("dbname"),
            user: text("user"),
        };
        Ok(Self { params, target })
    }

    /// Connects to the first host that answers and is of the kind that is asked for, with TLS as `sslmode` says. Of several
    /// hosts reports name the one that was reached.
    pub(crate) fn connect(&self) -> Result<(Client, Self)> {
        let (client, host) = hosts::connect(&self.params).map_err(|problem| {
            let database = self.target.database.as_deref().unwrap_or("the default database");
            let whom = format!("cannot connect to `{database}` at {}", self.target.host_and_port());
            Error { message: format!("{whom}: {}", problem.message), ..problem }
        })?;
        let mut reached = self.clone();
        if let Some(host) = host {
            (reached.target.host, reached.target.port) = (Some(host.shown()), Some(host.port.to_string()));
        }
        Ok((client, reached))
    }

    /// What the other side says to a transaction, if it refuses one by closing the connection.
    pub(crate) fn refusal(&self) -> Option<String> {
        words::refusal(&self.params)
    }
}

/// Says once that a command line is no place for a password.
fn warn_of_password(url: &str) {
    static SAID: AtomicBool = AtomicBool::new(false);
    let has_password = Params::parse(url).is_ok_and(|params| params.get("password").is_some());
    if has_password && !SAID.swap(true, Ordering::Relaxed) {
        report::remark(
            Severity::Warning,
            "other users of this machine can see the password in --database-url, in the list of processes; \
             set DATABASE_URL in the environment instead",
        );
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_url_is_named_without_its_password() {
        for url in [
            "postgres://me:hunter2@h:port/d",
            "nonsense",
            "postgres://me:hunter2@h/d?sslmode=maybe",
            "host=h password=hunter2 x=1",
        ] {
            let error = Dial::of(url, "--database-url").err().expect(url);
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
            let error = Dial::of(url, "--database-url").err().expect(url);
            assert!(!format!("{} {:?}", error.message, error.help).contains("hunter2"), "{}", error.message);
            assert!(error.help.iter().any(|help| help.contains("not shown")), "{url}: {:?}", error.help);
        }
    }

    #[test]
    fn a_misspelt_option_is_named() {
        for url in ["postgres://me:hunter2@h/d?conect_timeout=3", "host=h conect_timeout=3 password=hunter2"]
        {
            let error = Dial::of(url, "--database-url").err().expect(url);
            assert!(error.message.ends_with("unknown option `conect_timeout`"), "{}", error.message);
        }
    }
}
