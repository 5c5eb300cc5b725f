//! Is the column's type still one that the build's Rust type holds?
//!
//! Which Rust type holds which PostgreSQL type is decided by the compiler; from then on the live type is judged
//! against the type that the build saw.

use super::Moment;
use crate::catalog::{Catalog, Column, Relation};
use crate::finding::{Finding, wording};
use crate::manifest::{Expected, Fit, Kind, Manifest};
use crate::pg_type::{self, Change, PgType};

pub(super) fn check(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    column: &Column,
    catalog: &Catalog,
    moment: Moment,
    findings: &mut Vec<Finding>,
) {
    let Some(built) = &expected.built else { return };
    if expected.fit == Fit::LetThrough {
        // What the compiler said of one type says nothing of another: that is left to `unjudged`.
        if is_still(built.base_type(), catalog.base_type(&column.ty)) {
            let severity = moment.known_risk();
            findings.push(wording::type_let_through(manifest, expected, relation, catalog, severity));
        }
        return;
    }
    let change = pg_type::change(built.base_type(), catalog.base_type(&column.ty));
    // A domain over the same base: what is read is the same, and what is written has to name its type.
    let is_other_domain = change == Change::Same && !same(&built.ty, &column.ty);
    let change = if is_other_domain { Change::Compatible } else { change };
    let is_written = manifest.does(Kind::Insert, expected) || manifest.does(Kind::Update, expected);
    if is_other_domain && is_written && built.ty.name != column.ty.name {
        findings.push(wording::domain_written(
            manifest,
            expected,
            relation,
            (&built.ty, &column.ty),
            moment.risk(),
        ));
    } else if change == Change::Compatible && leads_back(&built.ty, &column.ty, catalog) {
        findings.push(wording::type_moved(
            manifest,
            expected,
            relation,
            (&built.ty, &column.ty),
            moment.risk(),
        ));
    } else if change != Change::Same {
        // Of a domain that kept its name, what it is based on is another type.
        let (was, is) = match built.ty.to_string() == column.ty.to_string() {
            true => (built.base_type(), catalog.base_type(&column.ty)),
            false => (&built.ty, &column.ty),
        };
        findings.push(wording::type_changed(manifest, expected, relation, was, is, change));
    }
}

/// Whether what the compiler said of a type holds: its name says which Rust types hold it.
pub(super) fn is_still(built: &PgType, live: &PgType) -> bool {
    built.name == live.name && built.is_array() == live.is_array() && built.is_builtin() == live.is_builtin()
}

/// Flattened structs that the build let through, of which the compiler does not say which column it is. Where one of
/// them has another type now, that is said of the column.
pub(super) fn groups(
    manifest: &Manifest,
    relation: &Relation,
    catalog: &Catalog,
    moment: Moment,
    findings: &mut Vec<Finding>,
) {
    for (place, group) in manifest.groups.iter().enumerate() {
        let own = || manifest.columns.iter().filter(|expected| expected.group == Some(place));
        let is_same = |expected: &Expected| match (&expected.built, relation.column(&expected.column)) {
            (Some(built), Some(column)) => is_still(built.base_type(), catalog.base_type(&column.ty)),
            _ => true,
        };
        if group.fit == Fit::LetThrough && own().all(is_same) {
            findings.push(wording::group_let_through(manifest, group, relation, moment.known_risk()));
        }
    }
}

fn same(a: &PgType, b: &PgType) -> bool {
    pg_type::change(a, b) == Change::Same
}

/// Whether a column got a type of the same name in another schema, and the name still leads to the old one: drivers that
/// look a type up by its name then send what the column does not take.
fn leads_back(built: &PgType, live: &PgType, catalog: &Catalog) -> bool {
    let named = || catalog.type_def(None, &live.name);
    built.name == live.name
        && built.schema != live.schema
        && named().is_some_and(|def| def.name.schema == built.schema)
}

#[cfg(test)]
mod tests {
    use crate::compare::testing::{built, check, column, model, table};
    use crate::compare::{Moment, compare};
    use crate::manifest::{BuildMode, Fit, Group, Kind, Level, Override};
    use crate::pg_type::{PgType, TypeDef, TypeKind};
    use crate::{Catalog, Code, QualifiedName};

    const START: Moment = Moment::Start { strict: false };

