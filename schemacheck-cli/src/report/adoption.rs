//! What `init` adds, as a unified diff, and what it leaves alone.

use std::io::IsTerminal;

use anstyle::{AnsiColor, Style};
use schemacheck_core::ident::printable;
use similar::{Algorithm, TextDiff};

use crate::directory::shown;
use crate::init::{Change, Plan};
use schemacheck_core::finding::plural;

/// The difference that a change makes, in a form that `git apply` takes.
pub(crate) fn diff(change: &Change) -> String {
    // As git writes it, on every system.
    let path = shown(&change.path).replace(std::path::MAIN_SEPARATOR, "/");
    // Quick for insertions all over a long file, where the default takes minutes.
    let mut config = TextDiff::configure();
    let diff = config.algorithm(Algorithm::Patience).diff_lines(&change.before, &change.after);
    let text = diff.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")).to_string();
    if !std::io::stdout().is_terminal() {
        // As it is, so that git finds the lines again.
        return text;
    }
    text.split_inclusive('\n').map(colored).collect()
}

fn colored(line: &str) -> String {
    let color = match line.as_bytes().first() {
        _ if line.starts_with("+++ ") || line.starts_with("--- ") => Style::new().bold(),
        Some(b'+') => AnsiColor::Green.on_default(),
        Some(b'-') => AnsiColor::Red.on_default(),
        Some(b'@') => AnsiColor::Cyan.on_default(),
        _ => Style::new(),
    };
    let (text, end) = match line.strip_suffix('\n') {
        Some(text) => (text, "\n"),
        None => (line, ""),
    };
    // A file must not move the cursor; tabs, and the line ends of Windows, are no harm.
    let (text, end) = match text.strip_suffix('\r') {
        Some(text) => (text, format!("\r{end}")),
        None => (text, end.to_owned()),
    };
    let text = text.split('\t').map(printable).collect::<Vec<_>>().join("\t");
    format!("{color}{text}{color:#}{end}")
}

/// How much it is, in words: 3 structs, 1 enum and 1 type in 2 files; the dependency for some packages.
pub(crate) fn amount(plan: &Plan) -> String {
    let counts = [(plan.models, "struct"), (plan.enums, "enum"), (plan.types, "type")];
    let counted = counts.iter().filter(|(n, _)| *n > 0).map(|(n, noun)| plural(*n, noun));
    let counted: Vec<String> = counted.collect();
    let counted = match counted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => "nothing".to_owned(),
    };
    let packages: Vec<String> = plan.packages.iter().map(|name| format!("`{name}`")).collect();
    let dependency = match &packages[..] {
        [] => String::new(),
        packages => format!("; the dependency for {}", packages.join(", ")),
    };
    format!("{counted} in {}{dependency}", plural(plan.changes.len(), "file"))
}

/// What is left alone, with the reasons.
pub(crate) fn left_alone(plan: &Plan) -> String {
    let mut text = String::new();
    if !plan.skipped.is_empty() {
        text.push_str(&format!("\nskipped {}:\n", plural(plan.skipped.len(), "item")));
        for skipped in &plan.skipped {
            let name = skipped.line.map(|line| format!(":{line}  {}", printable(&skipped.name)));
            let (file, reason) = (printable(&skipped.file), printable(&skipped.reason));
            text.push_str(&format!("  {file}{}\n    {reason}\n", name.unwrap_or_default()));
        }
    }
    if plan.already > 0 {
        let have = if plan.already == 1 { "has" } else { "have" };
        text.push_str(&format!(
            "\n{} {have} a derive of schemacheck already\n",
            plural(plan.already, "item")
        ));
    }
    text
}
