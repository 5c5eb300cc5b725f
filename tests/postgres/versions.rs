//! What majors have of their own. On a major without it, that it is refused.

use std::io::Write;
use std::path::Path;

use postgres::Client;
use postgres::error::SqlState;
use schemacheck::Code;
use schemacheck_core::catalog::{Constraint, ConstraintKind, Relation};
use schemacheck_core::drift::stale;
use schemacheck_core::{Catalog, QualifiedName, RelKind};
use schemacheck_runtime::introspect::snapshot::{Scope, read};
use schemacheck_scratch::Server;

use crate::support::{connect, guard};

const NULLABLE: &str = "warning[nullable-column]: column `public.sessions.token` is nullable, \
                        but this program was built for `NOT NULL`";

fn major() -> u32 {
    Server::shared().unwrap().version_num() / 10_000
}

/// Says it past the test's captured output.
fn say(text: &str) {
    std::io::stderr().write_all(format!("PostgreSQL {}: {text}\n", major()).as_bytes()).unwrap();
}

/// Runs statements that a major brought: true if they are done, false if this server is older and refused them.
#[track_caller]
fn since(brought: u32, client: &mut Client, sql: &str, refusal: &SqlState) -> bool {
    let ran = client.batch_execute(sql);
    if major() >= brought {
        ran.unwrap();
        return true;
    }
    assert_eq!(ran.unwrap_err().code(), Some(refusal), "{sql}");
    say(&format!("refuses what {brought} brought: {}", sql.split_whitespace().collect::<Vec<_>>().join(" ")));
    false
}

fn catalog(client: &mut Client) -> Catalog {
    let (_, catalog) = read(client, &Scope::default()).unwrap();
    // What is read is also what is written.
    let files = schemacheck_core::snapshot::to_files(&catalog);
    let texts = files.iter().map(|(path, text)| (path.as_path(), text.as_str()));
    assert_eq!(schemacheck_core::snapshot::from_files(".schemacheck", texts).unwrap(), catalog);
    catalog
}

fn relation(client: &mut Client, name: &str) -> Relation {
    catalog(client).relations[&QualifiedName::new("public", name)].clone()
}

fn constraint<'a>(relation: &'a Relation, name: &str) -> &'a Constraint {
    relation.constraints.iter().find(|constraint| constraint.name == name).unwrap()
}

/// Asserts that both requests call `sessions.token` what it is.
#[track_caller]
fn check_token(client: &mut Client, not_null: bool) {
    assert_eq!(relation(client, "sessions").column("token").unwrap().not_null, not_null);
    let verified = guard().verify(client).unwrap();
    let findings = verified.findings().iter().filter(|finding| finding.code == Code::NullableColumn);
    let found: Vec<String> = findings.map(|finding| finding.headline()).collect();
    assert_eq!(found, if not_null { vec![] } else { vec![NULLABLE.to_owned()] });
}

#[test]
fn the_server_is_that_of_the_binaries_that_were_named() {
    let server = Server::shared().unwrap();
    let program = schemacheck_scratch::binaries::find().unwrap().join("postgres");
    let output = std::process::Command::new(&program).arg("--version").output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let number = told.split_whitespace().nth(2).unwrap().to_owned();
    assert_eq!(number.split('.').next().unwrap().parse(), Ok(major()), "{told}");
    assert_eq!(server.bin_dir(), program.parent().unwrap_or(Path::new("")));
    say(&format!("the server of these tests is {number}, of {}", program.display()));
}

#[test]
fn a_scale_of_numeric_can_be_negative() {
    let (mut client, _database) = connect("");
    let table = "CREATE TABLE rough (hundreds numeric(3,-2), small numeric(3,5), widest numeric(1000,-1000), \
                 many numeric(3,-2)[])";
    if !since(15, &mut client, table, &SqlState::INVALID_PARAMETER_VALUE) {
        return;
    }
    let before = catalog(&mut client);
    let rough = &before.relations[&QualifiedName::new("public", "rough")];
    let types: Vec<String> = rough.columns.iter().map(|column| column.ty.to_string()).collect();
    assert_eq!(types, ["numeric(3,-2)", "numeric(3,5)", "numeric(1000,-1000)", "numeric(3,-2)[]"]);
    client.batch_execute("ALTER TABLE rough ALTER hundreds TYPE numeric(3,-1)").unwrap();
    let [finding] = &stale(&before, &catalog(&mut client))[..] else { panic!("one finding") };
    let headline = finding.headline();
    assert!(headline.contains("numeric(3,-2)") && headline.contains("numeric(3,-1)"), "{headline}");
}

