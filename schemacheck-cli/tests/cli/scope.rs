//! What a snapshot covers: names that nothing has, what is remembered and forgotten, and databases without relations.

use crate::support::{Project, Ran, SCHEMA, database};

/// Runs `snapshot` in a project whose files it must not touch.
#[track_caller]
fn refused(project: &Project, url: &str, arguments: &[&str], said: &[&str]) -> Ran {
    let files = || {
        let listed = std::process::Command::new("find")
            .arg(project.path())
            .args(["-type", "f", "-exec", "cksum", "{}", "+"])
            .output()
            .unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        assert!(!listed.is_empty());
        listed
    };
    let before = files();
    let ran = project.tool(&[&["snapshot", "--database-url", url], arguments].concat());
    ran.expect(2, said);
    assert_eq!(files(), before, "{}", ran.all());
    ran
}

#[test]
fn a_database_without_relations_empties_no_snapshot() {
    let (project, full, empty) = (Project::empty(), database(SCHEMA), database("CREATE SCHEMA app"));
    let types_alone = database("CREATE TYPE mood AS ENUM ('ok')");
    project.snapshot(&full);
    for database in [&empty, &types_alone] {
        refused(
            &project,
            &database.url(),
            &[],
            &[
                "error: the database has no relation, and `.schemacheck` has 3; nothing was written",
                "help: make sure that it is the right database, and migrated; `--allow-empty` empties the snapshot",
            ],
        );
    }
    // A schema that is there and holds nothing empties it as well.
    full.connect().unwrap().batch_execute("CREATE SCHEMA app").unwrap();
    refused(
        &project,
        &full.url(),
        &["--schema", "app"],
        &["the database has no relation in schema `app`, and `.schemacheck` has 3; nothing was written"],
    );
    // `--check` names what is missing.
    project
        .tool(&["snapshot", "--check", "--database-url", &empty.url()])
        .expect(1, &["table `public.users` is in the snapshot, not in the database"]);
    // A snapshot that cannot be read has relations too.
    project.write(".schemacheck/catalog.json", "");
    refused(&project, &empty.url(), &[], &["and `.schemacheck` has 3"]);
    project.tool(&["snapshot", "--allow-empty", "--database-url", &empty.url()]).expect(0, &["0 relations"]);
    // An empty one agrees with an empty database only if that is what is meant.
    let check = |more: &[&str]| {
        project.tool(&[&["snapshot", "--check", "--database-url", &empty.url()], more].concat())
    };
    check(&[]).expect(
        2,
        &[
            "error: the database has no relation, and neither has `.schemacheck`",
            "help: nothing was compared; `--allow-empty` if there is nothing to compare yet",
        ],
    );
    check(&["--allow-empty"]).expect(0, &["agrees"]);
    // Nothing is emptied by the first snapshot, nor by the next one.
    let project = Project::empty();
    project.snapshot(&empty);
    project.snapshot(&empty);
    project.snapshot(&full);
}

#[test]
fn a_name_that_the_database_lacks_is_neither_covered_nor_remembered() {
    let (project, database) = (Project::empty(), database(SCHEMA));
    let url = database.url();
    // Not even in place of nothing.
    project.tool(&["snapshot", "--schema", "pubilc", "--database-url", &url]).expect(
        2,
        &[
            "error: the database has no schema `pubilc`",
            "help: a schema with a similar name exists: `public`",
        ],
    );
    assert!(!project.path().join(".schemacheck").exists());
    project.snapshot(&database);
    for (arguments, said) in [
        (&["--schema", "pubilc"][..], &["the database has no schema `pubilc`"][..]),
        (&["--schema", "public", "--schema", "Public"], &["the database has no schema `Public`"]),
        (
            &["--include", "public.nope", "--include", "x.posts", "--schema", "gone"],
            &["the database has no schema `gone`, and no relation `public.nope`, and no relation `x.posts`"],
        ),
        (&["--include", "public.post"], &["a relation with a similar name exists: `public.posts`"]),
        (&["--include", "nodot"], &["`--include nodot` is no SCHEMA.NAME"]),
    ] {
        refused(&project, &url, arguments, said);
        refused(&project, &url, &[arguments, &["--check"]].concat(), said);
    }
    project.tool(&["snapshot", "--check", "--database-url", &url]).expect(0, &["agrees"]);
    // What will be there can be named before it is.
    let later =
        ["snapshot", "--allow-empty", "--schema", "public", "--schema", "later", "--database-url", &url];
    project.tool(&later).expect(0, &["3 relations"]);
    refused(&project, &url, &[], &["the database has no schema `later`"]);
    database.connect().unwrap().batch_execute("CREATE SCHEMA later; CREATE TABLE later.t ()").unwrap();
    project.snapshot(&database);
    assert!(project.path().join(".schemacheck/relations/later/t.json").is_file());
}

