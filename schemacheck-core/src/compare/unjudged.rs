//! What did the build not check? Of that the live database can only say that it exists: which Rust type holds which
//! PostgreSQL type is decided by the compiler alone.

use std::collections::BTreeMap;

use super::Moment;
use super::data_type::is_still;
use crate::catalog::Catalog;
use crate::code::{Code, Severity};
use crate::finding::wording::{self, Gap, Why};
use crate::finding::{Finding, Place};
use crate::manifest::{BuildMode, Expected, Fit, Kind, Level, Manifest, Sort};
use crate::pg_type::{PgType, TypeDef, TypeKind};

/// One finding a package whose build did not check all that is there. What is not there is missing, and said to be.
pub fn unjudged<'a>(
    manifests: impl IntoIterator<Item = &'a Manifest>,
    catalog: &Catalog,
    moment: Moment,
) -> Vec<Finding> {
    let mut gaps: BTreeMap<&str, Gap> = BTreeMap::new();
    for manifest in manifests {
        let mut add = |place: Place, expected: Option<&Expected>, reason: Reason| {
            let level = manifest.level(expected, Code::Unjudged);
            let severity = match level {
                Some(Level::Allow) => return,
                Some(Level::Warn) => Severity::Warning,
                Some(Level::Deny) => Severity::Error,
                None if reason.is_allowed => Severity::Info,
                None => moment.risk(),
            };
            let gap = gaps.entry(&manifest.package).or_default();
            gap.add(place, severity, reason.why, reason.object);
        };
        match manifest.sort {
            Sort::Model => {
                // Hardly any program has such columns, and each start comes by here.
                let is_open = |expected: &&Expected| expected.built.is_none() || expected.fit != Fit::Fits;
                let mut open = manifest.columns.iter().filter(is_open).peekable();
                if open.peek().is_none() {
                    continue;
                }
                let Some(relation) = catalog.relation(manifest.schema.as_deref(), &manifest.relation) else {
                    continue;
                };
                for expected in open.filter(|expected| is_wanted(manifest, expected)) {
                    let Some(column) = relation.column(&expected.column) else { continue };
                    if let Some(why) = why(expected, catalog.base_type(&column.ty)) {
                        let name = format!("{}.{}", relation.name, column.name);
                        let reason = reason(manifest, expected, why, relation.name.to_string(), name);
                        add(Place::of_column(manifest, expected), Some(expected), reason);
                    }
                }
            }
            Sort::Enum | Sort::Type => {
                let Some(def) = catalog.type_def(manifest.schema.as_deref(), &manifest.relation) else {
                    continue;
                };
                if let Some(reason) = reason_of_type(manifest, def, catalog) {
                    add(Place::of(manifest), None, reason);
                }
            }
        }
    }
    gaps.into_iter().map(|(package, gap)| wording::unjudged(package, &gap)).collect()
}

struct Reason {
    why: Why,
    /// What the reason is about: a relation, a column or a type.
    object: String,
    /// Whether the user said at the build that it may be missing: whoever did so knows.
    is_allowed: bool,
}

/// Whether there is anything to check: what the user turned off is no gap.
fn is_wanted(manifest: &Manifest, expected: &Expected) -> bool {
    let is_on = |code| manifest.level(Some(expected), code) != Some(Level::Allow);
    let wants_null = manifest.is(Kind::Read) && expected.accepts_null != Some(true);
    is_on(Code::TypeMismatch) || wants_null && is_on(Code::NullableColumn)
}

/// What is wrong with the build's facts about a column or an attribute of this type; nothing if they hold.
fn why(expected: &Expected, live: &PgType) -> Option<Why> {
    match (&expected.built, expected.fit) {
        (None, _) => Some(Why::NotInSnapshot),
        (Some(_), Fit::Unchecked) => Some(Why::BesideMissing),
        (Some(built), Fit::LetThrough) => (!is_still(built.base_type(), live)).then_some(Why::Retyped),
        (Some(_), Fit::Fits) => None,
    }
}

