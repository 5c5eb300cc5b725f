//! The one judge of catalogs: a [`Manifest`] against a [`Catalog`] yields [`Finding`]s.
//!
//! One check a file; this one lists them. Comparing cannot fail.

use crate::catalog::{Catalog, Relation};
use crate::code::{Code, Severity};
use crate::finding::{self, Finding};
use crate::manifest::{Level, Manifest, Sort};

mod column;
mod composite;
mod constraint;
mod data_type;
mod elsewhere;
mod enumeration;
mod exact;
mod index;
mod label;
mod ledger;
mod nullability;
mod privilege;
mod promise;
mod relation;
mod required;
mod sql_text;
#[cfg(test)]
pub(crate) mod testing;
mod type_name;
mod unjudged;
mod written;

pub use elsewhere::Elsewhere;
pub use ledger::{Lacks, causes};
pub use unjudged::unjudged;
pub use written::{refuses_none, refuses_writes};

/// Which catalog is at hand, and how strict the judgement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The snapshot: whatever disagrees is to be mended before anything is released.
    Build,
    /// A live database: what a rollout does on its way is no reason to refuse.
    Start {
        /// Whether what is merely risky is an error too.
        strict: bool,
    },
}

impl Moment {
    /// How grave is what some programs can live with: an error where a start is strict.
    fn risk(self) -> Severity {
        match self {
            Self::Start { strict: true } => Severity::Error,
            Self::Start { strict: false } | Self::Build => Severity::Warning,
        }
    }

    /// How grave is what the build would refuse, and a program may have been running with: an error of a build.
    fn known_risk(self) -> Severity {
        match self {
            Self::Build => Severity::Error,
            Self::Start { .. } => self.risk(),
        }
    }
}

/// Everything in which one manifest and a catalog disagree.
pub fn compare(manifest: &Manifest, catalog: &Catalog, moment: Moment) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut columns = Vec::new();
    let is_found;
    match manifest.sort {
        Sort::Model => {
            let relation = relation::check(manifest, catalog, moment, &mut findings);
            is_found = relation.is_some();
            if let Some(relation) = relation {
                required::check(manifest, relation, catalog, moment, &mut findings);
                columns = check_columns(manifest, relation, catalog, moment);
                data_type::groups(manifest, relation, catalog, moment, &mut findings);
                constraint::check(manifest, relation, &mut findings);
                index::check(manifest, relation, catalog, &mut findings);
                exact::check(manifest, relation, moment, &mut findings);
                columns.extend(check_privileges(manifest, relation, catalog));
            }
        }
        Sort::Enum | Sort::Type => {
            let def = type_name::check(manifest, catalog, moment, &mut findings);
            is_found = def.is_some();
            match def {
                Some(def) if manifest.sort == Sort::Enum => {
                    enumeration::check(manifest, def, moment, &mut findings);
                }
                Some(def) => columns = composite::check(manifest, def, catalog, moment, &mut findings),
                None => {}
            }
        }
    }
    let whole = findings.into_iter().filter_map(|finding| {
        // What cannot be found is missing, whatever the reason: whoever allows a missing grant does not mean that.
        let missing = if manifest.sort == Sort::Model { Code::MissingRelation } else { Code::MissingType };
        let code = if is_found { finding.code } else { missing };
        let level = manifest.level(None, code);
        at_level(finding, level)
    });
    whole.chain(columns).collect()
}

/// The findings about a relation's columns, each at the level that holds for its field.
fn check_columns(
    manifest: &Manifest,
    relation: &Relation,
    catalog: &Catalog,
    moment: Moment,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for expected in &manifest.columns {
        let mut own = Vec::new();
        if let Some(column) = column::check(manifest, expected, relation, &mut own) {
            // Of two findings about one column and code, the first has the word: what was promised says more.
            promise::check(manifest, expected, relation, column, catalog, moment, &mut own);
            data_type::check(manifest, expected, relation, column, catalog, moment, &mut own);
            nullability::check(manifest, expected, relation, column, catalog, moment, &mut own);
            written::generated(manifest, expected, relation, column, &mut own);
            written::null(manifest, expected, relation, column, catalog, moment, &mut own);
            label::check(manifest, expected, relation, column, catalog, moment, &mut own);
        }
        findings.extend(own.into_iter().filter_map(|finding| {
            let level = manifest.level(Some(expected), finding.code);
            at_level(finding, level)
        }));
    }
    findings
}

/// The findings about privileges: a field's level holds for its column.
fn check_privileges(manifest: &Manifest, relation: &Relation, catalog: &Catalog) -> Vec<Finding> {
    let mut findings = Vec::new();
    privilege::check(manifest, relation, catalog, &mut findings);
    let level = |finding: &Finding| {
        let field = finding.rust.first().and_then(|place| place.field.as_deref());
        let expected = field.and_then(|field| manifest.columns.iter().find(|column| column.field == field));
        manifest.level(expected, finding.code)
    };
    findings
        .into_iter()
        .filter_map(|finding| {
            let level = level(&finding);
            at_level(finding, level)
        })
        .collect()
}

/// All manifests against one catalog: one finding an object and code, the gravest first.
pub fn compare_all<'a>(
    manifests: impl IntoIterator<Item = &'a Manifest>,
    catalog: &Catalog,
    moment: Moment,
) -> Vec<Finding> {
    finding::merge(manifests.into_iter().flat_map(|manifest| compare(manifest, catalog, moment)).collect())
}

/// What the user's own level makes of a finding. A level never makes an information graver by itself: `warn` on a code
/// whose finding is an information here leaves it one.
fn at_level(finding: Finding, level: Option<Level>) -> Option<Finding> {
    match level {
        None => Some(finding),
        Some(Level::Allow) => None,
        Some(_) if finding.severity == Severity::Info => Some(finding),
        Some(Level::Warn) => Some(finding.severity(Severity::Warning)),
        Some(Level::Deny) => Some(finding.severity(Severity::Error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_makes_no_information_graver() {
        use Severity::{Error, Info, Warning};
        for (level, [of_info, of_warning, of_error]) in [
            (None, [Some(Info), Some(Warning), Some(Error)]),
            (Some(Level::Allow), [None; 3]),
            (Some(Level::Warn), [Some(Info), Some(Warning), Some(Warning)]),
            (Some(Level::Deny), [Some(Info), Some(Error), Some(Error)]),
        ] {
            for (severity, becomes) in [(Info, of_info), (Warning, of_warning), (Error, of_error)] {
                let finding = finding::wording::unreadable("x").severity(severity);
                assert_eq!(at_level(finding, level).map(|finding| finding.severity), becomes);
            }
        }
    }
}
