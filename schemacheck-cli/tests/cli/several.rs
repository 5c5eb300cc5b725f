//! `verify` over many databases and schemas: one that cannot be reached, or does not fit, hides no other.

use schemacheck_scratch::{Options, Server};

use crate::support::{Mute, Project};

const MANIFEST: &str = r#"[{"format": 1, "crate": "app", "path": "app::User", "file": "src/main.rs", "line": 1,
    "sort": "model", "kinds": ["read"], "relation": "users", "columns": []}]"#;

const TENANTS: &str = "DO $$ BEGIN FOR n IN 1..12 LOOP EXECUTE format('CREATE SCHEMA tenant_%s', n); \
    EXECUTE format('CREATE TABLE tenant_%s.users ()', n); END LOOP; END $$; DROP TABLE tenant_10.users; \
    CREATE SCHEMA other";

fn project() -> Project {
    let project = Project::empty();
    project.write("m.json", MANIFEST);
    project
}

#[test]
fn schemas_of_one_shape_have_a_verdict_each() {
    let database = Server::shared().unwrap().create_database().unwrap();
    database.connect().unwrap().batch_execute(TENANTS).unwrap();
    let project = project();
    let verify = |arguments: &[&str]| {
        let base = ["verify", "--manifest", "m.json", "--database-url", &database.url()];
        project.tool(&[&base[..], arguments].concat())
    };
    let ran = verify(&["--schema-pattern", "tenant_*"]);
    ran.expect(1, &["cannot find relation `tenant_10.users`", "11 of 12 fit", "verdict"]);
    assert_eq!(ran.all().matches("missing-relation").count(), 1, "{}", ran.all());
    // In the order of people, and what does not fit last.
    let table: Vec<&str> = ran.stdout.lines().skip_while(|line| !line.contains("verdict")).collect();
    assert!(table[1].contains("tenant_1 ") && table[2].contains("tenant_2 "), "{table:?}");
    assert!(table[12].contains("tenant_10") && table[12].contains("1 error"), "{table:?}");
    verify(&["--schema", "tenant_1", "--schema", "tenant_2"]).expect(0, &["schema `tenant_2`"]);
    verify(&["--schema", "tenant_99"]).expect(1, &["cannot find relation `tenant_99.users`"]);
    // A name beside a pattern is no pattern: what is not there is missing.
    verify(&["--schema-pattern", "tenant_1", "--schema", "tenant_99"])
        .expect(1, &["cannot find relation `tenant_99.users`"]);
    verify(&["--schema-pattern", "tenant_*", "--schema-pattern", "nobody_*"])
        .expect(2, &["no schema matches `nobody_*`"]);
    verify(&["--schema-pattern", "nobody_*"]).expect(2, &["no schema matches `nobody_*`"]);
    let json = verify(&["--schema-pattern", "tenant_1*", "--format", "json"]).json();
    let databases = json["databases"].as_array().unwrap();
    assert_eq!(databases.len(), 4, "tenant_1, 10, 11 and 12");
    assert_eq!(databases[0]["schema"], "tenant_1");
    assert_eq!(databases[1]["findings"][0]["object"], "tenant_10.users");
}

#[test]
fn a_file_lists_what_is_verified() {
    let server = Server::shared().unwrap();
    let (fits, tenants) = (server.create_database().unwrap(), server.create_database().unwrap());
    fits.connect().unwrap().batch_execute("CREATE TABLE users ()").unwrap();
    tenants.connect().unwrap().batch_execute(TENANTS).unwrap();
    let project = project();
    project.write(
        "targets.toml",
        &format!(
            "[[target]]\nname = \"one\"\nurl = \"{}\"\n\n[[target]]\nname = \"gone\"\n\
             url = \"postgres://me:hunter2@127.0.0.1:1/x\"\n\n[[target]]\nname = \"unset\"\nurl_var = \"NOBODY_SET_THIS\"\n\n\
             [[target]]\nname = \"many\"\nurl_var = \"MANY_URL\"\nschema_pattern = \"tenant_*\"\n",
            fits.url()
        ),
    );
    let arguments = ["verify", "--manifest", "m.json", "--targets", "targets.toml"];
    let ran = project.tool_with(&arguments, &[("MANY_URL", &tenants.url())]);
    ran.expect(
        2,
        &[
            "verifying 4 of 4: many",
            "onnection refused",
            "NOBODY_SET_THIS is not set",
            "cannot find relation `tenant_10.users`",
            "12 of 15 fit",
        ],
    );
    let json =
        project.tool_with(&[&arguments[..], &["--format", "json"]].concat(), &[("MANY_URL", &tenants.url())]);
    let json = json.json();
    assert_eq!(json["databases"].as_array().unwrap().len(), 15);
    assert_eq!(json["databases"][0]["target"], "one");
    assert_eq!(json["databases"][1]["findings"][0]["code"], "unreadable");
    project.write("bad.toml", "[[target]]\nurl = \"postgres://me:hunter2@h\nx = 1");
    project
        .tool(&["verify", "--manifest", "m.json", "--targets", "bad.toml"])
        .expect(2, &["cannot read `bad.toml`"]);
    project
        .tool(&["verify", "--manifest", "m.json", "--targets", "none.toml"])
        .expect(2, &["cannot read `none.toml`"]);
    project
        .tool(&["verify", "--manifest", "m.json", "--targets", "targets.toml", "--database-url", "x"])
        .expect(2, &["cannot be used with"]);
}

