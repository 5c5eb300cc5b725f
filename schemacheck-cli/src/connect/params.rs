//! The parameters of a connection, out of a URL or a keyword string, by the grammar of libpq (`fe-connect.c`,
//! `conninfo_uri_parse_options` and `conninfo_parse`).

use std::collections::BTreeMap;

use schemacheck_runtime::guard::target::percent_decode;

/// Every parameter of libpq 18, in the order of its manual. Those that only a server of its own kind or a tool reads are
/// here too, so that no URL that works elsewhere is refused for them.
const KEYWORDS: &[&str] = &[
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "passfile",
    "require_auth",
    "channel_binding",
    "connect_timeout",
    "client_encoding",
    "options",
    "application_name",
    "fallback_application_name",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "replication",
    "gssencmode",
    "sslmode",
    "requiressl",
    "sslnegotiation",
    "sslcompression",
    "sslcert",
    "sslkey",
    "sslkeylogfile",
    "sslpassword",
    "sslcertmode",
    "sslrootcert",
    "sslcrl",
    "sslcrldir",
    "sslsni",
    "requirepeer",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
    "min_protocol_version",
    "max_protocol_version",
    "krbsrvname",
    "gsslib",
    "gssdelegation",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
    "target_session_attrs",
    "load_balance_hosts",
    "oauth_issuer",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_scope",
];

/// Parameters of drivers and other tools that stand in many URLs and are nothing to the server.
const FOREIGN: &[&str] = &[
    "schema",
    "connection_limit",
    "pool_timeout",
    "pgbouncer",
    "socket_timeout",
    "statement_cache_size",
    "statement-cache-capacity",
    "keepalives_retries",
    "pool_max_conns",
    "uselibpqcompat",
];

/// Parameters by name. An empty value is none, as for libpq.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Params(BTreeMap<String, String>);

impl Params {
    /// Reads `postgres://...` or `host=... dbname=...`. The error says what is wrong, with names in backticks.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        match text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://")) {
            Some(rest) => Self::from_url(rest),
            None => Self::from_keywords(text),
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether a parameter is set, be it to an empty value.
    pub(super) fn is_set(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Sets what has no value, by what may not be readable.
    pub(super) fn try_fill<E>(
        &mut self,
        key: &str,
        value: impl FnOnce() -> Result<Option<String>, E>,
    ) -> Result<(), E> {
        if self.get(key).is_none() {
            let value = value()?;
            self.fill(key, || value);
        }
        Ok(())
    }

    /// Sets what has no value.
    pub(super) fn fill(&mut self, key: &str, value: impl FnOnce() -> Option<String>) {
        if self.get(key).is_none()
            && let Some(value) = value().filter(|value| !value.is_empty())
        {
            self.0.insert(key.to_owned(), value);
        }
    }

    /// Sets what is not set to what others say.
    pub(super) fn fill_from(&mut self, others: &Self) {
        for (key, value) in &others.0 {
            self.fill(key, || Some(value.clone()));
        }
    }

    /// Sets a parameter by its name in libpq.
    pub(super) fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let key = match (key, value) {
            // Of JDBC, as libpq takes it.
            ("ssl", "true") => return self.set("sslmode", "require"),
            ("requiressl", value) if value.starts_with('1') => return self.set("sslmode", "require"),
            ("requiressl", _) => return self.set("sslmode", "prefer"),
            // Of Prisma, and looked at later.
            ("sslaccept", _) => key,
            (key, _) if FOREIGN.contains(&key) => return Ok(()),
            (key, _) if KEYWORDS.contains(&key) => key,
            (key, _) => return Err(format!("unknown option `{key}`")),
        };
        self.0.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    /// Sets what a URL has a place for, if it says something there.
    fn set_given(&mut self, key: &str, value: &str) -> Result<(), String> {
        if value.is_empty() { Ok(()) } else { self.set(key, value) }
    }

    fn from_url(rest: &str) -> Result<Self, String> {
        let mut params = Self::default();
        let end = rest.find(['@', '/']).unwrap_or(rest.len());
        let login = if rest[end..].starts_with('@') { &rest[..end] } else { "" };
        let rest = match rest[end..].strip_prefix('@') {
            Some(behind) => {
                let (user, password) = login.split_once(':').unwrap_or((login, ""));
                params.set_given("user", &percent_decode(user))?;
                params.set_given("password", &percent_decode(password))?;
                behind
            }
            None => rest,
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (hosts, database) = place.split_once('/').unwrap_or((place, ""));
        // What stands before an `@` that is left may be a password that nobody encoded, and is taken for no host and no
        // database, where libpq would. Before a parameter a number behind a colon is a port.
        let has_password = login.contains(':');
        let is_number = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let ports = || hosts.split(',').filter_map(|host| Some(host.rsplit_once(':')?.1));
        let in_query = query.split('&').any(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or(("", pair));
            value.contains('@') && !["application_name", "options"].contains(&key)
        });
        let left = place.contains('@') && (has_password || place.contains(':'));
        if hosts.contains('@') || left || in_query && (has_password || !ports().all(is_number)) {
            return Err("there is an `@` too many".to_owned());
        }
        params.set_given("dbname", &percent_decode(database))?;
        let mut names = Vec::new();
        let mut ports = Vec::new();
        for host in hosts.split(',') {
            let (name, port) = match host.strip_prefix('[') {
                Some(address) => {
                    let (name, port) = address.split_once(']').ok_or("a `[` has no `]`")?;
                    (name, port.strip_prefix(':').unwrap_or(port))
                }
                None => host.split_once(':').unwrap_or((host, "")),
            };
            names.push(percent_decode(name));
            ports.push(percent_decode(port));
        }
        params.set_given("host", &list(&names))?;
        params.set_given("port", &list(&ports))?;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').ok_or_else(|| format!("option `{pair}` has no value"))?;
            params.set(&percent_decode(key), &percent_decode(value))?;
        }
        Ok(params)
    }

