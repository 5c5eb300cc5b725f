//! The user's files: what `snapshot` neither overwrites nor removes, what an interruption leaves, and what other line
//! ends mean.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use schemacheck_scratch::Database;

use crate::support::{MAIN, Project, Ran, SCHEMA, database, one_at_a_time};

/// Every file below a folder with its bytes; of a link, where it leads.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
                continue;
            }
            let what = match kind.is_symlink() {
                true => std::fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes(),
                false => std::fs::read(entry.path()).unwrap(),
            };
            found.insert(entry.path(), what);
        }
    }
    found
}

/// Takes a snapshot into this directory.
fn snapshot_into(project: &Project, directory: &str, database: &Database<'_>) -> Ran {
    let arguments = ["snapshot", "--database-url", &database.url()];
    project.tool_with(&arguments, &[("SCHEMACHECK_DIR", directory)])
}

fn execute(database: &Database<'_>, sql: &str) {
    database.connect().unwrap().batch_execute(sql).unwrap();
}

#[test]
fn files_that_are_not_of_a_snapshot_are_neither_overwritten_nor_removed() {
    let database = database(SCHEMA);
    for (path, text) in [
        ("types/api/user.json", "{\"type\": \"object\"}\n"),
        ("relations/public/orders.json", "{}"),
        // Where the snapshot has files of its own.
        ("types/public/mood.json", "[\"ok\", \"sad\"]\n"),
        ("catalog.json", "{\"format\": \"paper\", \"pages\": 12}\n"),
        ("server.json", "{\"listen\": \"0.0.0.0\"}\n"),
        ("ledger.txt", "2026-01-02 rent 800\n"),
        ("unfinished.txt", "the last chapter\n"),
    ] {
        let project = Project::empty();
        project.write(&format!("src/{path}"), text);
        project.write("src/lib.rs", "");
        let before = tree(project.path());
        let ran = snapshot_into(&project, "src", &database);
        ran.expect(2, &[&format!("`src/{path}`")]);
        assert_eq!(tree(project.path()), before, "{path}: {}", ran.all());
    }
    // What is in nobody's way stays as well, lines of one file included.
    let project = Project::empty();
    let others =
        ["src/lib.rs", "src/types.rs", "src/types/mod.rs", "src/types/api/mod.rs", "src/relations/x.json"];
    others.iter().for_each(|path| project.write(path, "mine"));
    project.write("src/.gitattributes", "*.png binary\n");
    snapshot_into(&project, "src", &database).expect(0, &["3 relations"]);
    execute(&database, "DROP TABLE users; DROP TYPE mood");
    snapshot_into(&project, "src", &database).expect(0, &["2 removed"]);
    others.iter().for_each(|path| assert_eq!(project.read(path), "mine"));
    assert_eq!(
        project.read("src/.gitattributes"),
        "*.png binary\n*.json text eol=lf\nledger.txt text eol=lf merge=union\n"
    );
}

#[test]
fn a_changed_file_of_an_object_that_is_gone_is_kept() {
    let (project, database) = (Project::empty(), database(SCHEMA));
    project.snapshot(&database);
    let take = || project.tool(&["snapshot", "--database-url", &database.url()]);
    let (users, mood) = (".schemacheck/relations/public/users.json", ".schemacheck/types/public/mood.json");
    let whole = project.read(users);
    project.write(users, &whole.replacen('{', "{\n  \"owner\": \"the shop team\",", 1));
    execute(&database, "DROP TABLE users; DROP TYPE mood; ALTER TABLE posts ADD body text");
    let before = tree(project.path());
    take().expect(
        2,
        &[
            "`.schemacheck/relations/public/users.json` is not as it was written, and what it describes is not in \
             the database any more; nothing was written",
            "remove the file if nobody needs what was changed in it",
        ],
    );
    assert_eq!(tree(project.path()), before);
    // Other line ends are no change.
    project.write(users, &whole.replace('\n', "\r\n"));
    take().expect(0, &["2 removed"]);
    assert!(!project.path().join(users).exists() && !project.path().join(mood).exists());
}

