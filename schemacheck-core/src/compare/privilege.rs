//! May the role do what the model does?

use crate::catalog::{Catalog, Relation};
use crate::code::Severity;
use crate::finding::{Finding, wording};
use crate::manifest::{Expected, Kind, Manifest};
use crate::privilege::Privilege;

const KINDS: [(Kind, Privilege); 3] =
    [(Kind::Read, Privilege::Select), (Kind::Insert, Privilege::Insert), (Kind::Update, Privilege::Update)];

pub(super) fn check(
    manifest: &Manifest,
    relation: &Relation,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) {
    let privileges = &catalog.privileges;
    let role = &privileges.role;
    // Of a kind that nobody wrote it is not certain that the program does it.
    let severity = if manifest.implied_kind { Severity::Warning } else { Severity::Error };
    if let Some(lacking) = privileges.relations.get(&relation.name) {
        if lacking.schema {
            findings.push(wording::closed_schema(manifest, &relation.name.schema, role, severity));
        }
        for (kind, privilege) in KINDS.into_iter().filter(|(kind, _)| manifest.is(*kind)) {
            let used = |expected: &&Expected| {
                manifest.does(kind, expected) && relation.column(&expected.column).is_some()
            };
            let used = manifest.columns.iter().filter(used);
            match lacking.granted.get(&privilege) {
                Some(granted) if granted.is_empty() => {
                    findings.push(wording::no_privilege(manifest, relation, privilege, role, severity));
                }
                Some(granted) => {
                    for expected in used.filter(|expected| !granted.contains(&expected.column)) {
                        let place = (relation, expected);
                        findings
                            .push(wording::no_column_privilege(manifest, place, privilege, role, severity));
                    }
                }
                None => {}
            }
            if lacking.no_policy.contains(&privilege) {
                findings.push(wording::no_policy(manifest, relation, privilege, role));
            }
            if lacking.row_security_off.contains(&privilege) {
                findings.push(wording::row_security_off(manifest, relation, privilege, role, severity));
            }
        }
    }
    if manifest.is(Kind::Read) {
        for source in privileges.sources.iter().filter(|source| source.view == relation.name) {
            findings.push(wording::closed_source(manifest, source, role, severity));
        }
    }
    if manifest.is(Kind::Insert) {
        let supplies = |expected: &Expected, column: &str| {
            expected.column == column && manifest.does(Kind::Insert, expected) && !expected.none_is_default
        };
        // A flattened struct of another crate may supply it.
        let severity = if manifest.knows_all_columns() { severity } else { Severity::Warning };
        let own = privileges.sequences.iter().filter(|sequence| sequence.relation == relation.name);
        for sequence in own {
            if !manifest.columns.iter().any(|expected| supplies(expected, &sequence.column)) {
                findings.push(wording::closed_sequence(manifest, sequence, role, severity));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::QualifiedName;
    use crate::compare::testing::{check, column, model, table};
    use crate::compare::{Moment, compare_all};
    use crate::manifest::{Group, Level, Override};
    use crate::privilege::{Lacking, Privileges, Sequence};

    const START: Moment = Moment::Start { strict: false };

    /// A catalog whose role lacks something on its one table.
    fn lacking(lacking: Lacking) -> Catalog {
        let mut catalog = table("public.users", &[column("id", "int8"), column("email", "text")]);
        let name = QualifiedName::new("public", "users");
        catalog.privileges =
            Privileges { role: "app".into(), relations: [(name, lacking)].into(), ..Privileges::default() };
        catalog
    }

    fn granted(privilege: Privilege, columns: &[&str]) -> Lacking {
        let columns: BTreeSet<String> = columns.iter().map(|&name| name.into()).collect();
        Lacking { granted: BTreeMap::from([(privilege, columns)]), ..Lacking::default() }
    }

    fn reader() -> Manifest {
        Manifest { implied_kind: false, ..model("users", &[("id", "i64"), ("email", "String")]) }
    }

    #[test]
    fn what_the_role_has_is_no_finding() {
        check(&reader(), &lacking(Lacking::default()), START, &[]);
        // What the model does not do.
        check(&reader(), &lacking(granted(Privilege::Insert, &[])), START, &[]);
        check(&reader(), &lacking(granted(Privilege::Select, &["id", "email"])), START, &[]);
        let no_policy = Lacking { no_policy: [Privilege::Update].into(), ..Lacking::default() };
        check(&reader(), &lacking(no_policy), START, &[]);
    }

    #[test]
    fn each_kind_needs_its_privilege() {
        let expect = "error[missing-privilege]: role `app` may not SELECT from table `public.users`";
        check(&reader(), &lacking(granted(Privilege::Select, &[])), START, &[expect]);
        let writer = Manifest { kinds: vec![Kind::Insert, Kind::Update], ..reader() };
        check(
            &writer,
            &lacking(granted(Privilege::Insert, &[])),
            START,
            &["error[missing-privilege]: role `app` may not INSERT into table `public.users`"],
        );
        check(
            &writer,
            &lacking(granted(Privilege::Update, &["id"])),
            START,
            &["error[missing-privilege]: role `app` may not UPDATE column `public.users.email`"],
        );
        // Read because nothing else was said.
        let implied = Manifest { implied_kind: true, ..reader() };
        let expect = "warning[missing-privilege]: role `app` may not SELECT from table `public.users`";
        check(&implied, &lacking(granted(Privilege::Select, &[])), START, &[expect]);
    }

    #[test]
    fn a_fields_level_holds_for_its_own_column() {
        let catalog = lacking(granted(Privilege::Select, &["nothing else"]));
        let expect = |column: &str| {
            format!("error[missing-privilege]: role `app` may not SELECT column `public.users.{column}`")
        };
        check(&reader(), &catalog, START, &[&expect("id"), &expect("email")]);
        for (at, left) in [(0, "email"), (1, "id")] {
            let mut model = reader();
            let code = crate::Code::MissingPrivilege;
            model.columns[at].overrides = vec![Override { code, level: Level::Allow, reason: "x".into() }];
            check(&model, &catalog, START, &[&expect(left)]);
        }
    }

    #[test]
    fn the_grant_to_give_is_named() {
        let help = |lacking_: Lacking| {
            let mut catalog = lacking(lacking_);
            catalog.privileges.role = "My App".into();
            crate::compare::compare(&reader(), &catalog, START).remove(0).help
        };
        let table = granted(Privilege::Select, &[]);
        assert_eq!(
            help(table),
            ["`GRANT SELECT ON public.users TO \"My App\";`, as the owner or in a migration"]
        );
        let column = granted(Privilege::Select, &["id"]);
        assert_eq!(
            help(column),
            ["`GRANT SELECT (email) ON public.users TO \"My App\";`, as the owner or in a migration"]
        );
        let schema = Lacking { schema: true, ..Lacking::default() };
        assert_eq!(
            help(schema),
            ["`GRANT USAGE ON SCHEMA public TO \"My App\";`, as the owner or in a migration"]
        );
    }

    #[test]
    fn two_privileges_on_one_table_are_two_findings() {
        let mut both = granted(Privilege::Select, &[]);
        both.granted.insert(Privilege::Insert, BTreeSet::new());
        let catalog = lacking(both);
        let writer = Manifest { kinds: vec![Kind::Insert], path: "app::New".into(), ..reader() };
        let findings = compare_all([&reader(), &writer, &reader()], &catalog, START);
        let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "role `app` may not SELECT from table `public.users`",
                "role `app` may not INSERT into table `public.users`"
            ]
        );
    }

    #[test]
    fn a_sequence_is_needed_where_the_default_is() {
        let mut catalog = lacking(Lacking::default());
        catalog.privileges.sequences = vec![Sequence {
            name: QualifiedName::new("public", "users_id_seq"),
            relation: QualifiedName::new("public", "users"),
            column: "id".into(),
        }];
        let expect = "error[missing-privilege]: role `app` may not use sequence `public.users_id_seq`, from which \
                      column `public.users.id` takes its default";
        let insert = |fields: &[(&str, &str)]| Manifest {
            kinds: vec![Kind::Insert],
            implied_kind: false,
            ..model("users", fields)
        };
        check(&insert(&[("email", "String")]), &catalog, START, &[expect]);
        check(&insert(&[("id", "i64")]), &catalog, START, &[]);
        let mut default = insert(&[("id", "Option<i64>")]);
        default.columns[0].none_is_default = true;
        check(&default, &catalog, START, &[expect]);
        check(&reader(), &catalog, START, &[]);
        // A struct that is flattened and whose columns nobody knows may supply it.
        let mut open = insert(&[("email", "String")]);
        open.groups = vec![Group {
            field: "rest".into(),
            line: 9,
            rust_type: "T".into(),
            is_open: true,
            none_is_default: false,
            fit: crate::manifest::Fit::Fits,
        }];
        check(&open, &catalog, START, &[&expect.replace("error", "warning")]);
        open.groups[0].is_open = false;
        check(&open, &catalog, START, &[expect]);
    }

    #[test]
    fn row_security_that_is_switched_off_refuses() {
        let off = Lacking { row_security_off: [Privilege::Select].into(), ..Lacking::default() };
        let message = "[missing-privilege]: role `app` may not SELECT from table `public.users` with `row_security = off`";
        check(&reader(), &lacking(off.clone()), START, &[&format!("error{message}")]);
        let implied = Manifest { implied_kind: true, ..reader() };
        check(&implied, &lacking(off.clone()), START, &[&format!("warning{message}")]);
        let writer = Manifest { kinds: vec![Kind::Update], ..reader() };
        check(&writer, &lacking(off), START, &[]);
    }

    #[test]
    fn row_security_without_a_policy_is_a_warning() {
        let hidden = Lacking { no_policy: [Privilege::Select].into(), ..Lacking::default() };
        let expect = "warning[missing-privilege]: row security hides every row of table `public.users` from role `app`";
        check(&reader(), &lacking(hidden), START, &[expect]);
    }
}