    fn from_keywords(text: &str) -> Result<Self, String> {
        let mut params = Self::default();
        let mut chars = text.chars().peekable();
        loop {
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            if chars.peek().is_none() {
                return Ok(params);
            }
            let mut key = String::new();
            while let Some(c) = chars.next_if(|c| *c != '=' && !c.is_whitespace()) {
                key.push(c);
            }
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            if chars.next() != Some('=') {
                return Err(format!("there is no `=` behind `{key}`"));
            }
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            let is_quoted = chars.next_if_eq(&'\'').is_some();
            let mut is_closed = !is_quoted;
            let mut value = String::new();
            while let Some(c) = chars.next() {
                match c {
                    '\\' => value.extend(chars.next()),
                    '\'' if is_quoted => {
                        is_closed = true;
                        break;
                    }
                    c if !is_quoted && c.is_whitespace() => break,
                    c => value.push(c),
                }
            }
            if !is_closed {
                return Err("a quote is not closed".to_owned());
            }
            params.set(&key, &value)?;
        }
    }
}

/// A list for a parameter with several values; nothing if all are empty.
fn list(items: &[String]) -> String {
    if items.iter().all(String::is_empty) { String::new() } else { items.join(",") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[(&str, &str)]) {
        let params = Params::parse(text).unwrap();
        let set: Vec<(&str, &str)> = params
            .0
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        assert_eq!(set, expect, "{text}");
    }

    #[test]
    fn reads_what_libpq_reads() {
        check("postgresql://", &[]);
        check("postgres://localhost", &[("host", "localhost")]);
        check("postgres://me@h:5/d", &[("dbname", "d"), ("host", "h"), ("port", "5"), ("user", "me")]);
        check("postgres://me:p%40%2F@h", &[("host", "h"), ("password", "p@/"), ("user", "me")]);
        check("postgres://a,b:2,[::1]:3/d", &[("dbname", "d"), ("host", "a,b,::1"), ("port", ",2,3")]);
        check("postgres:///d?host=/run/pg&port=5", &[("dbname", "d"), ("host", "/run/pg"), ("port", "5")]);
        check("postgres://%2Frun%2Fpg/d", &[("dbname", "d"), ("host", "/run/pg")]);
        check("postgres://h/d?ssl=true", &[("dbname", "d"), ("host", "h"), ("sslmode", "require")]);
        check(
            "postgres://h?sslmode=verify-full&sslrootcert=system",
            &[("host", "h"), ("sslmode", "verify-full"), ("sslrootcert", "system")],
        );
        check(
            "postgres://me:p@h/d?application_name=a@b",
            &[("application_name", "a@b"), ("dbname", "d"), ("host", "h"), ("password", "p"), ("user", "me")],
        );
        check(
            "postgres://h:5/d?user=me@corp",
            &[("dbname", "d"), ("host", "h"), ("port", "5"), ("user", "me@corp")],
        );
        check("postgres://h?application_name=a%20b", &[("application_name", "a b"), ("host", "h")]);
        check("host = h dbname='my \\'d' user=\\'x", &[("dbname", "my 'd"), ("host", "h"), ("user", "'x")]);
        check("dbname=''", &[]);
        check("", &[]);
    }

    #[test]
    fn parameters_of_other_tools_are_taken_out() {
        check(
            "postgres://u@h/d?schema=public&pgbouncer=true",
            &[("dbname", "d"), ("host", "h"), ("user", "u")],
        );
        check("host=h connection_limit=5", &[("host", "h")]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, expect) in [
            ("nonsense", "there is no `=` behind `nonsense`"),
            ("postgres://h?conect_timeout=3", "unknown option `conect_timeout`"),
            ("postgres://h?sslmode", "option `sslmode` has no value"),
            ("postgres://[::1/d", "a `[` has no `]`"),
            ("host='h", "a quote is not closed"),
            ("postgres://me:p@x@h/d", "there is an `@` too many"),
            ("postgres://me://p@h/d", "there is an `@` too many"),
            ("postgres://me:p@s/w@h/d", "there is an `@` too many"),
            ("postgres://me:p@s?user=w@h/d", "there is an `@` too many"),
        ] {
            assert_eq!(Params::parse(text).err().as_deref(), Some(expect), "{text}");
        }
    }
}
