//! What is said where a program has models of several databases. A database is named as models name it; nothing is the
//! default one.

use super::{Finding, ObjectChange, Place, join, search_path, tick};
use crate::catalog::Catalog;
use crate::code::Code;
use crate::compare::Elsewhere;
use crate::manifest::Manifest;
use crate::{snapshot, suggest};

/// A database in a sentence: ``database `billing` ``, `the default database`.
pub fn database_phrase(database: Option<&str>) -> String {
    database.map_or_else(|| "the default database".to_owned(), |name| format!("database {}", tick(name)))
}

/// Named databases in a sentence: ``database `a` ``, ``databases `a` and `b` ``.
fn phrases(names: &[&str]) -> String {
    let ticked: Vec<String> = names.iter().map(|name| tick(name)).collect();
    format!("database{} {}", if names.len() == 1 { "" } else { "s" }, join(&ticked))
}

/// Nothing to judge. `database` is the one that was meant, `others` are those that the linked models belong to.
pub fn no_models(database: Option<&str>, others: &[Option<&str>]) -> Finding {
    let named: Vec<&str> = others.iter().copied().flatten().collect();
    let of = match (database, named.is_empty()) {
        (None, true) => String::new(),
        (database, _) => format!(" of {}", database_phrase(database)),
    };
    let message = format!("no model{of} is linked into this program, so nothing was verified");
    let mut finding = Finding::new(Code::NoModels, "database", ObjectChange::Missing, String::new(), message);
    if !others.is_empty() {
        let known: Vec<String> = others.iter().map(|other| database_phrase(*other)).collect();
        finding = finding.note(format!("the models that are linked belong to {}", join(&known)));
    }
    if let Some(help) = database.and_then(|wanted| similar_database(wanted, &named)) {
        finding = finding.help(help);
    } else if database.is_none() && !named.is_empty() {
        finding = finding.help(format!(
            "verify each named database with a guard of its own: `Guard::database({:?})`, and `--database {}` on \
             the command line",
            named[0],
            snapshot::shell_word(named[0])
        ));
    }
    finding
        .help("a crate of models that is never named is not linked: write `use my_models as _;` in `main.rs`")
        .help("if models were left out by `only` or `except`, name at least one that exists")
}

/// No model was chosen of those that there are, which are in these modules; `module` is the one that was named. `of` is the
/// database that is meant, where there are several.
pub fn none_chosen(module: Option<&str>, modules: &[&str], of: Option<&str>) -> Finding {
    let of = of.map_or(String::new(), |of| format!(" of {of}"));
    let message = match module {
        Some(module) => format!("no model{of} is in module {}, so nothing was verified", tick(module)),
        None => format!("no model{of} was left to look for, so nothing was verified"),
    };
    let finding = Finding::new(Code::NoModels, "database", ObjectChange::Missing, String::new(), message)
        .note(format!("the models{of} that are linked are in {}", super::list(modules, 8)));
    // As the program spells it: from the crate's name, or from `crate`.
    let spelled = modules.iter().map(|known| match (module, known.split_once("::")) {
        (Some(module), Some((_, rest))) if module.starts_with("crate::") => format!("crate::{rest}"),
        _ => (*known).to_owned(),
    });
    let spelled: Vec<String> = spelled.collect();
    let nearest = module.and_then(|module| suggest::nearest(module, spelled.iter().map(String::as_str)));
    match nearest {
        Some(nearest) => finding.help(format!("a module with a similar name has models: {}", tick(nearest))),
        None => finding.help(match module {
            Some(_) => "name one of these modules in `only_in`, or one above them",
            None => "leave fewer out by `except` and `except_in`",
        }),
    }
}

