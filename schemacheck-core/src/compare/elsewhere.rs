//! Is this the database at all? Where nearly nothing is there, one missing thing less says nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::code::{Code, Severity};
use crate::finding::{Finding, wording};
use crate::manifest::{Manifest, Sort};

/// From how many relations on their absence says something of the database.
const ENOUGH: usize = 3;

/// What stands in place of the program's relations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// Nobody asked.
    Unknown,
    /// No relation at all.
    Nothing,
    /// Other relations; and the schemas that hold some of the names, with how many, the most first.
    Schemas(Vec<(String, usize)>),
}

/// Adds a finding in front if nine of ten relations that the models name are missing. Not where the program's own ledger
/// says that the database is behind: then it is the right one, and merely old; unless the names stand in another schema.
pub(super) fn check<'a>(
    manifests: impl IntoIterator<Item = &'a Manifest>,
    catalog: &Catalog,
    tenant: Option<&str>,
    is_behind: bool,
    findings: &mut Vec<Finding>,
) {
    let models = manifests.into_iter().filter(|manifest| manifest.sort == Sort::Model);
    let wanted: BTreeSet<(Option<&str>, &str)> =
        models.map(|manifest| (manifest.schema.as_deref(), manifest.relation.as_str())).collect();
    let is_missing = |(schema, name): &&(Option<&str>, &str)| catalog.relation(*schema, name).is_none();
    let missing: Vec<&str> = wanted.iter().filter(is_missing).map(|(_, name)| *name).collect();
    let is_said =
        |finding: &Finding| finding.code == Code::MissingRelation && finding.severity == Severity::Error;
    let is_nearly_all = wanted.len() >= ENOUGH && missing.len() * 10 >= wanted.len() * 9;
    if is_nearly_all && findings.iter().any(is_said) {
        let by_path = wanted.iter().any(|(schema, _)| schema.is_none());
        let place = place(&missing, catalog);
        let is_moved = matches!(&place, Elsewhere::Schemas(schemas) if schemas.first().is_some_and(|first| first.1 * 2 >= missing.len()));
        if is_behind && !is_moved {
            return;
        }
        let counts = (missing.len(), wanted.len());
        findings.insert(
            0,
            match tenant {
                Some(schema) if place != Elsewhere::Nothing => wording::another_tenant(counts, schema),
                _ => wording::another_database(counts, &place, by_path, catalog),
            },
        );
    }
}

fn place(missing: &[&str], catalog: &Catalog) -> Elsewhere {
    if !catalog.knows_names {
        return Elsewhere::Unknown;
    }
    if catalog.known_relations.is_empty() {
        return Elsewhere::Nothing;
    }
    let mut schemas = BTreeMap::<&str, BTreeSet<&str>>::new();
    for name in catalog.known_relations.iter().filter(|name| missing.contains(&name.name.as_str())) {
        schemas.entry(&name.schema).or_default().insert(&name.name);
    }
    let mut schemas: Vec<(String, usize)> =
        schemas.into_iter().map(|(schema, names)| (schema.to_owned(), names.len())).collect();
    schemas.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Elsewhere::Schemas(schemas)
}

#[cfg(test)]
mod tests {
    use crate::compare::testing::{column, model, table};
    use crate::compare::{Moment, causes, compare_all};
    use crate::finding::Finding;
    use crate::manifest::Manifest;
    use crate::{Catalog, Code, QualifiedName};

    fn models(names: &[&str]) -> Vec<Manifest> {
        names.iter().map(|name| model(name, &[("id", "i64")])).collect()
    }

    fn first(models: &[Manifest], catalog: &Catalog) -> Finding {
        let mut findings = compare_all(models, catalog, Moment::Start { strict: false });
        causes(models, catalog, None, None, &mut findings);
        findings.remove(0)
    }

    #[test]
    fn a_database_without_the_programs_tables_looks_like_another() {
        let mut catalog = table("public.things", &[column("id", "int8")]);
        let program = models(&["users", "posts", "likes"]);
        let finding = first(&program, &catalog);
        assert_eq!(
            finding.headline(),
            "error[other-database]: this looks like another database: 3 of the 3 relations that the program needs are missing"
        );
        catalog.knows_names = true;
        assert!(first(&program, &catalog).message.starts_with("this database is empty"));
        catalog.known_relations = [("app", "users"), ("app", "posts"), ("old", "users")]
            .map(|(s, n)| QualifiedName::new(s, n))
            .into();
        let finding = first(&program, &catalog);
        assert!(
            finding.help[0].starts_with("schema `app` holds 2 of those names, `old` 1"),
            "{:?}",
            finding.help
        );
    }

    #[test]
    fn a_table_or_two_say_nothing_of_the_database() {
        let catalog = table("public.users", &[column("id", "int8")]);
        assert_eq!(first(&models(&["posts", "likes"]), &catalog).code, Code::MissingRelation);
        assert_eq!(
            first(&models(&["users", "posts", "likes", "tags"]), &catalog).code,
            Code::MissingRelation
        );
    }