fn reason(manifest: &Manifest, expected: &Expected, why: Why, relation: String, column: String) -> Reason {
    if why == Why::NotInSnapshot && manifest.resolved.is_none() {
        return unread(manifest, relation, Code::MissingRelation);
    }
    let is_allowed = match why {
        Why::NotInSnapshot | Why::BesideMissing => {
            manifest.level(Some(expected), Code::MissingColumn) == Some(Level::Allow)
        }
        _ => false,
    };
    Reason { why, object: column, is_allowed }
}

/// Of a relation or a type that the build did not find. Where it would have stopped for a missing snapshot, there was
/// one, and the user allows that something is missing in it.
fn unread(manifest: &Manifest, object: String, missing: Code) -> Reason {
    let is_allowed =
        manifest.mode == BuildMode::Enforce && manifest.level(None, missing) == Some(Level::Allow);
    let why = if manifest.mode == BuildMode::Off { Why::Off } else { Why::NoSnapshot };
    Reason { why, object, is_allowed }
}

fn reason_of_type(manifest: &Manifest, def: &TypeDef, catalog: &Catalog) -> Option<Reason> {
    let object = def.name.to_string();
    if manifest.level(None, Code::TypeMismatch) == Some(Level::Allow) {
        return None;
    }
    if manifest.resolved.is_none() {
        return Some(unread(manifest, object, Code::MissingType));
    }
    let why = |expected: &Expected, live: &PgType| {
        let is_on = manifest.level(Some(expected), Code::TypeMismatch) != Some(Level::Allow);
        why(expected, catalog.base_type(live)).filter(|_| is_on)
    };
    let why = match (&def.kind, &manifest.columns[..]) {
        (TypeKind::Composite { attributes }, columns) => columns.iter().find_map(|expected| {
            let (_, live) = attributes.iter().find(|(name, _)| *name == expected.column)?;
            why(expected, live)
        }),
        (TypeKind::Domain { base, .. }, [expected]) => why(expected, base),
        _ => None,
    };
    why.map(|why| Reason { why, object, is_allowed: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QualifiedName;
    use crate::compare::testing::{column, model, table};
    use crate::finding::unjudged as count;
    use crate::manifest::{Group, Override};

    const START: Moment = Moment::Start { strict: false };
    const STRICT: Moment = Moment::Start { strict: true };

    fn catalog() -> Catalog {
        table("public.users", &[column("id", "int8"), column("name", "text")])
    }

    /// As a build leaves it that checked all; of the package `shop`.
    fn checked() -> Manifest {
        let mut manifest = model("users", &[("id", "i64"), ("name", "Option<String>")]);
        manifest.package = "shop".into();
        manifest.columns[0].accepts_null = Some(false);
        manifest.columns[1].accepts_null = Some(true);
        manifest.add_facts(&catalog());
        manifest
    }

    /// As a build leaves it that looked at nothing.
    fn unchecked(mode: BuildMode) -> Manifest {
        let mut manifest = Manifest { mode, resolved: None, ..checked() };
        manifest.columns.iter_mut().for_each(|expected| expected.built = None);
        manifest
    }

    fn allow(code: Code) -> Override {
        Override { code, level: Level::Allow, reason: "later".into() }
    }

    /// The headline, the notes, and how many columns it is.
    #[track_caller]
    fn said(
        manifest: &Manifest,
        catalog: &Catalog,
        moment: Moment,
        headline: &str,
        note: &str,
        columns: usize,
    ) {
        let findings = unjudged([manifest], catalog, moment);
        let said: Vec<(String, String)> =
            findings.iter().map(|finding| (finding.headline(), finding.notes.join("; "))).collect();
        assert_eq!(said, [(headline.to_owned(), note.to_owned())]);
        assert_eq!((count(&findings), findings[0].object.as_str()), (columns, "shop"));
    }

    #[test]
    fn what_the_build_checked_is_no_finding() {
        assert_eq!(unjudged([&checked()], &catalog(), STRICT), []);
        // Neither is a type that changed since: that is a finding about the column.
        let other = table("public.users", &[column("id", "int4"), column("name", "text")]);
        assert_eq!(unjudged([&checked()], &other, STRICT), []);
    }

    #[test]
    fn a_build_that_looked_at_nothing_warns_and_is_refused_where_strict() {
        let message = "the build of `shop` did not check types and NULL of 2 columns";
        let note = "it was built with `SCHEMACHECK_BUILD=off`";
        let off = unchecked(BuildMode::Off);
        said(&off, &catalog(), START, &format!("warning[unjudged]: {message}"), note, 2);
        said(&off, &catalog(), STRICT, &format!("error[unjudged]: {message}"), note, 2);
        let note = "the build found no snapshot of `public.users`";
        said(
            &unchecked(BuildMode::Warn),
            &catalog(),
            START,
            &format!("warning[unjudged]: {message}"),
            note,
            2,
        );
    }

    #[test]
    fn one_finding_a_package() {
        let other = Manifest { path: "shop::Other".into(), ..unchecked(BuildMode::Off) };
        let third = Manifest { package: "models".into(), ..unchecked(BuildMode::Off) };
        let findings = unjudged([&unchecked(BuildMode::Off), &checked(), &other, &third], &catalog(), START);
        let found: Vec<_> =
            findings.iter().map(|finding| (finding.object.as_str(), finding.rust.len())).collect();
        assert_eq!(found, [("models", 2), ("shop", 4)]);
        assert_eq!(count(&findings), 6);
    }

    #[test]
    fn what_is_not_there_is_missing_and_not_unjudged() {
        assert_eq!(unjudged([&unchecked(BuildMode::Off)], &Catalog::default(), STRICT), []);
        let less = table("public.users", &[column("id", "int8")]);
        assert_eq!(count(&unjudged([&unchecked(BuildMode::Off)], &less, STRICT)), 1);
    }

    #[test]
    fn what_the_user_turned_off_is_no_gap() {
        let mut off = unchecked(BuildMode::Off);
        off.overrides = vec![allow(Code::TypeMismatch)];
        // The first field cannot hold NULL, the second can.
        assert_eq!(count(&unjudged([&off], &catalog(), START)), 1);
        off.overrides.push(allow(Code::NullableColumn));
        assert_eq!(unjudged([&off], &catalog(), STRICT), []);
        let mut inserts = unchecked(BuildMode::Off);
        inserts.kinds = vec![Kind::Insert];
        inserts.overrides = vec![allow(Code::TypeMismatch)];
        assert_eq!(unjudged([&inserts], &catalog(), STRICT), []);
        let mut allowed = unchecked(BuildMode::Off);
        allowed.overrides = vec![allow(Code::Unjudged)];
        assert_eq!(unjudged([&allowed], &catalog(), STRICT), []);
        allowed.overrides[0].level = Level::Deny;
        assert_eq!(unjudged([&allowed], &catalog(), START)[0].severity, Severity::Error);
        allowed.overrides[0].level = Level::Warn;
        assert_eq!(unjudged([&allowed], &catalog(), STRICT)[0].severity, Severity::Warning);
    }

    #[test]
    fn a_column_that_may_come_later_is_said_once_it_is_there() {
        let mut manifest = checked();
        manifest.columns[1].built = None;
        manifest.columns[1].accepts_null = Some(false);
        let message = "the build of `shop` did not check types and NULL of 1 column";
        let note = "not in the snapshot of the build: `public.users.name`";
        said(&manifest, &catalog(), START, &format!("warning[unjudged]: {message}"), note, 1);
        // Whoever allowed that it is missing knows: no start is refused for it.
        manifest.columns[1].overrides = vec![allow(Code::MissingColumn)];
        said(&manifest, &catalog(), STRICT, &format!("info[unjudged]: {message}"), note, 1);
        let mut whole = unchecked(BuildMode::Enforce);
        whole.overrides = vec![allow(Code::MissingRelation)];
        assert_eq!(unjudged([&whole], &catalog(), STRICT)[0].severity, Severity::Info);
        // Where there was no snapshot at all, it is not known to have been missing.
        whole.mode = BuildMode::Warn;
        assert_eq!(unjudged([&whole], &catalog(), STRICT)[0].severity, Severity::Error);
    }

    #[test]
    fn a_mismatch_that_was_let_through_says_nothing_of_another_type() {
        let mut manifest = Manifest { mode: BuildMode::Warn, ..checked() };
        manifest.columns[0].fit = Fit::LetThrough;
        assert_eq!(unjudged([&manifest], &catalog(), STRICT), []);
        let other = table("public.users", &[column("id", "int4"), column("name", "text")]);
        said(
            &manifest,
            &other,
            START,
            "warning[unjudged]: the build of `shop` did not check types and NULL of 1 column",
            "did not fit at the build, which let it through, and has another type now: `public.users.id`",
            1,
        );
    }

    #[test]
    fn beside_a_missing_column_the_compiler_could_not_check() {
        let mut manifest = checked();
        manifest.columns[0].fit = Fit::Unchecked;
        manifest.columns[0].group = Some(0);
        manifest.groups = vec![Group {
            field: "audit".into(),
            line: 1,
            rust_type: "Audit".into(),
            is_open: false,
            none_is_default: false,
            fit: Fit::Unchecked,
        }];
        let found = unjudged([&manifest], &catalog(), START);
        assert_eq!(
            found[0].notes,
            ["in a flattened struct with other columns that the snapshot lacked: `public.users.id`"]
        );
    }

    #[test]
    fn types_that_derive_what_they_are_count_by_themselves() {
        let mut catalog = catalog();
        let kinds = [
            ("mood", TypeKind::Enum { labels: vec!["ok".into()] }),
            ("place", TypeKind::Composite { attributes: vec![("street".into(), PgType::builtin("text"))] }),
        ];
        for (name, kind) in kinds {
            let name = QualifiedName::new("public", name);
            catalog.types.insert(name.clone(), TypeDef { name, kind });
        }
        let of = |sort, relation: &str, fields: &[(&str, &str)]| Manifest {
            sort,
            package: "shop".into(),
            mode: BuildMode::Off,
            path: format!("shop::{relation}"),
            ..model(relation, fields)
        };
        let mood = of(Sort::Enum, "mood", &[]);
        let mut place = of(Sort::Type, "place", &[("street", "String")]);
        let found = unjudged([&unchecked(BuildMode::Off), &mood, &place], &catalog, START);
        assert_eq!(
            found[0].message,
            "the build of `shop` did not check types and NULL of 2 columns and 2 Rust types"
        );
        assert_eq!((found[0].rust.len(), count(&found)), (4, 2));
        assert_eq!(
            unjudged([&mood], &catalog, START)[0].message,
            "the build of `shop` did not check 1 Rust type"
        );
        place.add_facts(&catalog);
        assert_eq!(unjudged([&place], &catalog, STRICT), []);
        place.columns[0].fit = Fit::LetThrough;
        assert_eq!(unjudged([&place], &catalog, STRICT), []);
        let changed = TypeKind::Composite { attributes: vec![("street".into(), PgType::builtin("int4"))] };
        catalog.types.get_mut(&QualifiedName::new("public", "place")).unwrap().kind = changed;
        assert_eq!(unjudged([&place], &catalog, STRICT).len(), 1);
        // What is not there is missing.
        assert_eq!(unjudged([&mood, &place], &Catalog::default(), STRICT), []);
    }
}