/// A model was chosen whose database is not the one that is verified: judged there, it would say nothing.
pub fn other_database(manifest: &Manifest, database: Option<&str>) -> Finding {
    let message = format!(
        "{} is a model of {}, but this guard verifies {}",
        tick(&manifest.path),
        database_phrase(manifest.database.as_deref()),
        match database {
            Some(_) => database_phrase(database),
            None => "the models of the default database".to_owned(),
        }
    );
    let guard = match &manifest.database {
        Some(name) => format!("Guard::database({name:?})"),
        None => "Guard::new()".to_owned(),
    };
    let kind = "database";
    Finding::new(Code::OtherDatabase, kind, ObjectChange::Changed, manifest.object(), message)
        .attribute("database")
        .expected(database_phrase(manifest.database.as_deref()))
        .actual(database_phrase(database))
        .at(Place::of(manifest))
        .help(format!("choose it with `{guard}`, and verify that with a connection to its database"))
}

/// Of a tenant's schema that lacks nearly all relations: how many are missing, and how many are needed.
pub fn another_tenant((missing, wanted): (usize, usize), schema: &str) -> Finding {
    let message = format!(
        "schema {} is not a tenant's, or not yet: {missing} of the {wanted} relations that the program needs are missing",
        tick(schema)
    );
    Finding::new(Code::OtherDatabase, "schema", ObjectChange::Changed, schema.to_owned(), message)
        .help("run the migrations in it, if it is the schema that is meant; else mend the list of tenants")
}

/// Nearly all relations that the program needs are missing, so many of so many; `by_path` if the search path decides where
/// they are looked for.
pub fn another_database(
    (missing, wanted): (usize, usize),
    place: &Elsewhere,
    by_path: bool,
    catalog: &Catalog,
) -> Finding {
    let message = match place {
        Elsewhere::Nothing => {
            format!("this database is empty: none of the {wanted} relations that the program needs is there")
        }
        _ => format!(
            "this looks like another database: {missing} of the {wanted} relations that the program needs are missing"
        ),
    };
    let role = &catalog.privileges.role;
    let role = if role.is_empty() { String::new() } else { format!("the role is {}", tick(role)) };
    let path = if by_path { format!("the search path is {}", search_path(catalog)) } else { String::new() };
    let facts: Vec<&str> = [role.as_str(), &path].into_iter().filter(|fact| !fact.is_empty()).collect();
    let mut finding =
        Finding::new(Code::OtherDatabase, "database", ObjectChange::Changed, String::new(), message);
    if !facts.is_empty() {
        finding = finding.note(facts.join(", and "));
    }
    if let Elsewhere::Schemas(schemas) = place
        && let Some((first, count)) = schemas.first()
    {
        let mut others: Vec<String> = schemas[1..]
            .iter()
            .take(super::PLACES - 1)
            .map(|(schema, count)| format!(", {} {count}", tick(schema)))
            .collect();
        others.push(match schemas.len().saturating_sub(super::PLACES) {
            0 => String::new(),
            1 => ", and 1 more schema holds some".to_owned(),
            more => format!(", and {more} more schemas hold some"),
        });
        finding = finding.help(format!(
            "schema {} holds {count} of those names{}: if that is meant, {}",
            tick(first),
            others.concat(),
            match by_path {
                true => "`search_path` has to lead there",
                false => "another schema was named",
            }
        ));
    }
    finding.help(match place {
        Elsewhere::Nothing => {
            "run the migrations, if this is the database that is meant; else mend the connection string"
        }
        _ => {
            "look at the connection string: the host, database and user that were reached are in this report"
        }
    })
}

/// The name of a database that was probably meant.
pub fn similar_database(wanted: &str, known: &[&str]) -> Option<String> {
    let nearest = suggest::nearest(wanted, known.iter().copied().filter(|name| *name != wanted))?;
    Some(format!("a database with a similar name exists: {}", tick(nearest)))
}