/// Without `catalog.json` nothing says that the files of gone objects are a snapshot's, and none is left lying there.
#[test]
fn without_a_catalog_nothing_is_removed_and_nothing_is_mixed() {
    let (project, database) = (Project::empty(), database(SCHEMA));
    project.snapshot(&database);
    let take = || project.tool(&["snapshot", "--database-url", &database.url()]);
    let catalog = project.read(".schemacheck/catalog.json");
    let remove = || std::fs::remove_file(project.path().join(".schemacheck/catalog.json")).unwrap();
    remove();
    take().expect(0, &["1 written, 0 removed"]);
    assert_eq!(project.read(".schemacheck/catalog.json"), catalog);
    execute(&database, "DROP TABLE users");
    remove();
    let before = tree(project.path());
    take().expect(2, &["`.schemacheck/relations/public/users.json`", "bring `catalog.json` back"]);
    assert_eq!(tree(project.path()), before);
    // With the marks of a merge in it it is a snapshot's all the same.
    project
        .write(".schemacheck/catalog.json", &catalog.replacen('\n', "\n  \"format\": 1,\n<<<<<<< ours\n", 1));
    take().expect(0, &["1 removed"]);
    assert_eq!(project.read(".schemacheck/catalog.json"), catalog);
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_below_the_directory() {
    use std::os::unix::fs::symlink;

    let database = database(SCHEMA);
    let billing = ["snapshot", "--database", "billing", "--database-url", &database.url()];
    let usual = ["snapshot", "--database-url", &database.url()];
    for (path, arguments) in [
        ("relations", &usual[..]),
        ("relations/public", &usual),
        ("relations/gone", &usual),
        ("relations/public/users.json", &usual),
        ("relations/public/gone.json", &usual),
        ("types", &usual),
        ("types/public/mood.json", &usual),
        ("catalog.json", &usual),
        ("server.json", &usual),
        ("ledger.txt", &usual),
        (".gitattributes", &usual),
        ("unfinished.txt", &usual),
        ("databases", &billing),
        ("databases/billing", &billing),
        ("databases/billing/types", &billing),
    ] {
        let project = Project::empty();
        project.tool(&usual).expect(0, &[]);
        project.tool(&billing).expect(0, &[]);
        // Something changes, and something goes.
        project.write(".schemacheck/relations/public/posts.json", "{}");
        project.write(".schemacheck/databases/billing/relations/public/posts.json", "{}");
        let (link, outside) =
            (project.path().join(".schemacheck").join(path), project.path().join("outside"));
        if link.is_dir() {
            std::fs::rename(&link, &outside).unwrap();
        } else if std::fs::rename(&link, &outside).is_err() {
            std::fs::create_dir(&outside).unwrap();
            std::fs::write(outside.join("secret.json"), "{}").unwrap();
        }
        symlink(&outside, &link).unwrap();
        let before = tree(project.path());
        let ran = project.tool(arguments);
        assert_eq!(ran.status, 2, "{path}: {}", ran.all());
        assert_eq!(tree(project.path()), before, "{path}: {}", ran.all());
    }
    // The directory itself may be elsewhere.
    let project = Project::empty();
    std::fs::create_dir(project.path().join("elsewhere")).unwrap();
    symlink("elsewhere", project.path().join(".schemacheck")).unwrap();
    project.snapshot(&database);
    assert!(project.path().join("elsewhere/relations/public/users.json").is_file());
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_waited_for() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::package(MAIN), database(SCHEMA));
    let url = database.url();
    project.write("m.json", "[]");
    project.snapshot(&database);
    for file in ["relations/public/users.json", "types/public/mood.json", "catalog.json", "server.json"] {
        let path = project.path().join(".schemacheck").join(file);
        let text = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let said = [&format!("{file}` is not a file")[..]];
        project.tool(&["snapshot", "--database-url", &url]).expect(2, &said);
        let said = [&format!("cannot read `.schemacheck/{file}`: it is a pipe, not a file")[..]];
        project.tool(&["snapshot", "--check", "--database-url", &url]).expect(2, &said);
        project.tool(&["check", "--manifest", "m.json"]).expect(2, &said);
        // The build does not read what is for people.
        if file != "server.json" {
            let said = [&format!("cannot read `.schemacheck/{file}`: it is not a file")[..]];
            project.cargo(&["build"]).expect(101, &said);
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    project.cargo(&["build"]).expect(0, &[]);
}

/// Two schemas of so many tables that it takes a while to write them, each with tables that the other lacks.
fn many_tables(column: &str) -> Database<'static> {
    let tables = |from: u32, to: u32| -> String {
        (from..to).map(|at| format!("CREATE TABLE t{at} (id bigint, {column} text);")).collect()
    };
    let database = database(&tables(0, 200));
    execute(&database, &if column == "old" { tables(200, 250) } else { tables(250, 300) });
    database
}

/// What `snapshot --check` says against each of the two databases.
fn checked(project: &Project, databases: &[&Database<'_>; 2]) -> [i32; 2] {
    databases.map(|database| {
        let ran = project.tool(&["snapshot", "--check", "--database-url", &database.url()]);
        let is_unfinished = ran.all().contains("the snapshot `.schemacheck` is unfinished");
        assert_eq!(ran.status == 2, is_unfinished, "{}", ran.all());
        ran.status
    })
}

/// No file but those of the snapshot.
fn assert_clean(project: &Project) {
    for path in tree(&project.path().join(".schemacheck")).keys() {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(!name.ends_with(".tmp") && name != "unfinished.txt", "{}", path.display());
    }
}

fn start(project: &Project, database: &Database<'_>) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_cargo-schemacheck"))
        .args(["snapshot", "--database-url", &database.url()])
        .current_dir(project.path())
        .env_remove("SCHEMACHECK_DIR")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_writer_that_is_killed_leaves_the_old_files_or_the_new_ones_or_says_so() {
    let (old, new) = (many_tables("old"), many_tables("new"));
    let project = Project::empty();
    project.snapshot(&old);
    let mark = project.path().join(".schemacheck/unfinished.txt");
    let mut said = [0; 3];
    for round in 0..12 {
        let from = if round % 2 == 0 { &old } else { &new };
        let to = if round % 2 == 0 { &new } else { &old };
        let mut writer = start(&project, to);
        // Before it writes, at many points while it does, and after.
        let mut wait_until = |is_marked: bool| {
            while mark.exists() != is_marked && writer.try_wait().unwrap().is_none() {
                std::thread::yield_now();
            }
        };
        if round > 0 {
            wait_until(true);
            std::thread::sleep(Duration::from_millis(4) * round);
        }
        if round == 11 {
            wait_until(false);
        }
        let _ = writer.kill();
        let _ = writer.wait().unwrap();
        match checked(&project, &[from, to]) {
            [0, 1] => said[0] += 1,
            [1, 0] => said[1] += 1,
            [2, 2] => {
                said[2] += 1;
                assert!(mark.is_file());
            }
            other => panic!("round {round}: {other:?}"),
        }
        // The next run completes it, whatever was left.
        project.snapshot(to);
        project.tool(&["snapshot", "--check", "--database-url", &to.url()]).expect(0, &["agrees"]);
        assert_clean(&project);
    }
    assert!(said.iter().all(|times| *times > 0), "before, after and while it wrote: {said:?}");
}

#[test]
fn one_of_two_writers_is_the_last() {
    let (old, new) = (many_tables("old"), many_tables("new"));
    let project = Project::empty();
    for _ in 0..8 {
        for mut writer in [start(&project, &old), start(&project, &new)] {
            assert!(writer.wait().unwrap().success());
        }
        let checked = checked(&project, &[&old, &new]);
        assert!(checked == [0, 1] || checked == [1, 0], "{checked:?}");
        assert_clean(&project);
    }
}

#[test]
fn a_second_writer_waits_for_the_first() {
    let (project, database) = (Project::empty(), database(SCHEMA));
    project.snapshot(&database);
    execute(&database, "ALTER TABLE posts ADD body text");
    // A writer that holds the lock and has written one file of two moments.
    let mark = project.path().join(".schemacheck/unfinished.txt");
    let lock = std::fs::File::create(&mark).unwrap();
    fs4::FileExt::lock(&lock).unwrap();
    project.write(".schemacheck/relations/public/users.json", "{}");
    let mut second = Command::new(env!("CARGO_BIN_EXE_cargo-schemacheck"))
        .args(["snapshot", "--database-url", &database.url()])
        .current_dir(project.path())
        .env_remove("SCHEMACHECK_DIR")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(second.stderr.take().unwrap());
    lines.read_line(&mut said).unwrap();
    assert_eq!(said, "schemacheck: waiting for another run that writes `.schemacheck`\n");
    assert_eq!(project.read(".schemacheck/relations/public/users.json"), "{}");
    // The first one ends: the file goes, and with it the lock.
    std::fs::remove_file(&mark).unwrap();
    drop(lock);
    assert!(second.wait().unwrap().success());
    project.tool(&["snapshot", "--check", "--database-url", &database.url()]).expect(0, &["agrees"]);
    assert_clean(&project);
}

/// A limit to the size of files stands for a disk that is full: both are told at a write.
#[cfg(unix)]
#[test]
fn a_disk_without_room_leaves_what_was_there() {
    let database = database(SCHEMA);
    let (project, url) = (Project::empty(), database.url());
    project.snapshot(&database);
    let columns: Vec<String> = (0..1600).map(|at| format!("c{at} int")).collect();
    execute(
        &database,
        &format!(
            "ALTER TABLE posts ADD body text; DROP TABLE users; CREATE SCHEMA app;
        CREATE TABLE app.a (); CREATE TABLE app.wide ({})",
            columns.join(", ")
        ),
    );
    let before = tree(project.path());
    let limited = |then: &str| {
        let tool = env!("CARGO_BIN_EXE_cargo-schemacheck");
        let line = format!("trap '' XFSZ; ulimit -f 64; {tool} snapshot --database-url '{url}'; {then}");
        Ran::new(&Command::new("sh").args(["-c", &line]).current_dir(project.path()).output().unwrap())
    };
    limited("").expect(
        2,
        &["cannot write `.schemacheck/relations/app/wide.json`: File too large", "; nothing was written"],
    );
    assert_eq!(tree(project.path()), before);
    assert!(!project.path().join(".schemacheck/relations/app").exists());
    project.snapshot(&database);
    project.tool(&["snapshot", "--check", "--database-url", &url]).expect(0, &[]);
}

#[test]
fn an_unfinished_snapshot_is_an_error_wherever_it_is_read() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::package(MAIN), database(SCHEMA));
    project.snapshot(&database);
    project.cargo(&["build"]).expect(0, &[]);
    let executable = project.executable("app").display().to_string();
    let url = database.url();
    // As a write leaves it that was interrupted, or a checkout in which somebody committed it.
    let mark = ".schemacheck/unfinished.txt";
    project.write(mark, "");
    project.write(".schemacheck/relations/public/.users.json.4711.tmp", "{\n");
    project.write(".schemacheck/relations/gone/.t.json.4711.tmp", "{\n");
    project.write("src/main.rs", &format!("{MAIN}\n// built again\n"));
    let said = [
        "the snapshot `.schemacheck` is unfinished: its files are of two moments",
        "help: run `cargo schemacheck snapshot` and commit the result",
        "note: `.schemacheck/unfinished.txt` stands there while a snapshot is written: one is being written now, \
         or was interrupted, or the file was committed",
    ];
    project.cargo(&["build"]).expect(101, &said);
    for arguments in [
        &["check", "--artifact", &executable][..],
        &["verify", "--artifact", &executable, "--database-url", &url],
        &["snapshot", "--check", "--database-url", &url],
        &["init"],
    ] {
        project.tool(arguments).expect(2, &said);
    }
    // A named database has files of its own.
    project.tool(&["snapshot", "--database", "billing", "--database-url", &url]).expect(0, &[]);
    project
        .tool(&["snapshot", "--check", "--database", "billing", "--database-url", &url])
        .expect(0, &["agrees"]);
    project.tool(&["snapshot", "--database-url", &url]).expect(0, &["0 written, 0 removed"]);
    assert_clean(&project);
    assert!(!project.path().join(".schemacheck/relations/gone").exists());
    project.cargo(&["build"]).expect(0, &[]);
    project.tool(&["check", "--artifact", &executable]).expect(0, &[]);
}

#[test]
fn other_line_ends_are_no_difference() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::package(MAIN), database(SCHEMA));
    project.snapshot(&database);
    let directory = project.path().join(".schemacheck");
    for (path, text) in tree(&directory) {
        let text = String::from_utf8(text).unwrap().replace('\n', "\r\n");
        std::fs::write(path, text).unwrap();
    }
    let before = tree(&directory);
    project
        .tool(&["snapshot", "--database-url", &database.url()])
        .expect(0, &["0 written, 0 removed, 8 unchanged"]);
    assert_eq!(tree(&directory), before);
    project.tool(&["snapshot", "--check", "--database-url", &database.url()]).expect(0, &["agrees"]);
    // The build sees the same snapshot as one on another machine.
    project.cargo(&["build"]).expect(0, &[]);
    let executable = project.executable("app").display().to_string();
    let ran = project.tool(&["check", "--artifact", &executable]);
    ran.expect(0, &[]);
    assert!(!ran.all().contains("stale"), "{}", ran.all());
    // A file that differs in more gets the line ends that git is told of.
    execute(&database, "ALTER TABLE posts ADD body text");
    project.tool(&["snapshot", "--database-url", &database.url()]).expect(0, &["1 written"]);
    assert!(!project.read(".schemacheck/relations/public/posts.json").contains('\r'));
    assert!(project.read(".schemacheck/relations/public/users.json").contains('\r'));
}

