//! `manifest`: what the models of a program expect.

use schemacheck_core::finding::plural;
use schemacheck_core::ident::printable;
use schemacheck_core::ledger::SeenLedger;
use schemacheck_core::manifest::{Kind, Sort};
use schemacheck_core::{Manifest, record};

use super::{no_models, records};
use crate::args::{Format, Source};
use crate::error::Result;
use crate::report::{self, Outcome};

pub(super) fn run(source: &Source, format: Format) -> Result<Outcome> {
    let (manifests, ledgers) = match records(source)? {
        Ok((records, _)) => (records.manifests, records.ledgers),
        Err(outcome) => return Ok(outcome),
    };
    if manifests.is_empty() {
        return Ok(no_models("manifest", None, &[], format));
    }
    match format {
        Format::Json => {
            let list = |items: Vec<String>| items.join(",\n  ");
            let records = list(manifests.iter().map(record::to_json).collect());
            let ledgers = list(ledgers.iter().map(record::ledger_json).collect());
            report::stdout(&format!(
                "{{\"version\": 1, \"command\": \"manifest\", \"manifests\": [\n  {records}\n], \
                 \"ledgers\": [\n  {ledgers}\n]}}\n"
            ));
        }
        Format::Human => {
            manifests.iter().for_each(|manifest| report::stdout(&describe(manifest)));
            ledgers.iter().for_each(|ledger| report::stdout(&describe_ledger(ledger)));
        }
    }
    Ok(Outcome::Fine)
}

fn describe_ledger(seen: &SeenLedger) -> String {
    let of = seen.database.as_ref().map_or(String::new(), |name| format!(" of database `{name}`"));
    let (kind, count) = (seen.kind.word(), plural(seen.len(), "migration"));
    let newest = match seen.newest().as_slice() {
        [] => String::new(),
        heads => format!(", at `{}`", heads.join("` and `")),
    };
    // Its names are what somebody wrote into a table.
    format!("{}\n", printable(&format!("ledger{of} ({kind}): {}, {count}{newest}", seen.table)))
}

fn describe(manifest: &Manifest) -> String {
    let does = |kind: &Kind| match kind {
        Kind::Read => "reads",
        Kind::Insert => "inserts into",
        Kind::Update => "updates",
    };
    let word = match manifest.sort {
        Sort::Model => manifest.kinds.iter().map(does).collect::<Vec<_>>().join(", "),
        Sort::Enum | Sort::Type => "is".to_owned(),
    };
    let of = manifest.database.as_ref().map_or(String::new(), |name| format!(" of database `{name}`"));
    let mut text =
        format!("{} ({}:{}) {word} {}{of}\n", manifest.path, manifest.file, manifest.line, manifest.object());
    let width = manifest.columns.iter().map(|column| column.column.chars().count()).max().unwrap_or(0);
    for column in &manifest.columns {
        let built = match &column.built {
            Some(built) => {
                let base = built.base.as_ref().filter(|_| manifest.sort == Sort::Type);
                let base = base.map_or(String::new(), |base| format!(", based on {base}"));
                format!("{}{}{base}", built.ty, if built.not_null { " not null" } else { "" })
            }
            None => "not known at the build".to_owned(),
        };
        text.push_str(&format!("  {:width$}  {}  <-  {built}\n", column.column, column.rust_type));
    }
    for label in &manifest.labels {
        text.push_str(&format!("  {}  {}\n", label.label, label.variant));
    }
    text
}