    /// Nearly all tables are missing, and the program's own ledger says why.
    #[test]
    fn an_old_database_is_not_another_one() {
        use crate::ledger::{Ledger, LedgerKind, SeenLedger};
        let ledger = |schema: &str, applied: &[&str]| Ledger {
            kind: LedgerKind::Sqlx,
            table: QualifiedName::new(schema, "_sqlx_migrations"),
            columns: None,
            applied: applied.iter().map(|&name| name.into()).collect(),
            order: vec![],
            failed: vec![],
            readable: true,
        };
        let program = models(&["users", "posts", "likes"]);
        let seen = SeenLedger::of(None, &ledger("public", &["1", "2", "3"]));
        let first = |live: &[&str], tenant: Option<&str>, elsewhere: &[&str]| {
            let mut catalog = table("public.things", &[column("id", "int8")]);
            catalog.ledgers = vec![ledger("public", live)];
            catalog.knows_names = true;
            catalog.known_relations = elsewhere.iter().map(|name| QualifiedName::new("app", *name)).collect();
            let mut findings = compare_all(&program, &catalog, Moment::Start { strict: false });
            causes(&program, &catalog, Some(&seen), tenant, &mut findings);
            findings.remove(0).code
        };
        assert_eq!(first(&["1"], None, &["likes"]), Code::MissingRelation);
        // Nothing says whose an empty ledger is, nor does another application's make it the right database.
        for live in [&[][..], &["x"], &["1", "2", "3"], &["1", "2", "3", "4"]] {
            assert_eq!(first(live, None, &["likes"]), Code::OtherDatabase, "{live:?}");
        }
        // The tables are elsewhere.
        assert_eq!(first(&["1"], None, &["users", "posts"]), Code::OtherDatabase);
        // The shared ledger says nothing of one tenant's schema.
        assert_eq!(first(&["1"], Some("tenant_9"), &["likes"]), Code::OtherDatabase);
        assert_eq!(first(&["1"], Some("public"), &["likes"]), Code::MissingRelation);
    }

    #[test]
    fn from_nine_of_ten_on_it_looks_like_another_database() {
        let names: Vec<String> = (0..20).map(|number| format!("t{number}")).collect();
        let program = models(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let with = |count: usize| {
            let mut catalog = Catalog { search_path: vec!["public".into()], ..Catalog::default() };
            for name in &names[..count] {
                catalog.relations.extend(table(&format!("public.{name}"), &[column("id", "int8")]).relations);
            }
            first(&program, &catalog)
        };
        assert_eq!(with(3).code, Code::MissingRelation);
        for (there, missing) in [(2, 18), (1, 19), (0, 20)] {
            let finding = with(there);
            assert_eq!(finding.code, Code::OtherDatabase);
            let said = format!("{missing} of the 20 relations that the program needs are missing");
            assert!(finding.message.ends_with(&said), "{}", finding.message);
        }
    }

    #[test]
    fn the_schemas_that_hold_the_names_are_those_with_the_missing_ones() {
        // What is there is no sign of where the rest is.
        let mut catalog = table("public.users", &[column("id", "int8")]);
        catalog.knows_names = true;
        catalog.known_relations =
            [("public", "users"), ("old", "t1")].map(|(s, n)| QualifiedName::new(s, n)).into();
        let names = ["users", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9"];
        let finding = first(&models(&names), &catalog);
        assert_eq!(finding.code, Code::OtherDatabase);
        assert!(finding.help[0].starts_with("schema `old` holds 1 of those names"), "{:?}", finding.help);
    }

    #[test]
    fn a_tenant_of_an_empty_database_is_told_of_the_database() {
        let mut catalog = Catalog { search_path: vec!["public".into()], ..Catalog::default() };
        catalog.knows_names = true;
        let program = models(&["users", "posts", "likes"]);
        let mut findings = compare_all(&program, &catalog, Moment::Start { strict: false });
        causes(&program, &catalog, None, Some("tenant_9"), &mut findings);
        assert!(findings[0].message.starts_with("this database is empty"), "{}", findings[0].message);
    }

    #[test]
    fn a_tenants_schema_is_named_as_such() {
        let program = models(&["users", "posts", "likes"]);
        let catalog = table("public.things", &[column("id", "int8")]);
        let mut findings = compare_all(&program, &catalog, Moment::Start { strict: false });
        causes(&program, &catalog, None, Some("tenant_9"), &mut findings);
        assert_eq!(
            findings[0].headline(),
            "error[other-database]: schema `tenant_9` is not a tenant's, or not yet: \
             3 of the 3 relations that the program needs are missing"
        );
        assert!(!findings[0].help[0].contains("connection string"));
    }

    #[test]
    fn what_is_allowed_to_miss_is_no_sign() {
        use crate::manifest::{Level, Override};
        let mut program = models(&["users", "posts", "likes"]);
        for model in &mut program {
            let code = Code::MissingRelation;
            model.overrides = vec![Override { code, level: Level::Warn, reason: "made later".into() }];
        }
        assert_eq!(first(&program, &table("public.x", &[])).code, Code::MissingRelation);
    }
}
