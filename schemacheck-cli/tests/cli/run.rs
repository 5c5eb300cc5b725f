//! `snapshot --run`: what the line gets, where it runs, and that it reaches the throwaway server and nothing else.

use std::path::PathBuf;

use schemacheck_scratch::{Database, Options};

use crate::support::{Project, SCHEMA, database};

/// A line that makes a table wherever libpq leads it.
const MAKE: &str = "psql -q -X -v ON_ERROR_STOP=1 -c 'create table oops ()'";

fn has_oops(database: &Database<'_>) -> bool {
    let row = database.connect().unwrap().query_one("SELECT to_regclass('public.oops') IS NOT NULL", &[]);
    row.unwrap().get(0)
}

fn snapshot_has_oops(project: &Project) -> bool {
    project.path().join(".schemacheck/relations/public/oops.json").exists()
}

/// A service file that leads to a database, and the variables that name it.
fn service(project: &Project, prod: &Database<'_>) -> String {
    let server = prod.server();
    let text = format!(
        "[prod]\nhost={}\nport={}\ndbname={}\nuser=postgres\n",
        server.socket_dir().display(),
        server.port(),
        prod.name()
    );
    project.write("services.conf", &text);
    project.path().join("services.conf").display().to_string()
}

#[test]
fn a_line_reaches_no_database_that_the_environment_names() {
    let prod = database("CREATE TABLE precious ()");
    let project = Project::empty();
    let (file, url) = (service(&project, &prod), prod.url());
    let socket = prod.server().socket_dir().display().to_string();
    let keywords = format!("host={socket} port=1 user=postgres dbname={}", prod.name());
    let jdbc = format!("jdbc:{url}");
    let other_scheme = url.replace("postgresql://", "postgresql+psycopg2://");
    let services = [("PGSERVICE", "prod"), ("PGSERVICEFILE", file.as_str())];
    let or = |variable: &str| MAKE.replace("psql", &format!("psql \"${{{variable}:-$DATABASE_URL}}\""));
    let parts = MAKE.replace("psql", "psql -h \"${DB_HOST:-$PGHOST}\" -d \"${DB_NAME:-$PGDATABASE}\"");
    let nested = MAKE.replace(
        "psql",
        "psql -h \"${APP__DATABASE__HOST:-$PGHOST}\" -d \"${APP__DATABASE__NAME:-$PGDATABASE}\"",
    );
    for (environment, line, removed) in [
        (&services[..], MAKE, "PGSERVICE, PGSERVICEFILE"),
        (&[("PGHOSTADDR", "127.0.0.1")], MAKE, "PGHOSTADDR"),
        (&[("PGOPTIONS", "-c default_transaction_read_only=on")], MAKE, "PGOPTIONS"),
        (&[("PGTARGETSESSIONATTRS", "standby")], MAKE, "PGTARGETSESSIONATTRS"),
        (&[("PGREQUIREAUTH", "scram-sha-256"), ("PGSSLMODE", "nonsense")], MAKE, "PGREQUIREAUTH, PGSSLMODE"),
        (&[("PGHOST", socket.as_str()), ("PGDATABASE", prod.name())], MAKE, ""),
        (&[("DATABASE_URL", url.as_str())], &or("DATABASE_URL"), ""),
        // The names that other tools have for it, known by what they hold.
        (&[("DIRECT_URL", url.as_str())], &or("DIRECT_URL"), "DIRECT_URL"),
        (&[("SHADOW", other_scheme.as_str())], &format!("test -z \"$SHADOW\" && {MAKE}"), "SHADOW"),
        (&[("APP_STORE", keywords.as_str())], &or("APP_STORE"), "APP_STORE"),
        (&[("APP_JDBC", jdbc.as_str())], &or("APP_JDBC"), "APP_JDBC"),
        // Or by what they are called.
        (&[("DB_HOST", socket.as_str()), ("DB_NAME", prod.name())], &parts, "DB_HOST, DB_NAME"),
        (
            &[("APP__DATABASE__HOST", socket.as_str()), ("APP__DATABASE__NAME", prod.name())],
            &nested,
            "APP__DATABASE__HOST, APP__DATABASE__NAME",
        ),
    ] {
        let _ = std::fs::remove_dir_all(project.path().join(".schemacheck"));
        let ran = project.tool_with(&["snapshot", "--run", line], environment);
        assert!(!has_oops(&prod), "{environment:?} led to prod:\n{}", ran.all());
        ran.expect(0, &["1 relation"]);
        assert!(snapshot_has_oops(&project));
        let said = "not passed on to the command";
        match removed {
            "" => assert!(!ran.stderr.contains(said), "{}", ran.all()),
            names => _ = ran.expect(0, &[&format!("{said}, for they name a database: {names}\n")]),
        }
        assert!(!ran.all().contains(prod.name()), "the value of a variable was printed:\n{}", ran.all());
    }
}