#[test]
fn a_not_null_that_is_not_valid_promises_nothing() {
    let (mut client, _database) = connect("ALTER TABLE sessions ALTER token DROP NOT NULL");
    client.batch_execute("INSERT INTO sessions VALUES (gen_random_uuid(), NULL)").unwrap();
    let later = "ALTER TABLE sessions ADD CONSTRAINT later NOT NULL token NOT VALID";
    if !since(18, &mut client, later, &SqlState::SYNTAX_ERROR) {
        return check_token(&mut client, false);
    }
    // The server says NOT NULL, and there is one.
    let attribute =
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = 'sessions'::regclass AND attname = 'token'";
    assert!(client.query_one(attribute, &[]).unwrap().get::<_, bool>(0));
    let token = client.query_one("SELECT token FROM sessions", &[]).unwrap().get::<_, Option<String>>(0);
    assert_eq!(token, None);
    check_token(&mut client, false);
    client.batch_execute("DELETE FROM sessions; ALTER TABLE sessions VALIDATE CONSTRAINT later").unwrap();
    check_token(&mut client, true);
}

#[test]
fn a_parents_not_null_promises_nothing_for_heirs_that_do_without() {
    let heirs = "CREATE TABLE middle () INHERITS (sessions); CREATE TABLE heir (more int) INHERITS (middle);";
    let (mut client, _database) = connect(heirs);
    check_token(&mut client, true);
    if major() < 18 {
        client.batch_execute("ALTER TABLE heir ALTER token DROP NOT NULL").unwrap();
    } else {
        let dropped = client.batch_execute("ALTER TABLE heir ALTER token DROP NOT NULL").unwrap_err();
        assert_eq!(dropped.code(), Some(&SqlState::INVALID_TABLE_DEFINITION), "{dropped}");
        let alone = "ALTER TABLE sessions ALTER token DROP NOT NULL;
                     ALTER TABLE sessions ADD CONSTRAINT alone NOT NULL token NO INHERIT";
        client.batch_execute(alone).unwrap();
    }
    client.batch_execute("INSERT INTO heir VALUES (gen_random_uuid(), NULL)").unwrap();
    let token = client.query_one("SELECT token FROM sessions", &[]).unwrap().get::<_, Option<String>>(0);
    assert_eq!(token, None);
    check_token(&mut client, false);
    let all = "DELETE FROM heir; ALTER TABLE middle ALTER token SET NOT NULL; ALTER TABLE heir ALTER token SET NOT NULL";
    client.batch_execute(all).unwrap();
    check_token(&mut client, true);
}

#[test]
fn a_partitioned_tables_not_null_promises_nothing_beside_a_partition_that_is_not_valid() {
    let parted = "
        DROP TABLE sessions;
        CREATE TABLE sessions (id uuid NOT NULL, token text) PARTITION BY HASH (id);
        CREATE TABLE one PARTITION OF sessions FOR VALUES WITH (MODULUS 1, REMAINDER 0)";
    let (mut client, _database) = connect(parted);
    check_token(&mut client, false);
    client.batch_execute("INSERT INTO sessions VALUES (gen_random_uuid(), NULL)").unwrap();
    let later = "ALTER TABLE one ADD CONSTRAINT later NOT NULL token NOT VALID";
    if since(18, &mut client, later, &SqlState::SYNTAX_ERROR) {
        // 18.4 takes this, calls the parent's constraint valid, and leaves the partition's as it is.
        if client.batch_execute("ALTER TABLE sessions ALTER token SET NOT NULL").is_ok() {
            let token = client.query_one("SELECT token FROM sessions", &[]).unwrap();
            assert_eq!(token.get::<_, Option<String>>(0), None);
            say("calls a NOT NULL valid that a partition's NULL breaks");
        }
        check_token(&mut client, false);
        client.batch_execute("DELETE FROM sessions; ALTER TABLE one VALIDATE CONSTRAINT later").unwrap();
    }
    client.batch_execute("DELETE FROM sessions; ALTER TABLE sessions ALTER token SET NOT NULL").unwrap();
    check_token(&mut client, true);
}

