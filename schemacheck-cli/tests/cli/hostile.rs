//! Names and shapes that real catalogs have and that tools stumble over: each through snapshot, derive, record,
//! `verify` and the guard of the built program.

use std::fmt::Write as _;

use schemacheck_scratch::Server;

use crate::support::{Project, database, manifest, one_at_a_time};

/// Names of relations, columns and schemas; each is legal in PostgreSQL.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "Upper",
        "upper",
        "UPPER",
        "with space",
        " leading and trailing ",
        "it's",
        "say \"hi\"",
        "dotted.name",
        "..",
        "sl/ash",
        "back\\slash",
        "100%",
        "%2F",
        "line\nbreak",
        "tab\there",
        "emoji 🦀",
        "שלום",
        "\u{202e}override",
        // One letter, and a letter with an accent to be put on: equal to the eye, and on some file systems.
        "caf\u{e9}",
        "cafe\u{301}",
        "select",
        "table",
        "user",
        "true",
        "Self",
        "crate",
        "con",
        "NUL.json",
        "$1",
        "{}",
        "{0:?}",
        "--",
        "/*",
        "\u{feff}bom",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("x".repeat(63));
    names.push("X".repeat(63));
    // 63 bytes, not characters.
    names.push("é".repeat(31) + "e");
    names
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A program whose guard verifies all models of `models`.
fn service(models: &str) -> Project {
    let project = Project::empty();
    let toml = manifest("app", "edition = \"2021\"", "postgres = \"0.19\"")
        .replace("features = [\"uuid\"]", "features = [\"uuid\", \"postgres\"]");
    project.write("Cargo.toml", &toml);
    project.write(
        "src/main.rs",
        &format!(
            "#![allow(dead_code, non_snake_case)]\n#![deny(deprecated)]\n{models}\n\
             fn main() {{\n    let url = std::env::var(\"DATABASE_URL\").unwrap();\n    \
             let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();\n    \
             println!(\"{{}}\", schemacheck::Guard::new().target(&url).verify_or_exit(&mut client));\n}}\n"
        ),
    );
    project
}

/// Builds without a word, verifies the built file, and starts; then breaks with exactly one finding.
#[track_caller]
fn fits_and_breaks(project: &Project, url: &str, models: usize, break_it: impl FnOnce(), headline: &str) {
    let built = project.cargo(&["build"]);
    built.expect(0, &[]);
    assert!(!built.stderr.contains("warning"), "{}", built.all());
    let artifact = project.executable("app").display().to_string();
    let verify = || project.tool(&["verify", "--database-url", url, "--artifact", &artifact]);
    let start = || project.program("app", &[("DATABASE_URL", url)]);
    let verified = format!("{models} models (");
    verify().expect(0, &[&verified]);
    start().expect(0, &[&verified]);
    project.tool(&["snapshot", "--check", "--database-url", url]).expect(0, &[]);
    break_it();
    verify().expect(1, &[headline]);
    start().expect(78, &[headline, "(1 finding)"]);
    project.tool(&["snapshot", "--check", "--database-url", url]).expect(1, &[]);
}

#[test]
fn hostile_names_go_all_the_way() {
    let _turn = one_at_a_time();
    let (names, mut sql, mut models) = (names(), String::new(), String::new());
    for (at, name) in names.iter().enumerate() {
        // Every name as a schema, as a table in it and in the next one, and as a column among all the others.
        let (schema, next) = (quote(name), quote(&names[(at + 1) % names.len()]));
        let _ = write!(sql, "CREATE SCHEMA {schema};");
        let columns: Vec<String> = names.iter().map(|name| format!("{} int NOT NULL", quote(name))).collect();
        let _ = write!(sql, "CREATE TABLE {schema}.{schema} ({});", columns.join(", "));
        let _ = write!(sql, "CREATE VIEW {schema}.{next} AS SELECT * FROM {schema}.{schema};");
        for (suffix, table) in [("", name), ("View", &names[(at + 1) % names.len()])] {
            let _ = writeln!(
                models,
                "#[derive(schemacheck::Model)]\n#[schemacheck(schema = {name:?}, table = {table:?})]\npub struct M{at}{suffix} {{"
            );
            for (field, column) in names.iter().enumerate() {
                let _ = writeln!(models, "    #[schemacheck(column = {column:?})]\n    f{field}: i32,");
            }
            models.push_str("}\n");
        }
    }
    let database = database(&sql);
    let project = service(&models);
    project.snapshot(&database);
    let break_it = || {
        database.connect().unwrap().batch_execute("DROP VIEW \"line\nbreak\".\"tab\there\"").unwrap();
    };
    let headline = r"error[missing-relation]: cannot find relation `line\nbreak.tab\there`";
    fits_and_breaks(&project, &database.url(), names.len() * 2, break_it, headline);
}

