//! The report as rustc would write it, with the Rust place shown.

use anstyle::{AnsiColor, Style};
use schemacheck_core::finding::{Finding, Place, plural};
use schemacheck_core::ident::{printable, printable_lines};
use schemacheck_core::{Code, Severity};

use super::{Database, Report, counts};

fn style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Error => AnsiColor::BrightRed,
        Severity::Warning => AnsiColor::BrightYellow,
        Severity::Info => AnsiColor::BrightCyan,
    };
    color.on_default().bold()
}

const BOLD: Style = Style::new().bold();
const MARGIN: Style = AnsiColor::BrightBlue.on_default().bold();

/// `error[missing-column]: cannot find ...`
pub(super) fn headline(severity: Severity, code: Option<Code>, message: &str) -> String {
    let color = style(severity);
    let code = code.map_or(String::new(), |code| format!("[{code}]"));
    format!("{color}{severity}{code}{color:#}{BOLD}: {}{BOLD:#}\n", printable_lines(message))
}

pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        text.push_str(&render_finding(finding));
    }
    for database in &report.databases {
        text.push_str(&render_database(database, report.command != "snapshot"));
    }
    for artifact in &report.artifacts {
        let (file, models) = (printable(&artifact.file), plural(artifact.models, "model"));
        text.push_str(&format!("{BOLD}program `{file}`{BOLD:#}: {models}\n"));
    }
    text.push_str(&render_table(&report.databases));
    for (note, help) in &report.notes {
        text.push_str(&format!("note: {}\n  = help: {}\n", printable_lines(note), printable_lines(help)));
    }
    let (errors, warnings, infos) = report.summary();
    if errors == 0 && !report.databases.iter().any(|database| database.unreadable) {
        let rest = match (warnings, infos) {
            (0, 0) => String::new(),
            _ => format!(" ({})", counts(&report.all().cloned().collect::<Vec<_>>())),
        };
        text.push_str(&format!("{}{}{rest}\n", report.size(), report.conclusion));
    } else if report.databases.is_empty() {
        text.push_str(&format!("{}\n", counts(&report.findings)));
    }
    text
}

/// From how many databases and schemas on a table sums them up.
const TABLE: usize = 3;

/// A line a database or schema: what it is called, and what came of it. Those that do not fit come last, where the eye is.
fn render_table(databases: &[Database]) -> String {
    if databases.len() < TABLE {
        return String::new();
    }
    let verdict = |database: &Database| match database.unreadable {
        true => "not verified".to_owned(),
        false => counts(&database.findings),
    };
    let grave = |database: &Database| {
        let errors = database.findings.iter().any(|finding| finding.severity == Severity::Error);
        (database.unreadable, errors)
    };
    let mut rows: Vec<&Database> = databases.iter().collect();
    rows.sort_by_key(|database| grave(database));
    // Those that nobody gave a name are told apart by their place, where it is not the same for all.
    let mut places = rows.iter().filter(|row| row.target.is_none()).map(|row| (&row.host, &row.port));
    let first = places.next();
    let is_spread = places.any(|place| Some(place) != first);
    let cells: Vec<[String; 3]> = rows
        .iter()
        .map(|database| {
            let name =
                database.server.as_ref().map(|server| server.database.clone()).or(database.name.clone());
            let place = if is_spread { place(database) } else { String::new() };
            let name = name.map(|name| format!("{name}{place}"));
            let name = database.target.clone().or(name).unwrap_or_default();
            [printable(&name), printable(database.schema.as_deref().unwrap_or("-")), verdict(database)]
        })
        .collect();
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let (first, second) = (width(0).max("database".len()), width(1).max("schema".len()));
    let mut text = format!("{BOLD}{:first$}  {:second$}  verdict{BOLD:#}\n", "database", "schema");
    for [name, schema, verdict] in &cells {
        text.push_str(&format!("{name:first$}  {schema:second$}  {verdict}\n"));
    }
    let refused = rows.iter().filter(|database| grave(database) != (false, false)).count();
    text.push_str(&format!("{} of {} fit\n", rows.len() - refused, rows.len()));
    text
}

