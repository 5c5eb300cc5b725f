//! Do a Rust enum's variants and a PostgreSQL enum's labels agree?

use super::Moment;
use crate::code::Severity;
use crate::finding::{Finding, wording};
use crate::manifest::Manifest;
use crate::pg_type::{TypeDef, TypeKind};

pub(super) fn check(manifest: &Manifest, def: &TypeDef, moment: Moment, findings: &mut Vec<Finding>) {
    let TypeKind::Enum { labels } = &def.kind else {
        findings.push(wording::not_an_enum(manifest, def));
        return;
    };
    let name = def.name.to_string();
    for expected in &manifest.labels {
        if !labels.contains(&expected.label) {
            findings.push(wording::unknown_label(manifest, expected, &name, labels));
        }
    }
    if manifest.non_exhaustive {
        return;
    }
    // A label that came later is a database ahead of the binary: it must not stop a service that ran until now.
    let severity = match moment {
        Moment::Build | Moment::Start { strict: true } => Severity::Error,
        Moment::Start { strict: false } => Severity::Warning,
    };
    for label in labels {
        if !manifest.labels.iter().any(|expected| expected.label == *label) {
            findings.push(wording::missing_label(manifest, label, &name, severity));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::compare::Moment;
    use crate::compare::testing::check;
    use crate::manifest::{Label, Sort};
    use crate::pg_type::{PgType, TypeDef, TypeKind};
    use crate::{Catalog, Manifest, QualifiedName};

    fn catalog(kind: TypeKind) -> Catalog {
        let name = QualifiedName::new("public", "mood");
        let mut catalog = Catalog { search_path: vec!["public".into()], ..Catalog::default() };
        catalog.types.insert(name.clone(), TypeDef { name, kind });
        catalog
    }

    fn labels(labels: &[&str]) -> TypeKind {
        TypeKind::Enum { labels: labels.iter().map(|&label| label.into()).collect() }
    }

    fn mood(labels: &[&str]) -> Manifest {
        Manifest {
            path: "app::Mood".into(),
            sort: Sort::Enum,
            relation: "mood".into(),
            labels: labels.iter().map(|&l| Label { label: l.into(), variant: l.into(), line: 1 }).collect(),
            ..Manifest::default()
        }
    }

    #[test]
    fn equal_labels_in_any_order_are_no_finding() {
        check(&mood(&["ok", "sad"]), &catalog(labels(&["sad", "ok"])), Moment::Build, &[]);
    }

    #[test]
    fn a_label_that_the_database_lacks_is_an_error() {
        let expect = "error[unknown-label]: cannot find label `happy` in enum `public.mood`";
        check(&mood(&["ok", "happy"]), &catalog(labels(&["ok"])), Moment::Start { strict: false }, &[expect]);
    }

    #[test]
    fn a_new_label_stops_a_build_and_warns_a_service() {
        let message = "[missing-label]: label `new` of enum `public.mood` has no variant in `app::Mood`";
        let catalog = catalog(labels(&["ok", "new"]));
        check(&mood(&["ok"]), &catalog, Moment::Build, &[&format!("error{message}")]);
        check(&mood(&["ok"]), &catalog, Moment::Start { strict: false }, &[&format!("warning{message}")]);
    }

    #[test]
    fn an_enum_that_is_not_exhaustive_may_lack_variants_but_has_no_other_labels() {
        let catalog = catalog(labels(&["ok", "new"]));
        let mut mood = mood(&["ok"]);
        mood.non_exhaustive = true;
        check(&mood, &catalog, Moment::Build, &[]);
        check(&mood, &catalog, Moment::Start { strict: true }, &[]);
        mood.labels[0].label = "gone".into();
        let expect = "error[unknown-label]: cannot find label `gone` in enum `public.mood`";
        check(&mood, &catalog, Moment::Start { strict: false }, &[expect]);
    }

    #[test]
    fn a_missing_type_or_one_of_another_kind_is_an_error() {
        let moment = Moment::Start { strict: false };
        check(&mood(&["ok"]), &Catalog::default(), moment, &["error[missing-type]: cannot find enum `mood`"]);
        let base = PgType::builtin("text");
        let domain = TypeKind::Domain { base, not_null: false, default: None, checks: vec![] };
        let expect = "error[type-mismatch]: `public.mood` is a domain, but `app::Mood` derives `PgEnum`";
        check(&mood(&["ok"]), &catalog(domain), moment, &[expect]);
    }
}
