//! [`Target`]: what was dialled, read from a URL or a keyword string, without the password.

/// Host, port, database and user of a connection string. Passwords are never kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Host name, address or socket directory; several are joined by commas, as libpq writes them.
    pub host: Option<String>,
    /// Likewise.
    pub port: Option<String>,
    /// The database.
    pub database: Option<String>,
    /// The user.
    pub user: Option<String>,
}

impl Target {
    /// Reads a `postgres://` URL or a `host=... dbname=...` string. What it cannot read it leaves out.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let rest = text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://"));
        match rest {
            Some(rest) => Self::from_url(rest),
            None => Self::from_keywords(text),
        }
    }

    /// The host and port in one phrase. Of a socket the file, whose name ends in the port: several servers share a directory.
    /// Where no port was given there is none to say, of a socket as of any other host.
    pub fn host_and_port(&self) -> String {
        match (&self.host, &self.port) {
            (Some(host), port) if host.starts_with(['/', '@']) => match port {
                // Several hosts, or an address beside the directory.
                Some(port) if host.contains(',') || host.contains(' ') => {
                    format!("the socket in `{host}` (port {port})")
                }
                Some(port) => format!("the socket `{}/.s.PGSQL.{port}`", host.trim_end_matches('/')),
                None => format!("the socket in `{host}`"),
            },
            (Some(host), Some(port)) => match (host.contains(','), host.contains(':')) {
                (true, _) => format!("`{host}` (port {port})"),
                (false, true) => format!("[{host}]:{port}"),
                (false, false) => format!("{host}:{port}"),
            },
            (Some(host), None) => host.clone(),
            (None, _) => "the default host".to_owned(),
        }
    }

    /// With the address that is dialled, whatever the host's name says.
    fn at(mut self, address: &str) -> Self {
        if !address.is_empty() && self.host.as_deref() != Some(address) {
            self.host = Some(match self.host {
                Some(host) => format!("{host} ({address})"),
                None => address.to_owned(),
            });
        }
        self
    }

    fn from_url(rest: &str) -> Self {
        let mut target = Self::default();
        let mut address = String::new();
        let (login, rest) = rest.split_at(end_of_login(rest));
        let rest = rest.strip_prefix('@').unwrap_or(rest);
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let query = query.split('#').next().unwrap_or("");
        let (hosts, database) = rest.split_once('/').unwrap_or((rest, ""));
        target.set("user", login.split(':').next().unwrap_or(""));
        let mut names = Vec::new();
        let mut ports = Vec::new();
        for host in hosts.split(',').filter(|host| !host.is_empty()) {
            let (name, port) = match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
                Some((address, port)) => (address, port.strip_prefix(':')),
                None => match host.split_once(':') {
                    Some((name, port)) => (name, Some(port)),
                    None => (host, None),
                },
            };
            names.push(name);
            ports.extend(port);
        }
        target.set("host", &names.join(","));
        target.set("port", &ports.join(","));
        target.set("dbname", database);
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some(("hostaddr", value)) => address = percent_decode(value),
                Some((key, value)) => target.set(key, value),
                None => {}
            }
        }
        target.at(&address)
    }

    /// Sets what a key names, percent-decoded; an empty value and any other key, the password's among them, is
    /// dropped.
    fn set(&mut self, key: &str, value: &str) {
        let slot = match key {
            "host" => &mut self.host,
            "port" => &mut self.port,
            "dbname" => &mut self.database,
            "user" => &mut self.user,
            _ => return,
        };
        if !value.is_empty() {
            *slot = Some(percent_decode(value));
        }
    }

    fn from_keywords(text: &str) -> Self {
        let mut target = Self::default();
        let mut address = String::new();
        let mut chars = text.chars().peekable();
        loop {
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            let mut key = String::new();
            while let Some(c) = chars.next_if(|c| *c != '=') {
                key.push(c);
            }
            if chars.next().is_none() {
                return target.at(&address);
            }
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            let quoted = chars.next_if_eq(&'\'').is_some();
            let mut value = String::new();
            while let Some(c) = chars.next() {
                match c {
                    '\\' => value.extend(chars.next()),
                    '\'' if quoted => break,
                    c if !quoted && c.is_whitespace() => break,
                    c => value.push(c),
                }
            }
            match key.trim() {
                "hostaddr" => address = value,
                // Keywords are not percent-encoded; protect what `set` would decode.
                key => target.set(key, &value.replace('%', "%25")),
            }
        }
    }
}

/// The parameters of a URL in whose values an `@` may stand.
const WITH_AT: &[&str] = &["application_name", "host", "options", "password", "user"];

