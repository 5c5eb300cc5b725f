//! Files that are not what they should be: an error that says what to do, and never a panic.

use crate::support::{MAIN, Project, SCHEMA, database, one_at_a_time};

#[test]
fn a_broken_snapshot_is_named_by_the_build_and_by_the_tool() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::package(MAIN), database(SCHEMA));
    project.snapshot(&database);
    let users = ".schemacheck/relations/public/users.json";
    let whole = project.read(users);
    let catalog = project.read(".schemacheck/catalog.json");
    for (path, text, problem) in [
        (users, whole[..whole.len() / 2].to_owned(), "the text ends too early at line"),
        (
            users,
            whole.replace("\"not_null\": true", "\"not_null\": 1"),
            "expected a boolean, found a number at `columns[0].not_null`",
        ),
        (
            users,
            whole.replace("\"users\"", "\"people\""),
            "it holds `public.people`, whose file has another name",
        ),
        (
            ".schemacheck/catalog.json",
            catalog.replace("\"format\": 1", "\"format\": 2"),
            "the snapshot has format 2, this version reads format 1",
        ),
        (".schemacheck/catalog.json", String::new(), "the text ends too early"),
    ] {
        let good = project.read(path);
        project.write(path, &text);
        let place = format!("cannot read `{path}`");
        project
            .cargo(&["build"])
            .expect(101, &[&place, problem, "run `cargo schemacheck snapshot` and commit the result"]);
        project.write("empty.json", "[]");
        project.tool(&["check", "--manifest", "empty.json"]).expect(2, &[&place, problem]);
        // The remedy works.
        project.snapshot(&database);
        assert_eq!(project.read(path), good);
    }
    project.cargo(&["run"]).expect(0, &[]);
    let ran = project.cargo_with(&["build"], &[("SCHEMACHECK_DIR", "elsewhere")]);
    ran.expect(
        101,
        &["cannot find the snapshot directory that SCHEMACHECK_DIR names", "looked for `elsewhere`"],
    );
    std::fs::rename(project.path().join(".schemacheck"), project.path().join("elsewhere")).unwrap();
    project.cargo_with(&["build"], &[("SCHEMACHECK_DIR", "elsewhere")]).expect(0, &[]);
}

#[test]
fn artifacts_that_are_none_are_named() {
    let project = Project::empty();
    project.write("text", "hello");
    let own = std::env::current_exe().unwrap();
    for (file, problem) in [
        ("text", "`text` is not an executable, shared library or rlib"),
        ("gone", "cannot read `gone`: No such file or directory"),
        (own.to_str().unwrap(), "holds no models"),
    ] {
        project.tool(&["manifest", "--artifact", file]).expect(2, &[problem]);
    }
    project.write("list.json", "{\"manifests\": [{\"format\": 9}]}");
    project
        .tool(&["manifest", "--manifest", "list.json"])
        .expect(2, &["the record has format 9, this version reads format 1", "use the same version"]);
    project.write("list.json", "nonsense");
    project.tool(&["manifest", "--manifest", "list.json"]).expect(2, &["it is not JSON at line 1"]);
    project.write("list.json", "[]");
    project
        .tool(&["manifest", "--manifest", "list.json"])
        .expect(2, &["error[no-models]: no model is linked into this program"]);
}

#[test]
fn records_of_another_format_are_refused() {
    let _turn = one_at_a_time();
    let project = Project::package(MAIN);
    project.snapshot(&database(SCHEMA));
    project.cargo(&["build"]).expect(0, &[]);
    let good = std::fs::read(project.executable("app")).unwrap();
    for (from, to, problem) in [
        (
            &b"SCHMCHK1"[..],
            &b"SCHMCHK2"[..],
            "there is no record of a format that this version reads at byte",
        ),
        (b"{\"format\": 1,", b"{\"format\": 7,", "the record has format 7, this version reads format 1"),
        (b"{\"format\": 1,", b"{\"format\"  1,", "it is not JSON at line 1"),
    ] {
        // The constant in the program's own code says the same bytes, so all of them are replaced.
        let mut bytes = good.clone();
        let mut at = 0;
        while let Some(found) = bytes[at..].windows(from.len()).position(|window| window == from) {
            at += found;
            bytes[at..at + to.len()].copy_from_slice(to);
        }
        let path = project.path().join("other");
        std::fs::write(&path, bytes).unwrap();
        project.tool(&["manifest", "--artifact", "other"]).expect(2, &["cannot read `other`", problem]);
    }
}

#[test]
fn hostile_names_break_out_of_nothing() {
    let _turn = one_at_a_time();
    let hostile = r#"x"); DROP TABLE users; --'\{}#"#;
    let quoted = format!("\"{}\"", hostile.replace('"', "\"\""));
    let database =
        database(&format!("CREATE TABLE users (id int); CREATE TABLE {quoted} ({quoted} integer NOT NULL)"));
    let literal = format!("{hostile:?}");
    let source = format!(
        "#[derive(schemacheck::Model)]\n#[schemacheck(schema = \"public\", table = {literal})]\n\
         pub struct M {{ #[schemacheck(column = {literal})] pub a: i32 }}\n\
         fn main() {{ let _ = M {{ a: 1 }}.a; assert!(schemacheck::Guard::new().request().is_ok()); }}\n"
    );
    let project = Project::package(&source);
    project.snapshot(&database);
    project.cargo(&["run"]).expect(0, &[]);
    let executable = project.executable("app");
    let arguments = ["verify", "--artifact", executable.to_str().unwrap(), "--database-url", &database.url()];
    project.tool(&arguments).expect(0, &["1 model (1 column) verified"]);
    database.connect().unwrap().batch_execute(&format!("ALTER TABLE {quoted} DROP COLUMN {quoted}")).unwrap();
    project.tool(&arguments).expect(1, &["error[missing-column]"]);
    assert!(database.connect().unwrap().query("SELECT * FROM users", &[]).is_ok());
    project.write(
        "src/main.rs",
        &source.replace("a: i32", "a: String").replace("M { a: 1 }", "M { a: String::new() }"),
    );
    project.cargo(&["build"]).expect(101, &["error[E0277]", "but field `a` is `String`"]);
}
