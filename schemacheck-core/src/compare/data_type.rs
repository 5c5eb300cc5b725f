//! Is the column's type still one that the build's Rust type holds?
//!
//! Which Rust type holds which PostgreSQL type is decided by the compiler; from then on the live type is judged
//! against the type that the build saw.

use crate::catalog::{Catalog, Column, Relation};
use crate::finding::{Finding, wording};
use crate::manifest::{Expected, Manifest};
use crate::pg_type::{self, Change};

pub(super) fn check(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    column: &Column,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) {
    let Some(built) = &expected.built else { return };
    let change = pg_type::change(built.base_type(), catalog.base_type(&column.ty));
    // A domain over the same base: what is read is the same.
    let change =
        if change == Change::Same && !same(&built.ty, &column.ty) { Change::Compatible } else { change };
    if change != Change::Same {
        // Of a domain that kept its name, what it is based on is another type.
        let (was, is) = match built.ty.to_string() == column.ty.to_string() {
            true => (built.base_type(), catalog.base_type(&column.ty)),
            false => (&built.ty, &column.ty),
        };
        findings.push(wording::type_changed(manifest, expected, relation, was, is, change));
    }
}

fn same(a: &pg_type::PgType, b: &pg_type::PgType) -> bool {
    pg_type::change(a, b) == Change::Same
}

#[cfg(test)]
mod tests {
    use crate::compare::Moment;
    use crate::compare::testing::{built, check, column, model, table};
    use crate::pg_type::{PgType, TypeDef, TypeKind};
    use crate::{Catalog, QualifiedName};

    const START: Moment = Moment::Start { strict: false };

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
        let mut catalog = table("public.users", &[column("c", "email")]);
        catalog.relations.values_mut().next().unwrap().columns[0].ty = PgType::named("public", "email");
        let name = QualifiedName::new("public", "email");
        let base = PgType::builtin("text");
        let kind = TypeKind::Domain { base, not_null: true, default: None, checks: vec![] };
        catalog.types.insert(name.clone(), TypeDef { name, kind });
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
    fn a_domain_that_kept_its_name_is_shown_by_its_base() {
        let mut catalog = table("public.users", &[column("c", "email")]);
        catalog.relations.values_mut().next().unwrap().columns[0].ty = PgType::named("public", "email");
        let name = QualifiedName::new("public", "email");
        let base = PgType::builtin("int4");
        let kind = TypeKind::Domain { base, not_null: true, default: None, checks: vec![] };
        catalog.types.insert(name.clone(), TypeDef { name, kind });
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