/// What a tool reads from `.env` by itself: the real environment wins there, so it holds something.
#[test]
fn a_line_reaches_no_database_that_a_dotenv_file_names() {
    let prod = database("");
    let project = Project::empty();
    // As dotenv libraries do: a variable that is set, be it to nothing, keeps its value.
    project.write("load.sh", "while IFS= read -r pair; do name=\"${pair%%=*}\"; eval \"test \\\"\\${$name+set}\\\"\" || export \"$pair\"; done < .env\n");
    let socket = prod.server().socket_dir().display().to_string();
    let url = prod.url();
    for (name, value) in [
        ("DATABASE_URL", url.as_str()),
        ("DIRECT_URL", url.as_str()),
        ("MY_APP_DB", url.as_str()),
        ("PGHOSTADDR", "127.0.0.1"),
        ("DB_HOST", socket.as_str()),
    ] {
        let _ = std::fs::remove_dir_all(project.path().join(".schemacheck"));
        project.write(".env", &format!("{name}={value}\nGREETING=hello\n"));
        let line = ". ./load.sh; test \"$GREETING\" = hello || exit 3; test -z \"$DB_HOST\" || exit 4; \
                    psql \"${DIRECT_URL:-${MY_APP_DB:-$DATABASE_URL}}\" -X -c 'create table oops ()'";
        let ran = project.tool(&["snapshot", "--run", line]);
        assert!(!has_oops(&prod), "{name} led to prod:\n{}", ran.all());
        ran.expect(0, &["1 relation"]);
    }
}

#[test]
fn what_names_no_database_is_passed_on() {
    let project = Project::empty();
    let kept = [
        ("POSTGRES_VERSION", "16"),
        ("IMAGE", "postgres:16-alpine"),
        ("DB_POOL_SIZE", "5"),
        ("FLYWAY_LOCATIONS", "filesystem:sql"),
        ("API_URL", "https://postgres.example/api"),
        ("FEEDBACK_HOST", "h"),
        ("HOST", "h"),
        ("EMPTY", ""),
    ];
    let tests: Vec<String> =
        kept.iter().map(|(name, value)| format!("test \"${{{name}-unset}}\" = '{value}'")).collect();
    let line = format!("{} && {MAKE}", tests.join(" && "));
    let ran = project.tool_with(&["snapshot", "--run", &line], &kept);
    ran.expect(0, &["1 relation"]);
    assert!(!ran.stderr.contains("not passed on"), "{}", ran.all());
}

/// A script that migrates them all finds an empty database for each.
#[test]
fn variables_of_other_named_databases_lead_to_throwaway_databases_too() {
    let prod = database("");
    let project = Project::empty();
    project.write(
        ".schemacheck/config.toml",
        "[databases.billing]\n[databases.audit]\nurl_var = \"AUDIT\"\n[databases.main]\nurl_var = \"DATABASE_URL\"\n",
    );
    let url = prod.url();
    let make =
        |variable: &str| MAKE.replace("psql", &format!("psql \"${variable}\"")).replace("oops", variable);
    let all = [make("DATABASE_URL"), make("BILLING_DATABASE_URL"), make("AUDIT")].join(" && ");
    let environment = [("BILLING_DATABASE_URL", url.as_str()), ("AUDIT", url.as_str())];
    project.tool_with(&["snapshot", "--run", &all], &environment).expect(0, &["1 relation"]);
    assert!(project.path().join(".schemacheck/relations/public/database_url.json").exists());
    let named = ["snapshot", "--database", "audit", "--run", &all];
    // Its own variable and DATABASE_URL are one database.
    project.tool_with(&named, &environment).expect(0, &["2 relations"]);
    let mut client = prod.connect().unwrap();
    let made: i64 = client
        .query_one("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND oid > 16384", &[])
        .unwrap()
        .get(0);
    assert_eq!(made, 0);
}

