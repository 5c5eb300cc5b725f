//! What a trigger fills, an insert need not supply: the snapshot says so where the server agrees.

use std::collections::BTreeMap;

use schemacheck_runtime::introspect::snapshot::{self, Scope};
use schemacheck_scratch::Server;

/// A function in PL/pgSQL by its body, and a table `name` with a column `slug` that it fills or does not.
fn table(name: &str, column: &str, trigger: &str, body: &str) -> String {
    format!(
        "CREATE TABLE {name} (id integer, name text, slug {column}); \
         CREATE FUNCTION fill_{name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} RETURN NEW; END $body$; \
         CREATE TRIGGER t_{name} {trigger} ON {name} FOR EACH ROW EXECUTE FUNCTION fill_{name}();"
    )
}

const BEFORE: &str = "BEFORE INSERT";
const TEXT: &str = "text NOT NULL";

/// Tables by name, and whether an insert that leaves `slug` out succeeds.
fn tables() -> Vec<(&'static str, String, bool)> {
    let fill = "NEW.slug := 'a';";
    let filled = |name, column, trigger, body| (name, table(name, column, trigger, body), true);
    let refused = |name, column, trigger, body| (name, table(name, column, trigger, body), false);
    vec![
        filled("plain", TEXT, BEFORE, fill),
        filled("or_update", TEXT, "BEFORE INSERT OR UPDATE", fill),
        filled("equals", TEXT, BEFORE, "NEW.slug = lower(coalesce(NEW.name, 'a'));"),
        filled("only_if", TEXT, BEFORE, "IF NEW.slug IS NULL THEN NEW.slug := 'a'; END IF;"),
        filled("selected", TEXT, BEFORE, "SELECT 'a' INTO NEW.slug;"),
        filled("row", TEXT, BEFORE, "NEW := jsonb_populate_record(NEW, '{\"slug\": \"a\"}');"),
        filled("kept", TEXT, BEFORE, "NEW.slug := coalesce(NEW.slug, 'a');"),
        filled("with_default", "text NOT NULL DEFAULT 'b'", BEFORE, fill),
        filled("both_rows", TEXT, BEFORE, "NEW.slug := 'a'; RETURN COALESCE(NEW, OLD);"),
        filled("of_insert", TEXT, BEFORE, "IF TG_OP = 'INSERT' THEN NEW.slug := 'a'; END IF;"),
        refused("same_row", TEXT, BEFORE, "RETURN COALESCE(NEW, OLD);"),
        refused(
            "of_update",
            TEXT,
            "BEFORE INSERT OR UPDATE",
            "IF TG_OP = 'UPDATE' THEN NEW.slug := 'a'; END IF;",
        ),
        refused("nothing", TEXT, BEFORE, "PERFORM 1;"),
        refused("lowers", TEXT, BEFORE, "NEW.slug := lower(NEW.slug);"),
        refused("reads", TEXT, BEFORE, "IF NEW.slug = 'a' THEN RAISE 'no'; END IF;"),
        refused("another", TEXT, BEFORE, "NEW.name := NEW.slug;"),
        refused("on_update", TEXT, "BEFORE UPDATE", fill),
        refused("behind", TEXT, "AFTER INSERT", fill),
        // The domain is checked before the trigger runs, `NOT NULL` behind it.
        refused("of_domain", "must", BEFORE, fill),
        (
            "disabled",
            table("disabled", TEXT, BEFORE, fill) + "ALTER TABLE disabled DISABLE TRIGGER ALL;",
            false,
        ),
        (
            "search",
            "CREATE TABLE search (id integer, name text, slug tsvector NOT NULL); \
             CREATE TRIGGER t_search BEFORE INSERT ON search FOR EACH ROW \
             EXECUTE FUNCTION tsvector_update_trigger(slug, 'pg_catalog.english', name);"
                .to_owned(),
            true,
        ),
        (
            "searched",
            "CREATE TABLE searched (id integer, slug text NOT NULL, words tsvector); \
             CREATE TRIGGER t_searched BEFORE INSERT ON searched FOR EACH ROW \
             EXECUTE FUNCTION tsvector_update_trigger(words, 'pg_catalog.english', slug);"
                .to_owned(),
            false,
        ),
        (
            "parted",
            "CREATE TABLE parted (id integer, slug text NOT NULL) PARTITION BY RANGE (id); \
             CREATE TABLE parted_a PARTITION OF parted DEFAULT; \
             CREATE TRIGGER t_parted BEFORE INSERT ON parted FOR EACH ROW EXECUTE FUNCTION fill_plain();"
                .to_owned(),
            true,
        ),
    ]
}

#[test]
fn a_column_is_required_where_the_server_refuses_an_insert_without_it() {
    let database = Server::shared().unwrap().create_database().unwrap();
    let mut client = database.connect().unwrap();
    client.batch_execute("CREATE DOMAIN must AS text NOT NULL").unwrap();
    for (_, sql, _) in tables() {
        client.batch_execute(&sql).unwrap();
    }
    let (_, catalog) = snapshot::read(&mut client, &Scope::default()).unwrap();
    let mut judged = BTreeMap::new();
    for (name, _, succeeds) in tables() {
        let inserted = client.execute(&format!("INSERT INTO {name} (id) VALUES (1)"), &[]);
        let state = inserted.as_ref().err().and_then(|error| error.code()).map(|code| code.code().to_owned());
        assert_eq!(state, (!succeeds).then(|| "23502".to_owned()), "{name}: {inserted:?}");
        let relation = catalog.relation(Some("public"), name).unwrap();
        let slug = relation.column("slug").unwrap();
        assert_eq!(catalog.requires_value(slug), !succeeds, "{name}: {slug:?}");
        judged.insert(name, slug.filled_by.clone());
    }
    assert_eq!(judged["plain"].as_deref(), Some("t_plain"));
    assert_eq!(judged["lowers"], None);
    assert_eq!(judged["disabled"], None);
}

/// What a column is called, and how its trigger's arguments are kept, does not matter.
#[test]
fn odd_names_are_read() {
    let database = Server::shared().unwrap().create_database().unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            r#"CREATE TABLE odd ("Sü\g ""x""" tsvector NOT NULL, "Groß" text NOT NULL, "\000" tsvector NOT NULL, name text);
               CREATE TRIGGER "C" BEFORE INSERT ON odd FOR EACH ROW
               EXECUTE FUNCTION tsvector_update_trigger('\000', 'pg_catalog.english', 'name');
               CREATE TRIGGER a BEFORE INSERT ON odd FOR EACH ROW
               EXECUTE FUNCTION tsvector_update_trigger('Sü\g "x"', 'pg_catalog.english', 'name');
               CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN NEW."Groß" := 'a'; RETURN NEW; END $$;
               CREATE TRIGGER "B ""b""" BEFORE INSERT ON odd FOR EACH ROW EXECUTE FUNCTION fill();
               INSERT INTO odd (name) VALUES ('a');"#,
        )
        .unwrap();
    let (_, catalog) = snapshot::read(&mut client, &Scope::default()).unwrap();
    let filled: Vec<Option<&str>> = catalog
        .relation(None, "odd")
        .unwrap()
        .columns
        .iter()
        .map(|column| column.filled_by.as_deref())
        .collect();
    assert_eq!(filled, [Some("a"), Some("B \"b\""), Some("C"), None]);
}
