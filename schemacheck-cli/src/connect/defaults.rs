//! What a connection string leaves open: the service file, `PG*`, the password file, and libpq's own defaults.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::params::Params;
use crate::error::{Error, Result};
use crate::variable;

/// The parameters with a variable of the environment, as libpq's manual lists them ("Environment Variables"). First those
/// that say where a database is.
const PLACE: &[(&str, &str)] = &[
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("port", "PGPORT"),
    ("dbname", "PGDATABASE"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("service", "PGSERVICE"),
];
const MANNER: &[(&str, &str)] = &[
    ("passfile", "PGPASSFILE"),
    ("servicefile", "PGSERVICEFILE"),
    ("require_auth", "PGREQUIREAUTH"),
    ("channel_binding", "PGCHANNELBINDING"),
    ("options", "PGOPTIONS"),
    ("application_name", "PGAPPNAME"),
    ("sslmode", "PGSSLMODE"),
    ("sslnegotiation", "PGSSLNEGOTIATION"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("sslcertmode", "PGSSLCERTMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcrl", "PGSSLCRL"),
    ("sslcrldir", "PGSSLCRLDIR"),
    ("requirepeer", "PGREQUIREPEER"),
    ("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
    ("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"),
    ("gssencmode", "PGGSSENCMODE"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("load_balance_hosts", "PGLOADBALANCEHOSTS"),
];

/// Which variables may fill in what a connection string leaves open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ambient {
    /// All of them.
    All,
    /// How to connect, and not where: they say where another database is.
    MannerOnly,
}

/// Fills in a service's parameters, then the environment's, then the defaults.
pub(super) fn fill(params: &mut Params, ambient: Ambient) -> Result<()> {
    let is_known = params.get("host").is_some() || params.get("hostaddr").is_some();
    let setting = if is_known { variable::setting_beside } else { variable::setting };
    params.try_fill("servicefile", || setting("PGSERVICEFILE"))?;
    if ambient == Ambient::All {
        params.try_fill("service", || setting("PGSERVICE"))?;
    }
    if let Some(name) = params.get("service").map(str::to_owned) {
        add_service(params, &name)?;
    }
    let place = if ambient == Ambient::All { PLACE } else { &[] };
    for (key, variable) in place {
        // `host=''` is libpq's own default, whatever PGHOST says.
        if !params.is_set(key) {
            params.try_fill(key, || setting(variable))?;
        }
    }
    for (key, variable) in MANNER {
        params.try_fill(key, || setting(variable))?;
    }
    params.try_fill("sslmode", || {
        let required = setting("PGREQUIRESSL")?.filter(|value| value.starts_with('1'));
        Ok::<_, Error>(required.map(|_| "require".to_owned()))
    })?;
    if params.get("user").is_none() {
        let user = whoami::username().map_err(|error| {
            Error::because("no user is named, and the system has no name for this one", &error)
                .help("name one: `postgres://user@host/database`, or PGUSER")
        })?;
        params.fill("user", || Some(user));
    }
    let user = params.get("user").map(str::to_owned);
    params.fill("dbname", || user);
    if params.get("host").is_none() && params.get("hostaddr").is_none() {
        let port = params.get("port").unwrap_or("5432").to_owned();
        params.fill("host", || Some(default_host(&port)));
    }
    Ok(())
}

/// The directory that holds the server's socket, where there is one; else this machine. Debian's libpq looks in the first
/// of them, PostgreSQL's own in the second.
pub(super) fn default_host(port: &str) -> String {
    let sockets = ["/var/run/postgresql", "/tmp"];
    let has_socket = |dir: &&str| Path::new(dir).join(format!(".s.PGSQL.{port}")).exists();
    sockets.into_iter().find(has_socket).unwrap_or("localhost").to_owned()
}

/// Adds the parameters of a section of a service file.
fn add_service(params: &mut Params, name: &str) -> Result<()> {
    let own = match params.get("servicefile") {
        Some(file) => Some(PathBuf::from(file)),
        None => home().map(|home| home.join(".pg_service.conf")),
    };
    // Where Debian's `pg_config --sysconfdir` leads, and PostgreSQL's own.
    let system = match variable::setting_beside("PGSYSCONFDIR")? {
        Some(dir) => vec![dir],
        None => vec!["/etc/postgresql-common".to_owned(), "/usr/local/pgsql/etc".to_owned()],
    };
    let files: Vec<PathBuf> = own
        .into_iter()
        .chain(system.into_iter().map(|dir| Path::new(&dir).join("pg_service.conf")))
        .collect();
    for file in &files {
        let Ok(text) = crate::file::text(file) else { continue };
        let Some(section) = section(&text, name) else { continue };
        for (number, line) in section {
            let place = || format!("{}:{number}", file.display());
            let Some((key, value)) = line.split_once('=') else {
                return Err(Error::new(format!("{}: a line of a service has no `=`", place())));
            };
            let (key, value) = (key.trim(), value.trim());
            let mut one = Params::default();
            one.set(key, value).map_err(|problem| Error::new(format!("{}: {problem}", place())))?;
            // What is set may have another name: `ssl=true` is `sslmode=require`.
            params.fill_from(&one);
        }
        return Ok(());
    }
    let looked: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    Err(Error::new(format!("cannot find the service `{name}`"))
        .help(format!("looked in {}", looked.join(", ")))
        .help("a service is a section of that name: `[name]`, then `host=...` and so on, a line each"))
}

/// The lines of a section, with their numbers; nothing if there is no such section.
fn section<'a>(text: &'a str, name: &str) -> Option<Vec<(usize, &'a str)>> {
    let mut found = None;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(title) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            if found.is_some() {
                break;
            }
            found = (title == name).then(Vec::new);
        } else if let Some(lines) = &mut found {
            lines.push((at + 1, line));
        }
    }
    found
}

