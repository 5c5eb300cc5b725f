//! Is the column's type still one that the build's Rust type holds?
//!
//! Which Rust type holds which PostgreSQL type is decided by the compiler; from then on the live type is judged
//! against the type that the build saw.

use super::Moment;
use crate::catalog::{Catalog, Column, Relation};
use crate::finding::{Finding, wording};
use crate::manifest::{Expected, Kind, Manifest};
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
    use crate::compare::Moment;
    use crate::compare::testing::{built, check, column, model, table};
    use crate::manifest::Kind;
    use crate::pg_type::{PgType, TypeDef, TypeKind};
    use crate::{Catalog, QualifiedName};

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