#[test]
fn a_named_not_null_is_a_fact_of_its_column_and_no_constraint() {
    let (mut client, _database) = connect(
        "CREATE TABLE t (a int CONSTRAINT named NOT NULL, b int NOT NULL, c int);
         CREATE DOMAIN must AS int CONSTRAINT must_not NOT NULL CONSTRAINT positive CHECK (VALUE > 0)",
    );
    // PostgreSQL lists those of tables in pg_constraint from 18, and those of domains from 17.
    let listed = "SELECT count(*) FILTER (WHERE conrelid = 't'::regclass),
                         count(*) FILTER (WHERE contypid = 'must'::regtype)
                  FROM pg_constraint WHERE contype = 'n'";
    let listed = client.query_one(listed, &[]).unwrap();
    let expect = (if major() >= 18 { 2_i64 } else { 0 }, i64::from(major() >= 17));
    assert_eq!((listed.get(0), listed.get(1)), expect);
    let catalog = catalog(&mut client);
    let relation = &catalog.relations[&QualifiedName::new("public", "t")];
    assert!(relation.constraints.is_empty(), "{:?}", relation.constraints);
    assert_eq!(
        relation.columns.iter().map(|column| column.not_null).collect::<Vec<_>>(),
        [true, true, false]
    );
    let domain = format!("{:?}", catalog.types[&QualifiedName::new("public", "must")].kind);
    assert!(domain.contains("not_null: true") && domain.matches("CHECK").count() == 1, "{domain}");
}

#[test]
fn a_virtual_column_is_read_and_is_no_default() {
    let (mut client, _database) = connect("");
    let added = "ALTER TABLE users ADD twice int GENERATED ALWAYS AS (age * 2),
                                   ADD thrice int GENERATED ALWAYS AS (age * 3) VIRTUAL NOT NULL";
    let there = since(18, &mut client, added, &SqlState::SYNTAX_ERROR);
    client.batch_execute("ALTER TABLE users ADD kept int GENERATED ALWAYS AS (age * 4) STORED").unwrap();
    let users = relation(&mut client, "users");
    let generated = |name: &str| {
        let column = users.column(name)?;
        assert_eq!(column.default, None);
        let generated = column.generated.as_ref().unwrap();
        Some((generated.stored, generated.expression.clone(), column.not_null))
    };
    assert_eq!(generated("kept"), Some((true, "(age * 4)".into(), false)));
    assert_eq!(generated("twice"), there.then(|| (false, "(age * 2)".into(), false)));
    assert_eq!(generated("thrice"), there.then(|| (false, "(age * 3)".into(), true)));
    assert!(guard().verify(&mut client).unwrap().findings().is_empty());
}

#[test]
fn constraints_over_periods_differ_from_those_without() {
    let tables = |overlaps: &str, period: &str| {
        format!(
            "CREATE TABLE stay (room int, x int, during daterange,
                 PRIMARY KEY (room, during {overlaps}), CONSTRAINT u UNIQUE (x, during {overlaps}));
             CREATE TABLE meal (room int, during daterange,
                 CONSTRAINT far FOREIGN KEY (room, {period} during) REFERENCES stay (room, {period} during));"
        )
    };
    let (mut client, _database) = connect("CREATE EXTENSION btree_gist");
    client.batch_execute(&tables("", "")).unwrap();
    let before = catalog(&mut client);
    let temporal = format!("DROP TABLE meal, stay; {}", tables("WITHOUT OVERLAPS", "PERIOD"));
    let there = since(18, &mut client, &temporal, &SqlState::SYNTAX_ERROR);
    let after = catalog(&mut client);
    for (table, name) in [("stay", "stay_pkey"), ("stay", "u"), ("meal", "far")] {
        let table = QualifiedName::new("public", table);
        assert!(!constraint(&before.relations[&table], name).period);
        assert_eq!(constraint(&after.relations[&table], name).period, there, "{name}");
    }
    assert_eq!(stale(&before, &after).iter().any(|finding| finding.headline().contains("meal.far")), there);
}