#[test]
fn a_run_that_made_no_relation_is_an_error_and_writes_nothing() {
    let (prod, project) = (database(""), Project::empty());
    project.write("schema.sql", SCHEMA);
    project.tool(&["snapshot", "--run", "psql -q -X -f schema.sql"]).expect(0, &["3 relations"]);
    let before = project.read(".schemacheck/relations/public/users.json");
    let elsewhere = format!("psql '{}' -q -X -c 'create table if not exists oops ()'", prod.url());
    for (line, why) in [
        ("true", "it did not connect to the throwaway database"),
        (elsewhere.as_str(), "it did not connect to the throwaway database"),
        ("false | true", "it did not connect to the throwaway database"),
        ("psql -X -c 'select 1'", "it connected to the throwaway database and made nothing there"),
        ("psql -X -c 'create table t ()' -c 'drop table t'", "made nothing there"),
    ] {
        for check in [&[][..], &["--check"]] {
            let ran = project.tool(&[&["snapshot", "--run", line], check].concat());
            ran.expect(2, &["succeeded and made no relation", why, "nothing was written"]);
            assert_eq!(project.read(".schemacheck/relations/public/users.json"), before);
        }
    }
    project.tool(&["snapshot", "--check", "--run", "psql -X -c 'select 1'"]).expect(2, &["`--allow-empty`"]);
    // A first snapshot is not made of nothing either.
    let empty = Project::empty();
    empty.tool(&["snapshot", "--run", "true"]).expect(2, &["made no relation"]);
    assert!(!empty.path().join(".schemacheck").exists());
}

#[test]
fn a_line_runs_in_the_directory_that_holds_the_snapshot() {
    let project = Project::empty();
    project.write("schema.sql", SCHEMA);
    project.write("api/src/x", "");
    project.write("Cargo.toml", "[workspace]\nmembers = [\"api\"]\nresolver = \"3\"\n");
    project.write("api/Cargo.toml", "[package]\nname = \"api\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    project.write("api/src/lib.rs", "");
    let line = "psql -q -X -f schema.sql";
    // Where it is to be made, and where it is.
    for arguments in [&["snapshot", "--run", line][..], &["snapshot", "--check", "--run", line]] {
        project.tool_in("api/src", arguments).expect(0, &["3 relations"][..0]);
    }
    let root = project.path().canonicalize().unwrap();
    project
        .tool_in("api", &["snapshot", "--check", "--database", "billing", "--run", "pwd"])
        .expect(2, &["cannot find the snapshot of database `billing`"]);
    let ran = project.tool_in("api", &["snapshot", "--database", "billing", "--run", "pwd; echo \"$PWD\""]);
    let place = root.display().to_string();
    assert_eq!(ran.stderr.lines().filter(|line| *line == place).count(), 2, "{}", ran.all());
}

/// Whichever shell `sh` is.
#[test]
fn a_line_is_passed_to_the_shell_as_it_is_with_pipefail_where_the_shell_has_it() {
    let path = std::env::var("PATH").unwrap();
    let find =
        |name: &str| std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file());
    let shells: Vec<PathBuf> =
        ["sh", "dash", "bash", "busybox", "ksh", "zsh"].into_iter().filter_map(find).collect();
    assert!(shells.iter().any(|shell| shell.ends_with("bash")), "no shell here has pipefail");
    for shell in shells {
        let project = Project::empty();
        let bin = project.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(&shell, bin.join("sh")).unwrap();
        let path = format!("{}:{path}", bin.display());
        let run = |line: &str| project.tool_with(&["snapshot", "--run", line], &[("PATH", &path)]);
        let knows =
            std::process::Command::new(bin.join("sh")).args(["-c", "set -o pipefail"]).output().unwrap();
        let expect = if knows.status.success() { 2 } else { 0 };
        run(&format!("{MAKE}; false | true")).expect(expect, &[]);
        if knows.status.success() {
            run(&format!("set +o pipefail; {MAKE}; false | true")).expect(0, &[]);
        }
        // Quotes, `$0`, several lines, comments and the status before the first command.
        let lines = "a='it''s \"q\" $x' b=\\\\\n# a comment; exit 9\ntest \"$a\" = \"its \\\"q\\\" \\$x\" || exit 3\ncase \"$0\" in sh|*/sh) ;; *) exit 4;; esac\n";
        run(&format!("test $? = 0 || exit 5\n{lines}{MAKE}")).expect(0, &[]);
        run(&format!("\n\n{MAKE}\n")).expect(0, &[]);
        run(&format!("{MAKE}\n# the end")).expect(0, &[]);
        run("exit 7").expect(2, &["`exit 7` failed (exit status: 7)"]);
        run("if").expect(2, &["failed (exit status: "]);
    }
}