/// Where the `@` behind user and password stands in what follows `postgres://`; 0 if there is none.
///
/// A password may hold `@`, `/` and `?` that nobody encoded, and no part of it may be taken for a host or a database:
/// the last `@` ends the login, unless it stands in the value of a parameter.
fn end_of_login(rest: &str) -> usize {
    let question = rest.find('?').unwrap_or(rest.len());
    let in_value = |at: usize, marks: &[char]| {
        let pair = rest.get(question + 1..at).and_then(|query| query.rsplit(marks).next()).unwrap_or("");
        pair.split_once('=').is_some_and(|(key, _)| WITH_AT.contains(&key))
    };
    let mut marks = rest.rmatch_indices('@').map(|(at, _)| at);
    let Some(end) = marks.find(|at| !in_value(*at, &['?', '&'])) else {
        return 0;
    };
    let front = &rest[..question];
    if end < question || front.contains('@') {
        return end;
    }
    match front.split_once(':') {
        // Without a colon there is no password in front, and before a parameter a number is a port.
        None => 0,
        Some((_, port)) if in_value(end, &['&']) && port.split('/').next().is_some_and(is_number) => 0,
        Some(_) => end,
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Decodes `%41`; what is no such sequence stays as it is.
pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: [&str; 4]) {
        let target = Target::parse(text);
        let parts = [&target.host, &target.port, &target.database, &target.user];
        assert_eq!(parts.map(|part| part.as_deref().unwrap_or("-")), expect, "{text}");
        assert!(!format!("{target:?}{}", target.host_and_port()).contains("s3cret"), "{text}");
    }

    #[test]
    fn reads_urls_and_keywords_and_drops_passwords() {
        check("postgres://me:s3cret@db.example:5433/app", ["db.example", "5433", "app", "me"]);
        check("postgresql://me:s3c@s3cret@db/app?sslmode=require", ["db", "-", "app", "me"]);
        check("postgres://db", ["db", "-", "-", "-"]);
        check("postgres:///app?host=/run/pg&password=s3cret&user=me", ["/run/pg", "-", "app", "me"]);
        check("postgres://me@%2Frun%2Fpg/my%20app", ["/run/pg", "-", "my app", "me"]);
        check("postgres://a:1,b:2/app", ["a,b", "1,2", "app", "-"]);
        check("postgres://[::1]:5432/app", ["::1", "5432", "app", "-"]);
        check(
            "host=db port=5432 dbname='my app' user=me password='s3cret \\' x'",
            ["db", "5432", "my app", "me"],
        );
        check("password=s3cret", ["-", "-", "-", "-"]);
        check("dbname = 50% user=me", ["-", "-", "50%", "me"]);
        check("complete rubbish", ["-", "-", "-", "-"]);
        check("postgres://u@h/d?options=a@b&host=@run", ["@run", "-", "d", "u"]);
        check("postgres://db:5/d?user=me&password=p@s3cret?x", ["db", "5", "d", "me"]);
        check("postgres://db/d?user=me&password=p@ss/w?s3cret&s3cret@x", ["db", "-", "d", "me"]);
        check("postgres:///d?user=me@corp&password=s3c@s3cret", ["-", "-", "d", "me@corp"]);
    }

    #[test]
    fn an_unencoded_password_is_taken_for_no_host_and_no_database() {
        for password in
            ["s3cret/x", "x/s3cret", "s3cret?x", "x?s3cret", "x@s3cret/x", "x@y?s3cret", "a/s3cret?b@c"]
        {
            check(&format!("postgres://me:{password}@db:5/app"), ["db", "5", "app", "me"]);
            check(&format!("postgres://me:{password}@db/app?sslmode=require"), ["db", "-", "app", "me"]);
        }
    }

    #[test]
    fn says_where() {
        assert_eq!(Target::parse("postgres://db:1/x").host_and_port(), "db:1");
        assert_eq!(Target::parse("postgres:///x?host=/run/pg").host_and_port(), "the socket in `/run/pg`");
        assert_eq!(Target::parse("postgres://[::1]:5/x").host_and_port(), "[::1]:5");
        for url in [
            "postgres://app@%2Ftmp%2Fpg:55437/x",
            "postgres:///x?host=/tmp/pg/&port=55437",
            "host=/tmp/pg port=55437",
        ] {
            assert_eq!(Target::parse(url).host_and_port(), "the socket `/tmp/pg/.s.PGSQL.55437`", "{url}");
        }
        let several = Target::parse("host=/a,/b port=1,2").host_and_port();
        assert_eq!(several, "the socket in `/a,/b` (port 1,2)");
        assert_eq!(Target::parse("host=@pg port=5").host_and_port(), "the socket `@pg/.s.PGSQL.5`");
    }
}
