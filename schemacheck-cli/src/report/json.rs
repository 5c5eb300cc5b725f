//! The report as one JSON object: a contract with programs that read it.

use schemacheck_core::finding::Finding;
use schemacheck_core::json::{Object, quote};

use super::{Database, Report};
use crate::artifact::Artifact;

/// The version of the shape.
const VERSION: &str = "1";

pub(super) fn render(report: &Report) -> String {
    let databases: Vec<String> = report.databases.iter().map(database).collect();
    let (models, columns) = report.checked.unwrap_or_default();
    let checked = Object::new()
        .raw("models", &models.to_string())
        .raw("columns", &columns.to_string())
        .raw("unjudged", &report.unjudged().to_string())
        .end();
    let (errors, warnings, infos) = report.summary();
    let summary = Object::new()
        .raw("error", &errors.to_string())
        .raw("warning", &warnings.to_string())
        .raw("info", &infos.to_string())
        .end();
    let note = |(message, help): &(String, String)| {
        Object::new().str("message", message).raw("help", &list(&[quote(help)])).end()
    };
    let notes: Vec<String> = report.notes.iter().map(note).collect();
    let object = Object::new()
        .raw("version", VERSION)
        .str("command", report.command)
        .raw("databases", &list(&databases))
        .raw("findings", &findings(&report.findings))
        .raw("checked", &checked)
        .raw("artifacts", &list(&report.artifacts.iter().map(artifact).collect::<Vec<_>>()))
        .raw("summary", &summary)
        .raw("notes", &list(&notes))
        .end();
    object + "\n"
}

fn database(database: &Database) -> String {
    let opt = |value: Option<String>| value.map_or("null".to_owned(), |value| quote(&value));
    let server = database.server.as_ref();
    let name = server.map(|server| server.database.clone()).or_else(|| database.name.clone());
    let user = server.map(|server| server.user.clone()).or_else(|| database.user.clone());
    let host = database.host.clone().or_else(|| server.and_then(|server| server.address.clone()));
    let port = database.port.as_deref().and_then(|port| port.parse::<u16>().ok());
    let port = port.or_else(|| server.and_then(|server| server.port));
    Object::new()
        .raw("target", &opt(database.target.clone()))
        .raw("schema", &opt(database.schema.clone()))
        .raw("host", &opt(host))
        .raw("port", &port.map_or("null".to_owned(), |port| port.to_string()))
        .raw("database", &opt(name))
        .raw("user", &opt(user))
        .raw("server_version", &opt(server.map(|server| server.version())))
        .raw("findings", &findings(&database.findings))
        .end()
}

fn artifact(artifact: &Artifact) -> String {
    Object::new().str("file", &artifact.file).raw("models", &artifact.models.to_string()).end()
}

fn findings(findings: &[Finding]) -> String {
    list(&findings.iter().map(Finding::to_json).collect::<Vec<_>>())
}

fn list(items: &[String]) -> String {
    format!("[{}]", items.join(", "))
}