#[test]
fn what_is_remembered_can_be_forgotten() {
    let database = database(
        "CREATE SCHEMA billing; CREATE SCHEMA audit; CREATE TABLE billing.a (); CREATE TABLE audit.b ();
         CREATE TABLE audit.c (); CREATE TABLE t ()",
    );
    let (project, url) = (Project::empty(), database.url());
    let take =
        |arguments: &[&str]| project.tool(&[&["snapshot", "--database-url", &url], arguments].concat());
    let there = || -> Vec<&str> {
        let all = ["public/t", "billing/a", "audit/b", "audit/c"];
        let file = |name: &str| project.path().join(format!(".schemacheck/relations/{name}.json")).is_file();
        all.into_iter().filter(|name| file(name)).collect()
    };
    take(&[]).expect(0, &[]);
    refused(
        &project,
        &url,
        &["--forget-schema", "billing"],
        &["the snapshot covers every schema, and remembers none by its name", "`--schema NAME` covers"],
    );
    take(&["--schema", "public", "--schema", "billing", "--include", "audit.b", "--include", "audit.c"])
        .expect(0, &[]);
    assert_eq!(there(), ["public/t", "billing/a", "audit/b", "audit/c"]);
    refused(
        &project,
        &url,
        &["--forget-schema", "biling"],
        &["the snapshot does not remember schema `biling`", "it remembers `public`, `billing`"],
    );
    refused(
        &project,
        &url,
        &["--forget-include", "audit.d"],
        &["the snapshot does not remember relation `audit.d`", "it remembers `audit.b`, `audit.c`"],
    );
    // What is gone is said with the option that forgets it.
    database.connect().unwrap().batch_execute("DROP SCHEMA billing CASCADE; DROP TABLE audit.b").unwrap();
    let said = [
        "error: the database has no schema `billing`, and no relation `audit.b`",
        "an earlier snapshot was told to cover it; if it is gone for good: `--forget-schema billing`",
        "an earlier snapshot was told to cover it; if it is gone for good: `--forget-include audit.b`",
    ];
    refused(&project, &url, &[], &said);
    refused(&project, &url, &["--check"], &said);
    take(&["--forget-schema", "billing", "--forget-include", "audit.b"]).expect(0, &["2 removed"]);
    take(&["--check"]).expect(0, &["agrees"]);
    assert_eq!(there(), ["public/t", "audit/c"]);
    refused(
        &project,
        &url,
        &["--forget-schema", "public"],
        &["without schema `public` the snapshot would cover none", "`--every-schema` covers all of them"],
    );
    take(&["--every-schema"]).expect(0, &[]);
    take(&["--check"]).expect(0, &["agrees"]);
    assert_eq!(there(), ["public/t", "audit/c"]);
    database.connect().unwrap().batch_execute("CREATE SCHEMA later; CREATE TABLE later.t ()").unwrap();
    take(&[]).expect(0, &["2 written"]);
    refused(&project, &url, &["--every-schema", "--schema", "public"], &["cannot be used with"]);
}

#[test]
fn a_scope_that_cannot_be_read_is_said_to_be_lost() {
    let database = database("CREATE SCHEMA billing; CREATE TABLE billing.a (); CREATE TABLE t ()");
    let (project, url) = (Project::empty(), database.url());
    project.tool(&["snapshot", "--schema", "billing", "--database-url", &url]).expect(0, &[]);
    project.write(".schemacheck/catalog.json", "");
    project.tool(&["snapshot", "--database-url", &url]).expect(
        0,
        &[
            "warning: cannot read `.schemacheck/catalog.json`: the text ends too early",
            "so what earlier snapshots were told to cover is not known",
        ],
    );
}