#[test]
fn init_writes_nothing_before_it_has_checked_everything() {
    let database = database(SCHEMA);
    let project = Project::empty();
    let source = "#[derive(sqlx::FromRow)]\npub struct Post { pub id: i64, pub title: String }\n";
    project.write("Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    project.write("src/lib.rs", source);
    let refused = |arguments: &[&str], said: &str| {
        let before = tree(project.path());
        project.tool(&[&["init"], arguments].concat()).expect(2, &[said]);
        assert_eq!(tree(project.path()), before, "{arguments:?}");
    };
    refused(&["--write"], "there is no snapshot in `.schemacheck`");
    project.snapshot(&database);
    // No repository that git knows.
    refused(&["--write"], "no git repository holds this project");
    refused(&["--package", "other"], "`other`");
    refused(&["nowhere"], "nowhere");
    project.write(".schemacheck/relations/public/users.json", "{");
    refused(&[], "the text ends too early");
    project.snapshot(&database);
    project
        .tool(&["init", "--write", "--allow-no-vcs"])
        .expect(0, &["created `.schemacheck/config.toml`", "added derives to 1 struct"]);
    assert!(project.read("src/lib.rs").contains("schemacheck::Model"));
    assert!(project.path().join(".schemacheck/config.toml").is_file());
}

#[test]
fn a_key_that_is_there_twice_is_named() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::package(MAIN), database(SCHEMA));
    project.snapshot(&database);
    project.write("m.json", r#"[{"format": 1, "format": 1}]"#);
    project
        .tool(&["manifest", "--manifest", "m.json"])
        .expect(2, &["cannot read `m.json`: the key `format` is there twice at line 1 column 16"]);
    project.write("m.json", "[]");
    for (path, before, after, said) in [
        (
            "relations/public/users.json",
            "\"not_null\": true",
            "\"not_null\": true, \"not_null\": false",
            "not_null",
        ),
        ("types/public/mood.json", "\"kind\": \"enum\"", "\"kind\": \"enum\",\n  \"kind\": \"enum\"", "kind"),
        ("catalog.json", "\"format\": 1", "\"format\": 2,\n  \"format\": 1", "format"),
        ("server.json", "\"extensions\"", "\"extensions\": [],\n  \"extensions\"", "extensions"),
    ] {
        let path = format!(".schemacheck/{path}");
        let whole = project.read(&path);
        project.write(&path, &whole.replacen(before, after, 1));
        let said = [&format!("cannot read `{path}`: the key `{said}` is there twice at line ")[..]];
        project.tool(&["check", "--manifest", "m.json"]).expect(2, &said);
        // The build does not read what is for people.
        if !path.ends_with("server.json") {
            project.cargo(&["build"]).expect(101, &said);
        }
        project.snapshot(&database);
        assert_eq!(project.read(&path), whole);
    }
}