#[test]
fn what_is_not_enforced_differs_from_what_is_not_valid() {
    let (mut client, _database) = connect(
        "CREATE TABLE t (id int PRIMARY KEY, up int, n int);
         ALTER TABLE t ADD CONSTRAINT far FOREIGN KEY (up) REFERENCES t NOT VALID,
                       ADD CONSTRAINT positive CHECK (n > 0) NOT VALID",
    );
    let before = catalog(&mut client);
    let changed = "ALTER TABLE t DROP CONSTRAINT far, DROP CONSTRAINT positive,
                                 ADD CONSTRAINT far FOREIGN KEY (up) REFERENCES t NOT ENFORCED,
                                 ADD CONSTRAINT positive CHECK (n > 0) NOT ENFORCED";
    let there = since(18, &mut client, changed, &SqlState::SYNTAX_ERROR);
    let after = catalog(&mut client);
    let table = QualifiedName::new("public", "t");
    for name in ["far", "positive"] {
        let facts = |catalog: &Catalog| {
            let constraint = constraint(&catalog.relations[&table], name);
            (constraint.validated, constraint.enforced)
        };
        assert_eq!((facts(&before), facts(&after)), ((false, true), (false, !there)), "{name}");
        let told = stale(&before, &after).iter().any(|finding| finding.headline().contains(name));
        assert_eq!(told, there, "{name}");
    }
}

#[test]
fn nulls_not_distinct_is_read_of_constraints_and_indexes() {
    let (mut client, _database) = connect("CREATE TABLE t (a int UNIQUE); CREATE UNIQUE INDEX i ON t (a)");
    let equal = "CREATE TABLE equal (a int UNIQUE NULLS NOT DISTINCT);
                 CREATE UNIQUE INDEX equal_i ON equal (a) NULLS NOT DISTINCT";
    let there = since(15, &mut client, equal, &SqlState::SYNTAX_ERROR);
    let mut check = |table: &str, expect: bool| {
        let relation = relation(&mut client, table);
        let of_constraints: Vec<bool> = relation
            .constraints
            .iter()
            .map(|constraint| {
                matches!(constraint.kind, ConstraintKind::Unique { nulls_not_distinct: true, .. })
            })
            .collect();
        let of_indexes: Vec<bool> = relation.indexes.iter().map(|index| index.nulls_not_distinct).collect();
        assert_eq!((of_constraints, of_indexes), (vec![expect], vec![expect, expect]));
    };
    check("t", false);
    if there {
        check("equal", true);
    }
}

#[test]
fn a_foreign_key_that_sets_some_columns_differs_from_one_that_sets_all() {
    let plain = "CREATE TABLE far (a int, b int, PRIMARY KEY (a, b));
                 CREATE TABLE near (a int, b int,
                     CONSTRAINT f FOREIGN KEY (a, b) REFERENCES far ON DELETE SET NULL)";
    let (mut client, _database) = connect(plain);
    let before = catalog(&mut client);
    let some = "ALTER TABLE near DROP CONSTRAINT f,
                    ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES far ON DELETE SET NULL (b)";
    let there = since(15, &mut client, some, &SqlState::SYNTAX_ERROR);
    let after = catalog(&mut client);
    let columns =
        |catalog: &Catalog| match &constraint(&catalog.relations[&QualifiedName::new("public", "near")], "f")
            .kind
        {
            ConstraintKind::ForeignKey { delete_columns, .. } => delete_columns.clone(),
            other => panic!("{other:?}"),
        };
    assert!(columns(&before).is_empty());
    assert_eq!(columns(&after), if there { vec!["b".to_owned()] } else { vec![] });
    assert_eq!(stale(&before, &after).len(), usize::from(there));
}

