//! Variables and `.env`: what is empty or cannot be read is named, and never means another database.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::support::{Project, SCHEMA, database};

const MANIFEST: &str = r#"[{"format": 1, "crate": "app", "path": "app::User", "file": "src/main.rs", "line": 1,
    "sort": "model", "kinds": ["read"], "relation": "users", "columns": []}]"#;
const VERIFY: &[&str] = &["verify", "--manifest", "m.json"];

fn project() -> Project {
    let project = Project::empty();
    project.write("m.json", MANIFEST);
    project
}

fn write_bytes(project: &Project, path: &str, bytes: &[u8]) {
    std::fs::write(project.path().join(path), bytes).unwrap();
}

#[test]
fn an_empty_url_is_named_and_nothing_else_is_taken() {
    let (project, right) = (project(), database(SCHEMA));
    // All of these would lead somewhere else.
    let url = right.url();
    let pg = [("PGHOST", right.server().socket_dir().display().to_string()), ("PGPORT", "1".to_owned())];
    let mut environment: Vec<(&str, &str)> = pg.iter().map(|(name, value)| (*name, value.as_str())).collect();
    environment.extend([("PGDATABASE", right.name()), ("PGUSER", "postgres")]);
    let with = |more: &[(&'static str, &'static str)]| [&environment[..], more].concat();
    project.tool_with(VERIFY, &environment).expect(0, &["verified"]);
    for empty in ["", " ", "\n"] {
        for (arguments, option) in [
            (&[VERIFY, &["--database-url", empty]].concat(), "--database-url"),
            (&["snapshot", "--database-url", empty].to_vec(), "--database-url"),
            (&["snapshot", "--check", "--database-url", empty].to_vec(), "--database-url"),
        ] {
            if !arguments.contains(&"--check") {
                project
                    .tool_with(arguments, &[&environment[..], &[("DATABASE_URL", url.as_str())]].concat())
                    .expect(2, &[&format!("error: {option} is empty\n")]);
            }
        }
        let database_url = [("DATABASE_URL", empty)];
        for command in [VERIFY, &["snapshot"]] {
            project
                .tool_with(command, &[&environment[..], &database_url].concat())
                .expect(2, &["error: DATABASE_URL is empty\n", "unset"]);
        }
    }
    assert!(!project.path().join(".schemacheck").exists());
    // A real environment wins over `.env`, also with nothing.
    project.write(".env", &format!("DATABASE_URL={url}\n"));
    project.tool_with(VERIFY, &with(&[("DATABASE_URL", "")])).expect(2, &["DATABASE_URL is empty\n"]);
    // And `.env` over PG*.
    project.write(".env", "X=1\nDATABASE_URL=\n");
    project.tool_with(VERIFY, &environment).expect(2, &["error: DATABASE_URL is empty in `.env`, line 2\n"]);
    // Of a named database, by convention and by the settings.
    for (settings, variable) in
        [("", "BILLING_DATABASE_URL"), ("[databases.billing]\nurl_var = \"LEDGER\"\n", "LEDGER")]
    {
        project.write(".schemacheck/config.toml", settings);
        let named = [VERIFY, &["--database", "billing"]].concat();
        project.tool_with(&named, &[(variable, "")]).expect(2, &[&format!("error: {variable} is empty\n")]);
    }
    // And of a list.
    project.write(
        "t.toml",
        "[[target]]\nname = \"eu\"\nurl_var = \"EU\"\n[[target]]\nname = \"us\"\nurl = \"\"\n",
    );
    let ran = project.tool_with(&[VERIFY, &["--targets", "t.toml"]].concat(), &with(&[("EU", "")]));
    ran.expect(2, &["EU is empty", "the `url` of target `us` is empty"]);
}

/// libpq takes an empty PG* as none: so do we.
#[test]
fn an_empty_variable_of_libpq_is_none() {
    let (project, right) = (project(), database(SCHEMA));
    let url = right.url();
    let none =
        [("PGSSLMODE", ""), ("PGSERVICE", ""), ("PGHOST", ""), ("PGOPTIONS", ""), ("DATABASE_URL", &url)];
    project.tool_with(VERIFY, &none).expect(0, &["verified"]);
    project.tool_with(VERIFY, &none[..4]).expect(2, &["no database is named"]);
}

#[test]
fn a_variable_that_is_not_utf_8_is_named() {
    let (project, right) = (project(), database(SCHEMA));
    let broken = |variable: &str, arguments: &[&str], url: Option<&str>| {
        let mut command = project.command_for_tool(arguments);
        command.env(variable, OsStr::from_bytes(b"postgres://\xff@h/hunter2"));
        command.envs(url.iter().map(|url| ("DATABASE_URL", *url)));
        crate::support::Ran::new(&command.output().unwrap())
    };
    let named = [VERIFY, &["--database", "billing"]].concat();
    project.write("t.toml", "[[target]]\nurl_var = \"EU\"\n");
    let targets = [VERIFY, &["--targets", "t.toml"]].concat();
    let url = right.url();
    for (variable, arguments, url) in [
        ("DATABASE_URL", VERIFY, None),
        ("BILLING_DATABASE_URL", &named, None),
        ("EU", &targets, None),
        ("PGHOST", VERIFY, None),
        ("PGSERVICE", VERIFY, None),
        ("PGSSLMODE", VERIFY, Some(url.as_str())),
        ("PGOPTIONS", VERIFY, Some(url.as_str())),
        ("PGREQUIRESSL", VERIFY, Some(url.as_str())),
    ] {
        let ran = broken(variable, arguments, url);
        ran.expect(2, &[&format!("{variable} is not UTF-8")]);
    }
    // A home of such a name is one.
    broken("HOME", VERIFY, Some(&url)).expect(0, &["verified"]);
}