fn render_database(database: &Database, judged: bool) -> String {
    let mut text = String::new();
    for finding in &database.findings {
        text.push_str(&render_finding(finding));
    }
    let name = database.server.as_ref().map(|server| server.database.as_str()).or(database.name.as_deref());
    let name = name.map_or("the database".to_owned(), |name| format!("database `{}`", printable(name)));
    let place = place(database);
    let version = database.server.as_ref().map_or(String::new(), |s| format!(", PostgreSQL {}", s.version()));
    let called = database.target.as_ref().map_or(String::new(), |target| format!("{}: ", printable(target)));
    let schema =
        database.schema.as_ref().map_or(String::new(), |name| format!(", schema `{}`", printable(name)));
    let name = format!("{called}{name}");
    let version = format!("{schema}{version}");
    // A snapshot that is taken judges nothing.
    if database.findings.is_empty() && !judged {
        return format!("{BOLD}{name}{BOLD:#}{place}{version}\n");
    }
    let verdict = if database.unreadable { "not verified".to_owned() } else { counts(&database.findings) };
    text.push_str(&format!("{BOLD}{name}{BOLD:#}{place}{version}: {verdict}\n"));
    text
}

/// Where a database is, as it was dialled: host and port.
fn place(database: &Database) -> String {
    match (&database.host, &database.server) {
        (Some(host), _) => {
            let port = database.port.as_ref().map_or(String::new(), |port| format!(":{}", printable(port)));
            format!(" at {}{port}", printable(host))
        }
        (None, Some(server)) => {
            server.address.as_ref().map_or(String::new(), |address| format!(" at {address}"))
        }
        (None, None) => String::new(),
    }
}

/// How many places are shown of what the build did not check.
const PLACES: usize = 3;

fn render_finding(finding: &Finding) -> String {
    let mut text = headline(finding.severity, Some(finding.code), &finding.message);
    // A whole program may stand there.
    let shown = if finding.code == Code::Unjudged { PLACES } else { usize::MAX };
    for place in finding.rust.iter().take(shown) {
        text.push_str(&render_place(place));
    }
    if let Some(rest @ 1..) = finding.rust.len().checked_sub(shown) {
        text.push_str(&format!("  {MARGIN}-->{MARGIN:#} and {}\n", plural(rest, "more place")));
    }
    let lines = finding.cause.iter().map(|line| ("cause", line));
    let lines = lines.chain(finding.notes.iter().map(|line| ("note", line)));
    for (word, line) in lines.chain(finding.help.iter().map(|line| ("help", line))) {
        let line = printable_lines(line).replace('\n', "\n    ");
        text.push_str(&format!("  {MARGIN}={MARGIN:#} {BOLD}{word}{BOLD:#}: {line}\n"));
    }
    text.push('\n');
    text
}

/// The place, and its line of code where the file is at hand and the line names the field.
fn render_place(place: &Place) -> String {
    let field = place.field.as_ref().map_or(String::new(), |field| format!(", field `{}`", printable(field)));
    let mut text = format!(
        "  {MARGIN}-->{MARGIN:#} {}:{} (`{}`{field})\n",
        printable(&place.file),
        place.line,
        printable(&place.path)
    );
    let wanted = place.field.as_deref().or(place.path.rsplit("::").next()).unwrap_or_default();
    if let Some((line, column)) = source(place, wanted) {
        let number = place.line.to_string();
        let margin = " ".repeat(number.len());
        let color = style(Severity::Error);
        let code = printable(line.trim_end());
        let under = format!("{}{}", " ".repeat(column), "^".repeat(wanted.chars().count()));
        text.push_str(&format!("{margin} {MARGIN}|{MARGIN:#}\n"));
        text.push_str(&format!("{MARGIN}{number} |{MARGIN:#} {code}\n"));
        text.push_str(&format!("{margin} {MARGIN}|{MARGIN:#} {color}{under}{color:#}\n"));
    }
    text
}

/// The line, and the column in characters at which the name stands. The file may be another version than the one that
/// was built: a line that does not name the field is not shown.
fn source(place: &Place, wanted: &str) -> Option<(String, usize)> {
    // rustc names files from the workspace's root, which may be above the current directory.
    let here = std::env::current_dir().ok()?;
    let file = here.ancestors().map(|folder| folder.join(&place.file)).find(|file| file.is_file())?;
    let text = crate::file::text(&file).ok()?;
    let line = text.lines().nth(usize::try_from(place.line).ok()?.checked_sub(1)?)?.replace('\t', "    ");
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let at = line.match_indices(wanted).map(|(at, _)| at).find(|at| {
        let before = line[..*at].chars().next_back();
        let after = line[at + wanted.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })?;
    let column = line[..at].chars().count();
    (!wanted.is_empty()).then_some((line, column))
}