/// What a tool does that knows no `?host=`.
const NO_HOST: &str = "psql \"${DATABASE_URL%%\\?*}\" -q -X -v ON_ERROR_STOP=1 -c 'create table oops ()'";

#[test]
fn a_tool_that_knows_no_socket_is_told_of_tcp_and_works_with_it() {
    let project = Project::empty();
    project
        .tool(&["snapshot", "--run", NO_HOST])
        .expect(2, &["failed (exit status: 2)", "help: ", "`localhost:1`", "--tcp"]);
    let ran = project.tool(&["snapshot", "--tcp", "--run", NO_HOST]);
    ran.expect(0, &["1 relation"]);
    assert!(snapshot_has_oops(&project));
    // By PG* too, and chosen in the settings; each database has its own.
    project.write(".schemacheck/config.toml", "[snapshot]\ntcp = true\n[databases.billing]\nrun = \"x\"\n");
    let line = format!("test \"$PGHOST\" = 127.0.0.1 && {MAKE}");
    project.tool(&["snapshot", "--run", &line]).expect(0, &["1 relation"]);
    project.tool(&["snapshot", "--database", "billing", "--run", &line]).expect(2, &["--tcp"]);
    project.write(".schemacheck/config.toml", "[databases.billing]\ntcp = true\n");
    project.tool(&["snapshot", "--database", "billing", "--run", &line]).expect(0, &["1 relation"]);
    let failed = project.tool(&["snapshot", "--tcp", "--run", "exit 7"]);
    assert!(!failed.expect(2, &["nothing was written"]).all().contains("--tcp"), "{}", failed.all());
    project.tool(&["snapshot", "--tcp"]).expect(2, &["--run"]);
}

#[test]
fn the_password_of_a_run_is_new_random_asked_for_and_nowhere_to_be_read() {
    let project = Project::empty();
    project.write(
        "look.sh",
        "set -e
         printf '%s\\n' \"$PGPASSWORD\" >> passwords
         case \"$DATABASE_URL\" in postgresql://postgres:$PGPASSWORD@127.0.0.1:$PGPORT/$PGDATABASE) ;; *) exit 3;; esac
         ! PGPASSWORD=wrong psql -w -X -c 'select 1' || exit 4
         ! PGPASSWORD= psql -w -X -c 'select 1' || exit 5
         data=$(psql -X -A -t -c 'show data_directory')
         ! grep -rqF -- \"$PGPASSWORD\" \"$data/..\" || exit 6
         test \"$(psql -X -A -t -c 'show listen_addresses')\" = 127.0.0.1
         psql -X -q -c 'create table oops ()'\n",
    );
    let said: Vec<String> = (0..2)
        .map(|_| project.tool(&["snapshot", "--tcp", "--run", "sh ./look.sh"]).expect(0, &[]).all())
        .collect();
    let passwords = project.read("passwords");
    let passwords: Vec<&str> = passwords.lines().collect();
    assert!(passwords.len() == 2 && passwords[0] != passwords[1], "{passwords:?}");
    for password in passwords {
        assert!(password.len() >= 32 && !said.concat().contains(password));
        assert!(!project.read(".schemacheck/catalog.json").contains(password));
    }
}

/// Two servers at once, each with a port of its own, beside one that holds a port already.
#[test]
fn runs_over_tcp_do_not_get_in_each_others_way() {
    let _taken = Options::default().tcp().start().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let project = Project::empty();
                project.tool(&["snapshot", "--tcp", "--run", NO_HOST]).expect(0, &["1 relation"]);
            });
        }
    });
}

#[test]
fn an_empty_line_is_an_error() {
    let project = Project::empty();
    project.write(".schemacheck/config.toml", &format!("[snapshot]\nrun = \"{MAKE}\"\n"));
    for line in ["", " \n"] {
        project.tool(&["snapshot", "--run", line]).expect(2, &["error: the line of `--run` is empty"]);
    }
    project.tool(&["snapshot", "--run"]).expect(0, &["1 relation"]);
    project.write(".schemacheck/config.toml", "[snapshot]\nrun = \"\"\n");
    project.tool(&["snapshot", "--run"]).expect(2, &["error: `[snapshot] run` is empty"]);
}