/// The schemas of one target are its own; the command line's are for those that name none.
#[test]
fn a_target_names_its_schemas() {
    let server = Server::shared().unwrap();
    let tenants = server.create_database().unwrap();
    tenants.connect().unwrap().batch_execute(TENANTS).unwrap();
    let project = project();
    let url = tenants.url();
    let targets = |list: &[(&str, &str)]| {
        let target = |(name, schemas): &(&str, &str)| {
            format!("[[target]]\nname = \"{name}\"\nurl = \"{url}\"\n{schemas}\n\n")
        };
        project.write("targets.toml", &list.iter().map(target).collect::<String>());
    };
    let verify = |arguments: &[&str]| {
        let base = ["verify", "--manifest", "m.json", "--targets", "targets.toml", "--format", "json"];
        let ran = project.tool(&[&base[..], arguments].concat());
        let json = ran.json();
        let verdict = |database: &serde_json::Value| {
            let text = |key: &str| database[key].as_str().unwrap_or_default().to_owned();
            (text("target"), text("schema"), database["findings"].as_array().unwrap().len())
        };
        let mut verdicts: Vec<_> = json["databases"].as_array().unwrap().iter().map(verdict).collect();
        verdicts.sort();
        (ran.status, verdicts)
    };
    let expect = |list: &[(&str, &str, usize)]| -> Vec<(String, String, usize)> {
        list.iter().map(|(target, schema, found)| ((*target).into(), (*schema).into(), *found)).collect()
    };
    targets(&[("one", "schema = \"tenant_1\""), ("two", "schema = [\"tenant_2\", \"tenant_3\"]")]);
    let fit = [("one", "tenant_1", 0), ("two", "tenant_2", 0), ("two", "tenant_3", 0)];
    assert_eq!(verify(&[]), (0, expect(&fit)));
    targets(&[("one", "schema = \"tenant_10\""), ("two", "schema = \"tenant_2\"")]);
    assert_eq!(verify(&[]), (1, expect(&[("one", "tenant_10", 1), ("two", "tenant_2", 0)])));
    // A name is no pattern, and what is not there is missing.
    targets(&[("one", "schema = \"tenant_*\"")]);
    assert_eq!(verify(&[]), (1, expect(&[("one", "tenant_*", 1)])));
    targets(&[("both", "schema = \"other\"\nschema_pattern = \"tenant_1?\"")]);
    let both =
        [("both", "other", 1), ("both", "tenant_10", 1), ("both", "tenant_11", 0), ("both", "tenant_12", 0)];
    assert_eq!(verify(&[]), (1, expect(&both)));
    targets(&[("named", "schema = \"tenant_1\""), ("open", "")]);
    let args = ["--schema", "tenant_10"];
    assert_eq!(verify(&args), (1, expect(&[("named", "tenant_1", 0), ("open", "tenant_10", 1)])));
}

/// One that takes the connection and says nothing hides no other, and has an end.
#[test]
fn a_target_that_stalls_does_not_stop_the_rest() {
    let server = Server::shared().unwrap();
    let fits = server.create_database().unwrap();
    fits.connect().unwrap().batch_execute("CREATE TABLE users ()").unwrap();
    let mute = Mute::new();
    let project = project();
    let one = |name: &str, url: &str| format!("[[target]]\nname = \"{name}\"\nurl = \"{url}\"\n\n");
    let stalls = format!("postgres://me@127.0.0.1:{}/x?connect_timeout=1", mute.port());
    let targets = [one("first", &fits.url()), one("stalls", &stalls), one("last", &fits.url())].concat();
    project.write("targets.toml", &targets);
    // What the environment says of one database it does not say of several.
    let elsewhere = [("PGHOSTADDR", "127.0.0.2"), ("PGSERVICE", "none"), ("PGPASSWORD", "hunter2-not-real")];
    let ran = project.tool_with(&["verify", "--manifest", "m.json", "--targets", "targets.toml"], &elsewhere);
    ran.expect(2, &["no answer has come for 1 s", "2 of 3 fit"]);
}

/// Two databases of one name on two servers, as staging and production are.
#[test]
fn the_table_tells_databases_of_one_name_apart() {
    let (first, second) = (Server::shared().unwrap(), Options::default().start().unwrap());
    let url = |server: &Server| {
        let database = server.create_database().unwrap();
        let mut client = database.connect().unwrap();
        client.batch_execute("DROP DATABASE IF EXISTS several_same").unwrap();
        client.batch_execute("CREATE DATABASE several_same").unwrap();
        database.url().replace(database.name(), "several_same")
    };
    let (one, two) = (url(first), url(&second));
    let mut client = postgres::Client::connect(&two, postgres::NoTls).unwrap();
    client.batch_execute("CREATE TABLE users ()").unwrap();
    let project = project();
    let table = |urls: &[&str]| {
        let urls = urls.iter().flat_map(|url| ["--database-url", url]);
        let ran =
            project.tool(&["verify", "--manifest", "m.json"].into_iter().chain(urls).collect::<Vec<_>>());
        ran.stdout.lines().skip_while(|line| !line.contains("verdict")).map(str::to_owned).collect::<Vec<_>>()
    };
    let place =
        |server: &Server| format!("several_same at {}:{} ", server.socket_dir().display(), server.port());
    let rows = table(&[&one, &two, &two]);
    assert!(rows[1].starts_with(&place(&second)) && rows[1].ends_with("no findings"), "{rows:?}");
    assert!(rows[3].starts_with(&place(first)) && rows[3].ends_with("1 error"), "{rows:?}");
    // Where all are at one place it says nothing.
    let rows = table(&[&two, &two, &two]);
    assert!(rows[1].starts_with("several_same  -"), "{rows:?}");
}