#[test]
fn a_dotenv_file_that_cannot_be_read_is_named() {
    let (project, right) = (project(), database(SCHEMA));
    let url = right.url();
    let real = [("DATABASE_URL", url.as_str())];
    let pg = [("PGHOST", "127.0.0.1"), ("PGPORT", "1"), ("PGDATABASE", "wrong")];
    let utf_16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(format!("DATABASE_URL={url}\n").encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let latin_1 = [b"DATABASE_URL=postgres://me:p\xE4ss-hunter2@h/d\n".as_slice(), b"X=1\n"].concat();
    let text = |text: &str| text.replace("@", &url).into_bytes();
    for (file, problem) in [
        (utf_16, "cannot read `.env`: it is UTF-16"),
        (latin_1, "cannot read `.env`, line 1: it is not UTF-8"),
        (text("A=1\nDATABASE_URL: @\n"), "cannot read `.env`, line 2: "),
        (text("A=1\n\n# b\nDATABASE_URL \"@\"\n"), "cannot read `.env`, line 4: "),
        (text("DATABASE_URL=a b-hunter2\n"), "cannot read `.env`, line 1: "),
        (text("A=1\nB=\"open\nDATABASE_URL=@\n"), "cannot read `.env`, line 2: a quote is not closed"),
        (text("A=1\nDATABASE_URL='@\n"), "cannot read `.env`, line 2: a quote is not closed"),
        (
            text("DATABASE_URL=${URL_OF:-hunter2}\n"),
            "cannot read `.env`, line 1: there is more than a name in `${...}`",
        ),
        (
            text("DATABASE_URL=\"postgres://$DB_HOST/x\"\n"),
            "cannot read `.env`, line 1: the name after `$` ends at its first underscore",
        ),
        (
            text("DATABASE_URL=postgres://me:hunter2%${NO_SUCH_HOST}/x\n"),
            "cannot read `.env`, line 1: it names a variable by `$` that is not set",
        ),
        (
            text("DATABASE_URL=postgres://me:pa$word/x\n"),
            "cannot read `.env`, line 1: it names a variable by `$` that is not set",
        ),
    ] {
        write_bytes(&project, ".env", &file);
        let shown = String::from_utf8_lossy(&file).into_owned();
        let ran = project.tool_with(VERIFY, &pg);
        assert!(ran.status == 2 && ran.stderr.contains(problem), "{shown}\n{}", ran.all());
        assert!(!ran.stderr.contains("cannot connect"), "{shown}\n{}", ran.all());
        // Who has it in the environment does not need the file.
        project.tool_with(VERIFY, &real).expect(0, &["verified"]);
    }
    let closed = project.path().join(".env");
    std::fs::remove_file(&closed).unwrap();
    std::os::unix::fs::symlink(".env", &closed).unwrap();
    project.tool_with(VERIFY, &pg).expect(2, &["cannot read `.env`"]);
}

/// A broken line that has nothing to do with what is looked for is said, and no more.
#[test]
fn a_broken_line_of_something_else_is_a_warning() {
    let (project, right) = (project(), database(SCHEMA));
    let url = right.url();
    for (line, problem) in [
        (&b"GREETING=hello world"[..], "line 2: "),
        (b"NAME=J\xFCrgen", "line 2: it is not UTF-8"),
        (b"just words", "line 2: "),
        (b"X=${Y:-z}", "line 2: there is more than a name"),
    ] {
        let text = [b"A=1\n", line, b"\nDATABASE_URL='", url.as_bytes(), b"'\n"].concat();
        write_bytes(&project, ".env", &text);
        let ran = project.tool(VERIFY);
        ran.expect(0, &["verified", "warning: cannot read `.env`, ", problem]);
        assert_eq!(ran.all().matches("warning: ").count(), 1, "{}", ran.all());
    }
}

/// What dotenvy, and so sqlx and diesel, read.
#[test]
fn a_dotenv_file_is_read_as_dotenvy_does() {
    let (project, right) = (project(), database(SCHEMA));
    let url = right.url();
    for text in [
        "DATABASE_URL=URL\n".to_owned(),
        "\u{feff}DATABASE_URL=URL\n".to_owned(),
        "A=1\r\nDATABASE_URL=URL\r\nB=2\r\n".to_owned(),
        "export DATABASE_URL=URL".to_owned(),
        "DATABASE_URL = 'URL'  # the one\n".to_owned(),
        "DATABASE_URL=\"URL\"\nDATABASE_URL=other\n".to_owned(),
        "NAME=NAMED\nDATABASE_URL=\"BEFORE${NAME}AFTER\"\n".to_owned(),
        "KEY='-----BEGIN\nb c\n-----END'\nDATABASE_URL=URL\n".to_owned(),
        "PRICE='5$ \\$x ${y:-z}'\nDATABASE_URL=URL\n".to_owned(),
        "DATABASE_URL=postgres:///NAMED\nPGHOST=SOCKET\nPGPORT=1\nPGUSER=postgres\n".to_owned(),
    ] {
        let (before, after) = url.split_once(right.name()).unwrap();
        let text = text
            .replace("DATABASE_URL", "\0")
            .replace("URL", &url)
            .replace("NAMED", right.name())
            .replace("BEFORE", before)
            .replace("AFTER", after)
            .replace("SOCKET", &right.server().socket_dir().display().to_string())
            .replace('\0', "DATABASE_URL");
        project.write(".env", &text);
        let ran = project.tool(VERIFY);
        ran.expect(0, &["verified"]);
        assert!(!ran.stderr.contains("warning"), "{text}\n{}", ran.all());
    }
}
