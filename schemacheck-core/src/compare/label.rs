//! Does an enum that is kept in a plain column have the labels that the column's checks admit?
//!
//! At the build only the compiler knows the enum's labels; they are in the record, and judged here against the live
//! checks.

use super::Moment;
use crate::catalog::{Catalog, Column, Relation};
use crate::code::Severity;
use crate::expr::same_label;
use crate::finding::{Finding, wording};
use crate::manifest::{Expected, Kind, Manifest};

pub(super) fn check(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    column: &Column,
    catalog: &Catalog,
    moment: Moment,
    findings: &mut Vec<Finding>,
) {
    let Some(set) = &expected.labels else { return };
    let Some(facts) = relation.admitted(column, catalog, manifest.writes()) else { return };
    for label in &set.labels {
        if !facts.admits(label) {
            findings.push(wording::label_refused(manifest, expected, relation, label, &facts));
        }
    }
    if set.non_exhaustive || !facts.admitted.exact || !manifest.is(Kind::Read) {
        return;
    }
    // As of a PostgreSQL enum: a label that came later must not stop a service that ran until now.
    let severity = match moment {
        Moment::Build | Moment::Start { strict: true } => Severity::Error,
        Moment::Start { strict: false } => Severity::Warning,
    };
    for label in &facts.admitted.labels {
        if !set.labels.iter().any(|known| same_label(known, label, facts.fold)) {
            findings.push(wording::label_unread(manifest, expected, relation, column, label, severity));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Catalog;
    use crate::catalog::{Constraint, ConstraintKind};
    use crate::compare::testing::{check, column, model, table};
    use crate::compare::{Moment, compare};
    use crate::manifest::{Kind, LabelSet, Level, Manifest, Override};
    use crate::{Code, PgType};

    const START: Moment = Moment::Start { strict: false };
    const REFUSED: &str =
        "error[unknown-label]: cannot find label `seen` in the check of column `public.messages.status`";
    const UNREAD: &str = "[missing-label]: label `gone` of column `public.messages.status` has no variant in the \
                          enum of field `status`";

    fn catalog(definition: &str) -> Catalog {
        let mut catalog = table("public.messages", &[column("status", "text")]);
        let relation = catalog.relations.values_mut().next().unwrap();
        relation.constraints.push(Constraint {
            name: "messages_status_check".into(),
            kind: ConstraintKind::Check(definition.into()),
            validated: !definition.ends_with("NOT VALID"),
            enforced: true,
            period: false,
            deferrable: false,
            deferred: false,
        });
        catalog
    }

    fn message(labels: &[&str]) -> Manifest {
        let mut model = model("messages", &[("status", "Option<Status>")]);
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        model.columns[0].labels = Some(LabelSet { labels, non_exhaustive: false });
        model
    }

    #[test]
    fn the_same_labels_are_no_finding() {
        let catalog = catalog("CHECK ((status = ANY (ARRAY['sent'::text, 'seen'::text])))");
        check(&message(&["seen", "sent"]), &catalog, START, &[]);
        check(&message(&["seen", "sent"]), &catalog, Moment::Start { strict: true }, &[]);
    }

    #[test]
    fn a_label_that_the_check_lacks_is_an_error() {
        let catalog = catalog("CHECK ((status = 'sent'::text))");
        check(&message(&["sent", "seen"]), &catalog, START, &[REFUSED]);
        let finding = &compare(&message(&["sent", "seen"]), &catalog, START)[0];
        assert_eq!(finding.object, "public.messages.status.seen");
        assert_eq!(finding.rust[0].field.as_deref(), Some("status"));
        assert_eq!(finding.notes, ["field `status` is `Option<Status>`", "the check admits `sent`"]);
        let finding = &compare(&message(&["Sent"]), &catalog, START)[0];
        assert_eq!(finding.help, ["a label exists that differs only in case: `sent`"]);
    }

    #[test]
    fn a_label_that_came_later_warns() {
        let catalog = catalog("CHECK ((status = ANY (ARRAY['sent'::text, 'gone'::text])))");
        check(&message(&["sent"]), &catalog, START, &[&format!("warning{UNREAD}")]);
        let strict = Moment::Start { strict: true };
        check(&message(&["sent"]), &catalog, strict, &[&format!("error{UNREAD}")]);
        let mut model = message(&["sent"]);
        model.columns[0].labels.as_mut().unwrap().non_exhaustive = true;
        check(&model, &catalog, strict, &[]);
        let mut model = message(&["sent"]);
        model.kinds = vec![Kind::Insert];
        check(&model, &catalog, strict, &[]);
        let mut model = message(&["sent"]);
        let reason = "never written".into();
        model.columns[0].overrides = vec![Override { code: Code::MissingLabel, level: Level::Allow, reason }];
        check(&model, &catalog, strict, &[]);
    }

    #[test]
    fn what_is_not_understood_is_no_finding() {
        for definition in ["CHECK ((length(status) > 3))", "CHECK ((status ~ '^a'::text))", "CHECK (true)"] {
            check(&message(&["seen"]), &catalog(definition), START, &[]);
        }
        let inexact = catalog("CHECK (((status = ANY (ARRAY['sent'::text, 'gone'::text])) AND f(status)))");
        check(&message(&["sent"]), &inexact, START, &[]);
        check(&message(&["sent", "seen"]), &inexact, START, &[REFUSED]);
        let mut other_type = catalog("CHECK ((status = 'sent'::text))");
        other_type.relations.values_mut().next().unwrap().columns[0].ty = PgType::builtin("int4");
        check(&message(&["seen"]), &other_type, START, &[]);
    }

    #[test]
    fn a_check_that_is_not_valid_holds_for_writes() {
        let catalog = catalog("CHECK ((status = ANY (ARRAY['sent'::text, 'gone'::text]))) NOT VALID");
        check(&message(&["seen"]), &catalog, START, &[]);
        let mut model = message(&["seen"]);
        model.kinds = vec![Kind::Read, Kind::Insert];
        check(&model, &catalog, START, &[REFUSED]);
    }
}