    /// A table whose column `c` has the domain `email`, over this type.
    fn email(base: &str) -> Catalog {
        let mut catalog = table("public.users", &[column("c", "email")]);
        catalog.relations.values_mut().next().unwrap().columns[0].ty = PgType::named("public", "email");
        let name = QualifiedName::new("public", "email");
        let base = PgType::builtin(base);
        let kind = TypeKind::Domain { base, not_null: true, default: None, checks: vec![] };
        catalog.types.insert(name.clone(), TypeDef { name, kind });
        catalog
    }

    #[track_caller]
    fn changed(from: PgType, to: &Catalog, expect: &[&str]) {
        let mut model = model("users", &[("c", "String")]);
        model.columns[0].built = Some(built(from, true));
        check(&model, to, START, expect);
    }

    #[test]
    fn a_mismatch_that_the_build_let_through_is_repeated_while_it_is_one() {
        let mut model = model("users", &[("c", "i32")]);
        model.mode = BuildMode::Warn;
        model.columns[0].built = Some(built(PgType::builtin("varchar"), true));
        model.columns[0].fit = Fit::LetThrough;
        let expect =
            "[type-mismatch]: column `public.users.c` is `character varying`, but field `c` is `i32`";
        let mut varchar = table("public.users", &[column("c", "varchar")]);
        check(&model, &varchar, Moment::Build, &[&format!("error{expect}")]);
        check(&model, &varchar, START, &[&format!("warning{expect}")]);
        check(&model, &varchar, Moment::Start { strict: true }, &[&format!("error{expect}")]);
        let finding = compare(&model, &varchar, START).remove(0);
        assert_eq!(
            finding.notes,
            [
                "accepted for `character varying`: `String`",
                "the build let it through: `SCHEMACHECK_BUILD=warn`"
            ]
        );
        // Its length says nothing about Rust; another type may be the one that the field holds.
        varchar.relations.values_mut().next().unwrap().columns[0].ty.typmod = 24;
        check(&model, &varchar, START, &[&format!("warning{expect}")]);
        for other in ["int4", "text"] {
            check(&model, &table("public.users", &[column("c", other)]), START, &[]);
        }
        model.overrides =
            vec![Override { code: Code::TypeMismatch, level: Level::Warn, reason: "a test".into() }];
        let finding = compare(&model, &varchar, START).remove(0);
        assert_eq!(finding.notes[1], "the build warned of it, as `warn(type-mismatch)` asks for");
        model.overrides[0].level = Level::Allow;
        check(&model, &varchar, Moment::Build, &[]);
    }

    #[test]
    fn a_flattened_struct_that_was_let_through_is_one_finding() {
        let mut model = model("users", &[("a", "i32"), ("c", "i32")]);
        model.mode = BuildMode::Warn;
        model.groups = vec![Group {
            field: "audit".into(),
            line: 1,
            rust_type: "Audit".into(),
            is_open: false,
            none_is_default: false,
            fit: Fit::LetThrough,
        }];
        for expected in &mut model.columns {
            expected.group = Some(0);
            expected.built = Some(built(PgType::builtin("text"), true));
        }
        let table = |c| table("public.users", &[column("a", "text"), column("c", c)]);
        let expect = "[type-mismatch]: table `public.users` has columns that their fields in flattened `Audit` \
                      cannot hold";
        check(&model, &table("text"), START, &[&format!("warning{expect}")]);
        check(&model, &table("text"), Moment::Build, &[&format!("error{expect}")]);
        // Of one that has another type now, that is said, and no one knows about the others.
        check(
            &model,
            &table("int4"),
            START,
            &[
                "error[type-mismatch]: column `public.users.c` is `integer`, but this program was built for `text`",
            ],
        );
        model.groups[0].fit = Fit::Fits;
        check(&model, &table("text"), START, &[]);
    }

