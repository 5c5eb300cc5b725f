//! `docs/adoption.md`: its commands are run on the shop that it shows, and print what it says.

use crate::init::{git, package};
use crate::support::{Project, database, one_at_a_time};

/// The shop of `docs/adoption.md`, before it is adopted.
fn shop() -> Project {
    let facade = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let project = Project::empty();
    for (path, text) in [
        ("Cargo.toml", include_str!("shop/Cargo.toml.in")),
        ("migrations/0001_users_and_orders.sql", include_str!("shop/0001_users_and_orders.sql")),
        ("migrations/0002_refunds.sql", include_str!("shop/0002_refunds.sql")),
        ("src/main.rs", include_str!("shop/main.rs")),
        ("src/rows.rs", include_str!("shop/rows.rs")),
        // Where the version is not published yet.
        (".cargo/config.toml", &format!("[patch.crates-io]\nschemacheck = {{ path = {facade:?} }}\n")),
        (".gitignore", "/target\nCargo.lock\n"),
    ] {
        project.write(path, text);
    }
    git(&project, &["init", "-q"]);
    git(&project, &["add", "-A"]);
    git(&project, &["commit", "-q", "-m", "first"]);
    project
}

/// What a page shows behind a command: its blocks that begin with `$` and these words.
fn shown(page: &str, command: &str) -> String {
    let begin = format!("```console\n$ {command}\n");
    let (_, block) = page.split_once(&begin).unwrap_or_else(|| panic!("the page does not show `{command}`"));
    block.split_once("\n```\n").unwrap().0.to_owned() + "\n"
}

#[test]
fn the_adoption_page_shows_what_happens() {
    let _turn = one_at_a_time();
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/adoption.md");
    let page = std::fs::read_to_string(page).unwrap();
    let project = shop();

    let line = "cat migrations/*.sql | psql -q -v ON_ERROR_STOP=1";
    let ran = project.tool(&["snapshot", "--run", line]);
    ran.expect(0, &[]);
    // The throwaway database has another name each time.
    for line in shown(&page, &format!("cargo schemacheck snapshot --run '{line}'")).lines() {
        assert!(line.starts_with("database `scratch_") || ran.all().contains(line), "{line}\n{}", ran.all());
    }
    let dry = project.tool(&["init"]);
    assert_eq!(dry.stdout, shown(&page, "cargo schemacheck init"), "{}", dry.all());
    git(&project, &["add", "-A"]);
    git(&project, &["commit", "-q", "-m", "second"]);
    let wrote = project.tool(&["init", "--write"]);
    assert_eq!(wrote.stdout, shown(&page, "cargo schemacheck init --write"), "{}", wrote.all());

    let warned = project.cargo_with(&["check"], &[("SCHEMACHECK_BUILD", "warn")]);
    warned.expect(0, &["`shop` (bin \"shop\") generated 3 warnings"]);
    for line in shown(&page, "SCHEMACHECK_BUILD=warn cargo check").lines() {
        assert!(warned.stderr.lines().any(|said| said == line), "{line}\n{}", warned.all());
    }
    project
        .cargo(&["check"])
        .expect(101, &["could not compile `shop` (bin \"shop\") due to 3 previous errors"]);

    // A fix for each, and a way out.
    let rows = project
        .read("src/rows.rs")
        .replace("nickname: String", "nickname: Option<String>")
        .replace("    Shipped,\n", "    Shipped,\n    Refunded,\n")
        .replace("    pub total", "    #[schemacheck(types = \"off\", reason = \"debt\")]\n    pub total");
    project.write("src/rows.rs", &rows);
    let fine = project.cargo(&["check"]);
    fine.expect(0, &[]);
    assert!(!fine.stderr.contains("warning"), "{}", fine.all());
    project.tool(&["init"]).expect(0, &["nothing to add\n", "4 items have a derive of schemacheck already"]);
}

#[test]
fn the_differences_on_the_adoption_page_are_those_that_are_made() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/adoption.md");
    let page = std::fs::read_to_string(page).unwrap();
    let blocks: Vec<&str> =
        page.split("```diff\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    assert_eq!(blocks.len(), 2);
    for (block, dependency) in blocks.into_iter().zip(["diesel = \"2\"\n", "sea-orm = \"2\"\n"]) {
        // The page leaves out what is in the structs.
        let whole = |line: &str| match line.strip_suffix(" {") {
            Some(line) if line.contains("enum") => format!("{line} {{ New }}"),
            Some(line) => format!("{line} {{ pub id: i64 }}"),
            None => line.to_owned(),
        };
        let side = |added: bool| -> String {
            let lines = block.lines().filter(|line| added || !line.starts_with('+'));
            lines.map(|line| whole(line.get(1..).unwrap_or_default()) + "\n").collect()
        };
        let project = Project::empty();
        project.write("Cargo.toml", &package("app", dependency));
        project.write("src/lib.rs", &side(false));
        let schema =
            concat!(include_str!("shop/0001_users_and_orders.sql"), include_str!("shop/0002_refunds.sql"));
        project.snapshot(&database(schema));
        project.tool(&["init", "--write", "--allow-no-vcs"]).expect(0, &[]);
        assert_eq!(project.read("src/lib.rs"), side(true));
    }
}