#[test]
fn shapes_go_all_the_way() {
    let _turn = one_at_a_time();
    let wide: Vec<String> = (0..1600).map(|at| format!("c{at} int")).collect();
    let database = database(&format!(
        "CREATE SCHEMA app; CREATE SCHEMA other;
         CREATE TABLE same (a int NOT NULL); CREATE TABLE app.same (b int NOT NULL); CREATE TABLE other.same (c text);
         CREATE TYPE app.twin AS ENUM ('x'); CREATE TABLE twin (kind app.twin NOT NULL);
         CREATE TABLE wide ({});
         CREATE TABLE again (a int, b text NOT NULL, c int);
         ALTER TABLE again DROP a, DROP c; ALTER TABLE again ADD a text NOT NULL, ADD c bigint;
         CREATE VIEW v1 AS SELECT * FROM again; CREATE VIEW v2 AS SELECT a, b FROM v1;
         CREATE MATERIALIZED VIEW v3 AS SELECT * FROM v2;
         CREATE TABLE part (a int NOT NULL, b int NOT NULL) PARTITION BY LIST (a);
         CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1) PARTITION BY LIST (b);
         CREATE TABLE part_1_1 PARTITION OF part_1 FOR VALUES IN (1);
         CREATE TABLE parent (a int NOT NULL); CREATE TABLE child (b int NOT NULL) INHERITS (parent);
         CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
         CREATE FOREIGN TABLE far (a int NOT NULL) SERVER nowhere;
         CREATE UNLOGGED TABLE unlogged (a int NOT NULL);
         CREATE TABLE empty ();",
        wide.join(", ")
    ));
    let fields: String = (0..1600).map(|at| format!("    c{at}: Option<i32>,\n")).collect();
    let model = |name: &str, table: &str, fields: &str| {
        format!(
            "#[derive(schemacheck::Model)]\n#[schemacheck(table = {table:?})]\npub struct {name} {{ {fields} }}\n"
        )
    };
    let models = [
        "#[derive(schemacheck::PgEnum)]\n#[schemacheck(type = \"app.twin\", rename_all = \"lowercase\")]\npub enum Twin { X }\n"
            .to_owned(),
        model("Wide", "wide", &fields),
        model("Same", "same", "a: i32"),
        model("AppSame", "app.same", "b: i32"),
        model("OtherSame", "other.same", "c: Option<String>"),
        model("TwinTable", "twin", "kind: Twin"),
        model("Again", "again", "a: String, b: String, c: Option<i64>"),
        model("V2", "v2", "a: String, b: Option<String>"),
        model("V3", "v3", "a: Option<String>"),
        model("Part", "part", "a: i32, b: i32"),
        model("Parent", "parent", "a: i32"),
        model("Child", "child", "a: i32, b: i32"),
        model("Far", "far", "a: i32"),
        model("Unlogged", "unlogged", "a: i32"),
        model("Empty", "empty", ""),
    ]
    .concat();
    let project = service(&models);
    project.snapshot(&database);
    let break_it = || {
        database.connect().unwrap().batch_execute("ALTER TABLE wide DROP c1599").unwrap();
    };
    let headline = "error[missing-column]: cannot find column `c1599` in table `public.wide`";
    fits_and_breaks(&project, &database.url(), 14, break_it, headline);
}

#[test]
fn ten_thousand_relations_are_one_snapshot() {
    let server = Server::shared().unwrap();
    let database = server.create_database().unwrap();
    let mut client = database.connect().unwrap();
    for first in (0..10_000).step_by(500) {
        let sql: String = (first..first + 500).map(|at| format!("CREATE TABLE t{at} (a int);")).collect();
        client.batch_execute(&sql).unwrap();
    }
    let project = Project::empty();
    project.write("Cargo.toml", &manifest("app", "edition = \"2021\"", ""));
    let take = ["snapshot", "--database-url", &database.url()];
    project.tool(&take).expect(0, &["10000 relations", "10003 written"]);
    project.tool(&take).expect(0, &["0 written, 0 removed, 10003 unchanged"]);
    project.tool(&["snapshot", "--check", "--database-url", &database.url()]).expect(0, &[]);
}