    #[test]
    fn only_what_breaks_readers_is_an_error() {
        let t = PgType::builtin;
        changed(t("text"), &table("public.users", &[column("c", "text")]), &[]);
        changed(
            t("varchar"),
            &table("public.users", &[column("c", "text")]),
            &[
                "info[type-mismatch]: column `public.users.c` is `text`, but this program was built for `character varying`",
            ],
        );
        changed(
            t("json"),
            &table("public.users", &[column("c", "jsonb")]),
            &[
                "warning[type-mismatch]: column `public.users.c` is `jsonb`, but this program was built for `json`",
            ],
        );
        changed(
            t("int4"),
            &table("public.users", &[column("c", "int8")]),
            &[
                "error[type-mismatch]: column `public.users.c` is `bigint`, but this program was built for `integer`",
            ],
        );
        changed(
            t("timestamp"),
            &table("public.users", &[column("c", "timestamptz")]),
            &["error[type-mismatch]: column `public.users.c` is `timestamp with time zone`, \
               but this program was built for `timestamp without time zone`"],
        );
    }

    #[test]
    fn a_domain_reads_as_its_base() {
        let catalog = email("text");
        changed(
            PgType::builtin("text"),
            &catalog,
            &[
                "info[type-mismatch]: column `public.users.c` is `public.email`, but this program was built for `text`",
            ],
        );
        changed(
            PgType::builtin("int4"),
            &catalog,
            &[
                "error[type-mismatch]: column `public.users.c` is `public.email`, but this program was built for `integer`",
            ],
        );
    }

    #[test]
    fn a_domain_more_or_less_matters_to_who_writes() {
        let catalog = email("text");
        let mut model = model("users", &[("c", "String")]);
        model.columns[0].built = Some(built(PgType::builtin("text"), true));
        model.kinds = vec![Kind::Read, Kind::Update];
        let message = "[type-mismatch]: column `public.users.c` is `public.email`, but this program was built for `text`";
        check(&model, &catalog, START, &[&format!("warning{message}")]);
        check(&model, &catalog, Moment::Start { strict: true }, &[&format!("error{message}")]);
        model.columns[0].left_out = vec![Kind::Update];
        check(&model, &catalog, START, &[&format!("info{message}")]);
        // As it was built.
        model.columns[0].left_out.clear();
        model.columns[0].built = Some(crate::manifest::Built {
            base: Some(PgType::builtin("text")),
            ..built(PgType::named("public", "email"), true)
        });
        check(&model, &catalog, START, &[]);
    }

    #[test]
    fn a_type_that_moved_while_its_name_did_not_is_a_risk() {
        let mut catalog = table("app.people", &[column("mood", "mood")]);
        catalog.search_path = vec!["app".into(), "types".into()];
        catalog.relations.values_mut().next().unwrap().columns[0].ty = PgType::named("app", "mood");
        let add = |catalog: &mut Catalog, schema: &str| {
            let name = QualifiedName::new(schema, "mood");
            catalog.types.insert(name.clone(), TypeDef { name, kind: TypeKind::Enum { labels: vec![] } });
        };
        add(&mut catalog, "app");
        let mut model = model("people", &[("mood", "Mood")]);
        model.columns[0].built = Some(built(PgType::named("types", "mood"), true));
        let message = "[type-mismatch]: column `app.people.mood` is `app.mood`, but this program was built for `types.mood`";
        // The name moved with the column.
        add(&mut catalog, "types");
        check(&model, &catalog, START, &[&format!("info{message}")]);
        catalog.search_path.reverse();
        check(&model, &catalog, START, &[&format!("warning{message}")]);
        check(&model, &catalog, Moment::Start { strict: true }, &[&format!("error{message}")]);
    }

    #[test]
    fn a_domain_that_kept_its_name_is_shown_by_its_base() {
        let catalog = email("int4");
        let mut model = model("users", &[("c", "String")]);
        let base = Some(PgType::builtin("text"));
        model.columns[0].built =
            Some(crate::manifest::Built { base, ..built(PgType::named("public", "email"), true) });
        check(
            &model,
            &catalog,
            START,
            &[
                "error[type-mismatch]: column `public.users.c` is `integer`, but this program was built for `text`",
            ],
        );
    }

    #[test]
    fn a_type_with_a_hostile_name_breaks_no_line() {
        changed(
            PgType::named("line\nbreak", "mood\u{1b}"),
            &table("public.users", &[column("c", "text")]),
            &["error[type-mismatch]: column `public.users.c` is `text`, \
               but this program was built for `\"line\\nbreak\".\"mood\\u{1b}\"`"],
        );
    }

    #[test]
    fn a_column_without_build_facts_is_judged_for_existence_only() {
        check(&model("users", &[("c", "i32")]), &table("public.users", &[column("c", "text")]), START, &[]);
    }
}