/// Which databases there are in a snapshot directory.
pub fn databases_known(directory: &str, has_default: bool, named: &[&str]) -> String {
    match (named, has_default) {
        ([], true) => format!("{} holds the default database only", tick(directory)),
        ([], false) => format!("{} holds no snapshot", tick(directory)),
        (named, true) => format!("{} holds the default database and {}", tick(directory), phrases(named)),
        (named, false) => format!("{} holds {}", tick(directory), phrases(named)),
    }
}

/// There is no snapshot of a named database.
pub fn no_snapshot_of(database: &str) -> String {
    format!("cannot find the snapshot of database {}", tick(database))
}

/// Beside a finding about a model of a named database: whose snapshot said so.
pub fn judged_against(database: &str) -> String {
    format!("judged against the snapshot of database {}", tick(database))
}

/// A relation or type that is missing is there in other databases: most likely the word was forgotten, or is wrong.
pub fn in_other_database(what: &str, databases: &[Option<&str>]) -> Option<String> {
    let first = databases.first()?;
    let places: Vec<String> = databases.iter().map(|database| database_phrase(*database)).collect();
    let places = join(&places);
    Some(match first {
        Some(name) => {
            format!("{} of that name is in {places}: write `database = {name:?}`", super::article(what))
        }
        None => format!("{} of that name is in {places}: write no `database`", super::article(what)),
    })
}

