//! `manifest`: what the models of a program expect.

use schemacheck_core::manifest::{Kind, Sort};
use schemacheck_core::{Manifest, record};

use super::{manifests, no_models};
use crate::args::{Format, Source};
use crate::error::Result;
use crate::report::{self, Outcome};

pub(super) fn run(source: &Source, format: Format) -> Result<Outcome> {
    let manifests = match manifests(source)? {
        Ok((manifests, _)) => manifests,
        Err(outcome) => return Ok(outcome),
    };
    if manifests.is_empty() {
        return Ok(no_models("manifest", None, &[], format));
    }
    match format {
        Format::Json => {
            let records: Vec<String> = manifests.iter().map(record::to_json).collect();
            let list = records.join(",\n  ");
            report::stdout(&format!(
                "{{\"version\": 1, \"command\": \"manifest\", \"manifests\": [\n  {list}\n]}}\n"
            ));
        }
        Format::Human => manifests.iter().for_each(|manifest| report::stdout(&describe(manifest))),
    }
    Ok(Outcome::Fine)
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