/// The server keeps a row for each partition as well, named differently from major to major.
#[test]
fn a_foreign_key_to_a_partitioned_table_is_one_constraint() {
    let (mut client, _database) = connect(
        "CREATE TABLE far (id int PRIMARY KEY) PARTITION BY RANGE (id);
         CREATE TABLE far_low PARTITION OF far FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
         CREATE TABLE far_lower PARTITION OF far_low FOR VALUES FROM (0) TO (5);
         CREATE TABLE near (id int PRIMARY KEY REFERENCES far) PARTITION BY RANGE (id);
         CREATE TABLE near_low PARTITION OF near FOR VALUES FROM (0) TO (10)",
    );
    let rows = "SELECT count(*) FROM pg_constraint WHERE conrelid = 'near'::regclass AND contype = 'f'";
    assert_eq!(client.query_one(rows, &[]).unwrap().get::<_, i64>(0), 3);
    let scope = Scope { include: vec![QualifiedName::new("public", "near_low")], ..Scope::default() };
    let (_, before) = read(&mut client, &scope).unwrap();
    for table in ["near", "near_low"] {
        let constraints = &before.relations[&QualifiedName::new("public", table)].constraints;
        let kinds = constraints.iter().filter(|c| matches!(c.kind, ConstraintKind::ForeignKey { .. }));
        assert_eq!(kinds.map(|c| c.name.as_str()).collect::<Vec<_>>(), ["near_id_fkey"], "{table}");
    }
    client.batch_execute("CREATE TABLE far_high PARTITION OF far FOR VALUES FROM (10) TO (20)").unwrap();
    let (_, after) = read(&mut client, &scope).unwrap();
    assert_eq!(stale(&before, &after), []);
}

#[test]
fn a_view_with_the_rights_of_its_reader_is_a_view() {
    let (mut client, _database) = connect("");
    let set = "ALTER VIEW active_users SET (security_invoker = true)";
    since(15, &mut client, set, &SqlState::INVALID_PARAMETER_VALUE);
    let view = relation(&mut client, "active_users");
    assert_eq!((view.kind, view.columns.len()), (RelKind::View, 2));
    assert!(guard().verify(&mut client).unwrap().findings().is_empty());
}

#[test]
fn identities_of_partitioned_tables_are_read() {
    let (mut client, _database) = connect(
        "CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY, k text) PARTITION BY LIST (k);
         CREATE TABLE t_a PARTITION OF t FOR VALUES IN ('a')",
    );
    let scope = Scope { include: vec![QualifiedName::new("public", "t_a")], ..Scope::default() };
    let (_, catalog) = read(&mut client, &scope).unwrap();
    let identity = |table: &str| {
        let column = catalog.relations[&QualifiedName::new("public", table)].column("id").unwrap();
        assert!(column.not_null);
        column.identity.map(schemacheck_core::catalog::Identity::word)
    };
    // Partitions have it since 17.
    let partition = (major() >= 17).then_some("by default");
    assert_eq!((identity("t"), identity("t_a")), (Some("by default"), partition));
}

#[test]
fn the_servers_own_locale_provider_is_read() {
    let (mut client, database) = connect("CREATE TABLE t (c text COLLATE \"C\"); CREATE INDEX i ON t (c)");
    let added = "ALTER TABLE t ADD u text COLLATE pg_c_utf8; CREATE INDEX u ON t (u)";
    let there = since(17, &mut client, added, &SqlState::UNDEFINED_OBJECT);
    let table = relation(&mut client, "t");
    let collation = |name: &str| table.column(name).map(|column| column.collation.clone().unwrap().name);
    assert_eq!((collation("c"), collation("u")), (Some("C".into()), there.then(|| "pg_c_utf8".into())));
    assert!(table.indexes.iter().all(|index| index.keys[0].collation.is_none()), "{:?}", table.indexes);
    // A whole database of that provider.
    let name = format!("{}_builtin", database.name());
    let create = format!(
        "CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
    );
    if since(17, &mut client, &create, &SqlState::SYNTAX_ERROR) {
        let mut inside = database.config().dbname(&name).connect(postgres::NoTls).unwrap();
        inside.batch_execute(include_str!("schema.sql")).unwrap();
        assert!(guard().verify(&mut inside).unwrap().findings().is_empty());
        assert_eq!(relation(&mut inside, "users").column("nickname").unwrap().collation, None);
        drop(inside);
        client.batch_execute(&format!("DROP DATABASE {name}")).unwrap();
    }
}