/// The password of the password file for one host.
pub(super) fn password(params: &Params, host: &str, port: &str) -> Option<String> {
    let file = match params.get("passfile") {
        Some(file) => PathBuf::from(file),
        None => home()?.join(".pgpass"),
    };
    let text = crate::file::text(&file).ok()?;
    if !is_private(&file) {
        let text = format!(
            "the password file {} can be read by others, so it is not used: `chmod 0600` it",
            file.display()
        );
        // Once, however many hosts and databases ask for it.
        static SAID: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
        if SAID.lock().unwrap_or_else(PoisonError::into_inner).insert(file) {
            crate::report::remark(schemacheck_core::Severity::Warning, &text);
        }
        return None;
    }
    let sockets = ["/var/run/postgresql", "/tmp"];
    let host = if sockets.contains(&host) { "localhost" } else { host };
    let wanted = [host, port, params.get("dbname")?, params.get("user")?];
    text.lines().find_map(|line| matching(line, wanted))
}

/// The password of a line `host:port:database:user:password` if it is the one for these.
fn matching(line: &str, wanted: [&str; 4]) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => fields.last_mut()?.extend(chars.next()),
            ':' if fields.len() < 5 => fields.push(String::new()),
            c => fields.last_mut()?.push(c),
        }
    }
    let [host, port, database, user, password] = fields.try_into().ok()?;
    let matches = |(field, wanted): (String, &str)| field == "*" || field == wanted;
    [host, port, database, user].into_iter().zip(wanted).all(matches).then_some(password)
}

/// Whether nobody but the owner may look into a file.
#[cfg(unix)]
fn is_private(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|meta| meta.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_: &Path) -> bool {
    true
}

/// The user's home.
pub(super) fn home() -> Option<PathBuf> {
    variable::path("HOME").or_else(|| variable::path("APPDATA"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_file_is_read_as_libpq_does() {
        let wanted = ["db.example", "5432", "app", "me"];
        for (line, password) in [
            ("db.example:5432:app:me:s\\:e\\\\c:ret", Some("s:e\\c:ret")),
            ("*:*:*:*:any", Some("any")),
            ("*:*:app:me:", Some("")),
            ("db.example:5433:app:me:no", None),
            ("# db.example:5432:app:me:no", None),
            ("*:*:*:me", None),
            ("", None),
        ] {
            assert_eq!(matching(line, wanted).as_deref(), password, "{line}");
        }
        assert_eq!(matching("\\:\\:1:*:*:*:six", ["::1", "1", "d", "u"]).as_deref(), Some("six"));
    }

    #[test]
    fn a_service_is_the_section_of_its_name() {
        let text = "# all\n[a]\nhost=1\n\n[b]\n# two\nhost=2\nport=3\n[c]\n[b]\nhost=4\n";
        assert_eq!(section(text, "b").unwrap(), [(7, "host=2"), (8, "port=3")]);
        assert_eq!(section(text, "c").unwrap(), []);
        assert_eq!(section(text, "d"), None);
    }
}
