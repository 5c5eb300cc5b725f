//! Verdicts as JSON, for health pages and logs: the names of `cargo schemacheck verify --format json`.

use schemacheck_core::finding::{Finding, count};
use schemacheck_core::json::{Object, quote};

use super::{Binary, Database, Kind, Report, Verified};

/// The version of the shape.
const VERSION: &str = "1";

impl Kind {
    /// The word in JSON.
    fn word(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::Unreadable => "unreadable",
            Self::NoModels => "no-models",
            Self::OtherDatabase => "other-database",
        }
    }
}

impl Report {
    /// The report as one line of JSON, for a health page or a log. It names hosts, paths and columns: not for the public.
    ///
    /// `{"version", "verdict": "refused", "kind", "message", "database": {"name", "schema", "host", "port", "database", "user",
    /// "server_version", "in_recovery"}, "program": {"packages": [{"name", "version"}], "executable", "snapshot"},
    /// "findings": [], "summary": {"error", "warning", "info"}}`; what is not known is null. `kind` is `drift`,
    /// `unreadable`, `no-models` or `other-database`.
    pub fn to_json(&self) -> String {
        Object::new()
            .raw("version", VERSION)
            .str("verdict", "refused")
            .str("kind", self.kind().word())
            .str("message", &self.headline())
            .raw("database", &database(self.database()))
            .raw("program", &binary(self.binary()))
            .raw("findings", &findings(self.findings()))
            .raw("summary", &summary(self.findings()))
            .end()
    }
}

impl Verified {
    /// The verdict as one line of JSON: as [`Report::to_json`], with `verdict` being `verified`, `overridden` or `skipped`,
    /// `checked` (`models`, `columns`, `unjudged`) and `elapsed_ms` in place of `kind` and `program`.
    pub fn to_json(&self) -> String {
        let checked = Object::new()
            .raw("models", &self.models().to_string())
            .raw("columns", &self.columns().to_string())
            .raw("unjudged", &self.unjudged().to_string())
            .end();
        let verdict = match (self.is_overridden(), self.was_looked_at()) {
            (false, _) => "verified",
            (true, true) => "overridden",
            (true, false) => "skipped",
        };
        Object::new()
            .raw("version", VERSION)
            .str("verdict", verdict)
            .str("message", &self.to_string())
            .raw("database", &database(self.database()))
            .raw("checked", &checked)
            .raw("elapsed_ms", &self.elapsed().as_millis().to_string())
            .raw("findings", &findings(self.findings()))
            .raw("summary", &summary(self.findings()))
            .end()
    }
}

fn database(database: &Database) -> String {
    let opt = |value: Option<&str>| value.map_or("null".to_owned(), quote);
    let (target, server) = (database.target.as_ref(), database.server.as_ref());
    let dialled =
        |part: fn(&super::Target) -> &Option<String>| target.and_then(|target| part(target).as_deref());
    let host = dialled(|target| &target.host).or(server.and_then(|server| server.address.as_deref()));
    let port = dialled(|target| &target.port).and_then(|port| port.parse().ok());
    let port = port.or_else(|| server.and_then(|server| server.port));
    let name = server.map(|server| server.database.as_str()).or(dialled(|target| &target.database));
    let user = server.map(|server| server.user.as_str()).or(dialled(|target| &target.user));
    let version = server.map(|server| server.version());
    Object::new()
        .raw("name", &opt(database.name.as_deref()))
        .raw("schema", &opt(database.schema.as_deref()))
        .raw("host", &opt(host))
        .raw("port", &port.map_or("null".to_owned(), |port: u16| port.to_string()))
        .raw("database", &opt(name))
        .raw("user", &opt(user))
        .raw("server_version", &opt(version.as_deref()))
        .raw("in_recovery", &server.map_or("null".to_owned(), |server| server.in_recovery.to_string()))
        .end()
}

fn binary(binary: &Binary) -> String {
    let packages: Vec<String> = binary
        .packages
        .iter()
        .map(|(name, version)| Object::new().str("name", name).str("version", version).end())
        .collect();
    Object::new()
        .raw("packages", &list(&packages))
        .str("executable", &binary.executable)
        .str("snapshot", &binary.digest)
        .end()
}

fn findings(findings: &[Finding]) -> String {
    list(&findings.iter().map(Finding::to_json).collect::<Vec<_>>())
}

fn summary(findings: &[Finding]) -> String {
    let (errors, warnings, infos) = count(findings);
    Object::new()
        .raw("error", &errors.to_string())
        .raw("warning", &warnings.to_string())
        .raw("info", &infos.to_string())
        .end()
}

fn list(items: &[String]) -> String {
    format!("[{}]", items.join(", "))
}

#[cfg(feature = "serde_json")]
impl From<&Report> for serde_json::Value {
    fn from(report: &Report) -> Self {
        serde_json::from_str(&report.to_json()).unwrap_or_default()
    }
}

#[cfg(feature = "serde_json")]
impl From<&Verified> for serde_json::Value {
    fn from(verified: &Verified) -> Self {
        serde_json::from_str(&verified.to_json()).unwrap_or_default()
    }
}

#[cfg(all(test, feature = "serde_json"))]
mod tests {
    use serde_json::Value;

    use super::super::tests::guard;

    const NO_ROWS: &str = r#"[8,["150018","app","me","127.0.0.1",5432,false],["public"],null,null,null,null,null,null,null,null,null]"#;

    #[test]
    fn a_refusal_has_the_shape_that_is_documented() {
        let request = guard().target("postgres://me:hunter2@db.example/app").request().unwrap();
        let report = request.judge(NO_ROWS).unwrap_err();
        let json = Value::from(&report);
        let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
        for key in ["version", "verdict", "kind", "message", "database", "program", "findings", "summary"] {
            assert!(keys.contains(&&key.to_owned()), "{key} is not in {keys:?}");
        }
        assert_eq!((&json["verdict"], &json["kind"]), (&"refused".into(), &"drift".into()));
        assert_eq!(json["database"]["host"], "db.example");
        assert_eq!(json["database"]["user"], "me");
        assert_eq!(json["database"]["server_version"], "15.18");
        assert_eq!(json["program"]["packages"][0]["name"], "shop");
        assert_eq!(json["findings"][0]["code"], "missing-relation");
        assert_eq!(json["summary"]["error"], 1);
        assert!(!report.to_json().contains("hunter2") && !report.to_json().contains('\n'));
    }

    #[test]
    fn a_verdict_has_the_shape_that_is_documented() {
        let warned = guard().decided(super::super::Policy::Warn).request().unwrap();
        let verified = warned.judge(NO_ROWS).unwrap();
        let json = Value::from(&verified);
        assert_eq!((&json["verdict"], &json["checked"]["models"]), (&"overridden".into(), &1.into()));
        assert!(json["elapsed_ms"].is_u64() && json["summary"]["error"] == 1, "{json}");
    }
}