/// Models that a run of the command line leaves alone.
pub fn not_judged(command: &str, databases: &[&str]) -> String {
    let runs: Vec<String> = databases
        .iter()
        .map(|name| format!("`cargo schemacheck {command} --database {}`", snapshot::shell_word(name)))
        .collect();
    let verb = if databases.len() == 1 { "judges" } else { "judge" };
    format!("the models of {} are not judged in this run: {} {verb} them", phrases(databases), join(&runs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Severity;

    fn said(finding: &Finding) -> String {
        let mut lines = vec![finding.headline()];
        lines.extend(finding.notes.iter().map(|note| format!("note: {note}")));
        lines.extend(finding.help.iter().map(|help| format!("help: {help}")));
        lines.join("\n")
    }

    const LAST: &str = "\
help: a crate of models that is never named is not linked: write `use my_models as _;` in `main.rs`
help: if models were left out by `only` or `except`, name at least one that exists";

    #[test]
    fn a_program_without_models_hears_nothing_of_databases() {
        assert_eq!(
            said(&no_models(None, &[])),
            format!(
                "error[no-models]: no model is linked into this program, so nothing was verified\n{LAST}"
            )
        );
        // Left out by `only_in`: the default database is the only one there is.
        assert!(!said(&no_models(None, &[None])).contains("of the default database is"));
    }

    #[test]
    fn a_program_with_models_of_other_databases_hears_which() {
        assert_eq!(
            said(&no_models(None, &[Some("billing")])),
            format!(
                "error[no-models]: no model of the default database is linked into this program, so nothing was \
                 verified\nnote: the models that are linked belong to database `billing`\nhelp: verify each \
                 named database with a guard of its own: `Guard::database(\"billing\")`, and `--database billing` \
                 on the command line\n{LAST}"
            )
        );
        assert_eq!(
            said(&no_models(Some("biling"), &[None, Some("audit"), Some("billing")])),
            format!(
                "error[no-models]: no model of database `biling` is linked into this program, so nothing was \
                 verified\nnote: the models that are linked belong to the default database, database `audit` and \
                 database `billing`\nhelp: a database with a similar name exists: `billing`\n{LAST}"
            )
        );
    }

    #[test]
    fn a_model_of_another_database_is_named_with_both() {
        let mut manifest =
            Manifest { path: "app::Invoice".into(), relation: "invoices".into(), ..Manifest::default() };
        assert_eq!(
            said(&other_database(&manifest, Some("billing"))),
            "error[other-database]: `app::Invoice` is a model of the default database, but this guard verifies \
             database `billing`\nhelp: choose it with `Guard::new()`, and verify that with a connection to its \
             database"
        );
        manifest.database = Some("billing".into());
        assert_eq!(
            said(&other_database(&manifest, None)),
            "error[other-database]: `app::Invoice` is a model of database `billing`, but this guard verifies the \
             models of the default database\nhelp: choose it with `Guard::database(\"billing\")`, and verify that \
             with a connection to its database"
        );
        assert_eq!(other_database(&manifest, None).severity, Severity::Error);
    }

    #[test]
    fn a_module_without_models_is_told_from_a_program_without() {
        let text = |module, modules: &[&str]| {
            let finding = none_chosen(module, modules, None);
            (finding.message.clone(), finding.notes.join("\n"), finding.help.join("\n"))
        };
        let modules = ["app::billing", "app::models"];
        assert_eq!(
            text(Some("crate::modles"), &modules),
            (
                "no model is in module `crate::modles`, so nothing was verified".into(),
                "the models that are linked are in `app::billing` and `app::models`".into(),
                "a module with a similar name has models: `crate::models`".into()
            )
        );
        assert_eq!(
            text(Some("app::modles"), &modules).2,
            "a module with a similar name has models: `app::models`"
        );
        assert!(text(Some("elsewhere"), &modules).2.starts_with("name one of these modules in `only_in`"));
        assert!(text(None, &modules).0.starts_with("no model was left to look for"));
        let of = none_chosen(Some("crate::x"), &["app::bills"], Some(&database_phrase(Some("billing"))));
        assert!(of.message.starts_with("no model of database `billing` is in module `crate::x`"), "{of:?}");
        assert_eq!(of.notes, ["the models of database `billing` that are linked are in `app::bills`"]);
    }

    #[test]
    fn of_hundreds_of_schemas_some_are_named() {
        let help = |count: usize| {
            let schemas = (1..=count).map(|n| (format!("t{n}"), 5)).collect();
            let finding = another_database((5, 5), &Elsewhere::Schemas(schemas), true, &Catalog::default());
            finding.help[0].clone()
        };
        let end = ": if that is meant, `search_path` has to lead there";
        assert_eq!(help(1), format!("schema `t1` holds 5 of those names{end}"));
        assert_eq!(help(4), format!("schema `t1` holds 5 of those names, `t2` 5, `t3` 5, `t4` 5{end}"));
        assert_eq!(
            help(300),
            format!(
                "schema `t1` holds 5 of those names, `t2` 5, `t3` 5, `t4` 5, and 296 more schemas hold some{end}"
            )
        );
    }

    #[test]
    fn known_databases_are_listed() {
        let known = |has_default, named: &[&str]| databases_known(".schemacheck", has_default, named);
        assert_eq!(known(true, &[]), "`.schemacheck` holds the default database only");
        assert_eq!(known(false, &[]), "`.schemacheck` holds no snapshot");
        assert_eq!(known(false, &["a", "b"]), "`.schemacheck` holds databases `a` and `b`");
        assert_eq!(known(true, &["a"]), "`.schemacheck` holds the default database and database `a`");
        assert_eq!(similar_database("audit", &["audit", "billing"]), None);
    }

    #[test]
    fn what_another_database_has_is_said() {
        assert_eq!(in_other_database("relation", &[]), None);
        assert_eq!(
            in_other_database("relation", &[Some("billing"), Some("old")]).unwrap(),
            "a relation of that name is in database `billing` and database `old`: write `database = \"billing\"`"
        );
        assert_eq!(
            in_other_database("enum", &[None]).unwrap(),
            "an enum of that name is in the default database: write no `database`"
        );
    }

    #[test]
    fn what_a_run_leaves_alone_is_said() {
        assert_eq!(
            not_judged("verify", &["billing"]),
            "the models of database `billing` are not judged in this run: \
             `cargo schemacheck verify --database billing` judges them"
        );
        assert!(
            not_judged("check", &["a", "b c"])
                .ends_with("--database a` and `cargo schemacheck check --database 'b c'` judge them")
        );
    }
}
