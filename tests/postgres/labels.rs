//! Enums in plain columns: their labels against live checks, which the guard reads without deparsing them.

use std::time::{Duration, Instant};

use schemacheck::{Guard, Model, PgEnum, PgType};
use schemacheck_core::{Catalog, Manifest, QualifiedName};
use schemacheck_runtime::introspect::guard;
use schemacheck_runtime::introspect::snapshot::{Scope, read};

use crate::support::{check_with, connect};

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case")]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) enum Status {
    Sent,
    Delivered,
    Seen,
}

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case")]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) enum ChannelName {
    Sms,
    Email,
}

#[derive(PgType)]
#[schemacheck(transparent)]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) struct Channel(ChannelName);

#[derive(Model)]
#[schemacheck(table = "messages")]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) struct Message<'a> {
    status: Option<Status>,
    channel: &'a Channel,
    channels: Vec<ChannelName>,
}

#[derive(Model)]
#[schemacheck(table = "messages", update)]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) struct Change {
    status: Option<Status>,
}

#[track_caller]
fn check(changes: &str, expect: &[&str]) {
    check_with(Guard::new().only::<Message<'static>>(), changes, expect);
}

/// The check of `status`, replaced.
fn status(check: &str) -> String {
    format!("ALTER TABLE messages DROP CONSTRAINT messages_status_check; ALTER TABLE messages ADD {check}")
}

const SEEN: &str =
    "error[unknown-label]: cannot find label `seen` in the check of column `public.messages.status`";
const GONE: &str =
    "label `gone` of column `public.messages.status` has no variant in the enum of field `status`";

#[test]
fn the_labels_of_live_checks_are_judged() {
    check("", &[]);
    check(&status("CHECK (status IN ('sent', 'delivered'))"), &[SEEN]);
    check(&status("CHECK (status = 'sent' OR status = 'delivered' OR status IS NULL)"), &[SEEN]);
    check(&status("CHECK (status = ANY ('{sent,delivered}'))"), &[SEEN]);
    check(&status("CHECK (status IN ('sent', 'delivered') AND length(status) > 1)"), &[SEEN]);
    check("ALTER TABLE messages ADD CHECK (status <> 'x' AND status IN ('sent', 'delivered'))", &[SEEN]);
    let more = status("CHECK (status IN ('sent', 'delivered', 'seen', 'gone'))");
    check(&more, &[&format!("warning[missing-label]: {GONE}")]);
    let strict = || Guard::new().only::<Message<'static>>().strict();
    check_with(strict(), &more, &[&format!("error[missing-label]: {GONE}")]);
    // Who only writes does not care.
    check_with(Guard::new().only::<Change>().strict(), &more, &[]);
    let sms = "cannot find label `sms` in the check of column `public.messages";
    check(
        "ALTER DOMAIN channel DROP CONSTRAINT channel_check; ALTER DOMAIN channel ADD CHECK (VALUE = 'email')",
        &[&format!("error[unknown-label]: {sms}.channel`")],
    );
    check(
        "ALTER TABLE messages DROP CONSTRAINT messages_channels_check; \
         ALTER TABLE messages ADD CHECK (channels <@ '{email}')",
        &[&format!("error[unknown-label]: {sms}.channels`")],
    );
}

#[test]
fn what_is_no_list_is_no_finding() {
    check("ALTER TABLE messages DROP CONSTRAINT messages_status_check", &[]);
    for other in [
        "CHECK (length(status) > 3)",
        "CHECK (status IN ('sent', 'delivered') OR id > 100)",
        "CHECK (status <> 'x')",
        "CHECK (status IN ('sent', 'delivered', NULL))",
        "CHECK (status ~ '^(sent|delivered)$')",
        "CHECK (lower(status) IN ('sent'))",
        "CHECK (status::char(4) IN ('sent'))",
        "CHECK (status IN ('sent', 'delivered', 'seen', 'gone') AND status <> 'gone')",
    ] {
        check(&status(other), &[]);
    }
    // Where case does not count.
    let citext = "CREATE EXTENSION citext; ALTER TABLE messages DROP CONSTRAINT messages_status_check, \
                  ALTER status TYPE citext, ADD CHECK (status IN ('SENT', 'Delivered', 'seen'))";
    check(citext, &[]);
    check(
        &citext.replace("'seen'", "'seem'"),
        &[SEEN, &format!("warning[missing-label]: {}", GONE.replace("gone", "seem"))],
    );
    check(
        "ALTER TABLE messages DROP CONSTRAINT messages_status_check; CREATE COLLATION any_case \
         (provider = icu, locale = 'und-u-ks-level2', deterministic = false); \
         ALTER TABLE messages ALTER status TYPE text COLLATE any_case, ADD CHECK (status IN ('SENT', 'delivered'))",
        &[],
    );
}

#[test]
fn a_check_that_is_not_valid_holds_for_writes() {
    let not_valid = status("CHECK (status IN ('sent', 'delivered', 'gone')) NOT VALID");
    check(&not_valid, &[]);
    check_with(Guard::new().only::<Change>(), &not_valid, &[SEEN]);
}

/// From PostgreSQL 18 on; what is older refuses the words.
#[test]
fn a_check_that_is_not_enforced_refuses_nothing() {
    let sql = status("CHECK (status IN ('sent')) NOT ENFORCED");
    let (mut client, _database) = connect("");
    let is_known = schemacheck_scratch::Server::shared().unwrap().version_num() >= 180_000;
    assert_eq!(client.batch_execute(&sql).is_ok(), is_known);
    if is_known {
        check(&sql, &[]);
        check_with(Guard::new().only::<Change>(), &sql, &[]);
    }
}

#[test]
fn no_lock_is_waited_for() {
    let (mut client, database) = connect("");
    let mut migration = database.connect().unwrap();
    let mut transaction = migration.transaction().unwrap();
    transaction.batch_execute("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE").unwrap();
    let started = Instant::now();
    let guard = Guard::new().only::<Message<'static>>().timeout(Duration::from_secs(30));
    assert!(guard.verify(&mut client).unwrap().findings().is_empty());
    assert!(started.elapsed() < Duration::from_secs(20), "it waited until a timeout");
}

/// Checks in as many shapes as there are, on columns of all types that hold strings.
const CHECKS: &[(&str, &str)] = &[
    ("text", "c IN ('a', 'b''c', E'd\\\\e', 'ü€', '')"),
    ("text", "c = 'a'"),
    ("text", "'a' = c OR c = 'b' OR c IS NULL"),
    ("text", "c = ANY ('{a,\"b c\"}')"),
    ("text", "c IN ('a', 'b') AND length(c) > 3"),
    ("text", "c IS NOT NULL AND c IN ('a', 'b') AND k IN (1, 2)"),
    ("text", "(c = 'a' AND k = 1) OR (c = 'b' AND k = 2)"),
    ("text", "(c = 'a' AND flag) OR (c = 'b' AND NOT flag)"),
    ("text", "c IN ('a', 'b') AND flag IS NOT TRUE"),
    ("text", "c IN ('a', 'b') AND c IN ('b', 'c')"),
    ("text", "NOT (c = 'a')"),
    ("text", "NOT (NOT (c = 'a'))"),
    ("text", "c NOT IN ('a', 'b')"),
    ("text", "c IN ('a', NULL)"),
    ("text", "c = ANY ('{a,NULL}')"),
    ("text", "c IN ('a', upper('b'))"),
    ("text", "lower(c) IN ('a')"),
    ("text", "c = 'a' OR k = 1"),
    ("text", "c ~ '^a$'"),
    ("text", "c COLLATE \"C\" IN ('a', 'b')"),
    ("text COLLATE \"C\"", "c IN ('a', 'b')"),
    ("text", "c::citext IN ('a')"),
    ("text", "c::bpchar IN ('a')"),
    ("text", "c::char(1) IN ('a')"),
    ("text", "c::varchar(1) IN ('a')"),
    ("text", "c IN ('abc'::varchar(2))"),
    ("text", "CASE WHEN c = 'a' THEN true ELSE flag END"),
    ("text", "(c = 'a') IS TRUE"),
    ("text", "c IS NOT DISTINCT FROM 'a'"),
    ("text", "c BETWEEN 'a' AND 'b'"),
    ("text", "coalesce(c, 'a') IN ('a', 'b')"),
    ("text", "(c, k) IN (('a', 1), ('b', 2))"),
    ("text", "false"),
    ("varchar", "c IN ('a', 'b')"),
    ("varchar(20)", "c IN ('a', 'b')"),
    ("varchar(20)", "c = 'a'"),
    ("varchar(20)", "c::text IN ('a', 'b')"),
    ("varchar(20)", "c = ANY ('{a,b}')"),
    ("char(5)", "c IN ('a', 'b ')"),
    ("char(5)", "c = 'a'"),
    ("name", "c IN ('a', 'b')"),
    ("citext", "c IN ('a', 'B')"),
    ("citext", "c = 'a'"),
    ("citext", "c <> 'a'"),
    ("citext", "c ~ 'a'"),
    ("listed", "c IS NOT NULL"),
    ("listed", "c IN ('a', 'x')"),
    ("narrower", "true"),
    ("listed_char", "true"),
    ("listed_citext", "true"),
    ("not_valid", "true"),
    ("text[]", "c <@ ARRAY['a', 'b']"),
    ("text[]", "c <@ '{a,b}'"),
    ("varchar(3)[]", "c <@ ARRAY['a', 'b']::varchar(3)[]"),
    ("text[]", "c = '{a}'"),
    ("text[]", "c && '{a}'"),
    ("text[]", "c @> '{a}'"),
    ("citext[]", "c <@ '{a,b}'"),
    ("int", "c IN (1, 2)"),
];

/// What the guard reads out of a tree is what the snapshot reads out of the deparsed text.
#[test]
fn both_requests_know_the_same_labels() {
    let (mut client, _database) = connect(
        "CREATE EXTENSION citext; \
         CREATE DOMAIN listed AS text CHECK (VALUE IN ('a', 'b', 'c')); \
         CREATE DOMAIN narrower AS listed CHECK (VALUE = 'a' OR VALUE = 'b'); \
         CREATE DOMAIN listed_char AS char(3) CHECK (VALUE IN ('a', 'b')); \
         CREATE DOMAIN listed_citext AS citext CHECK (VALUE IN ('a', 'b')); \
         CREATE DOMAIN not_valid AS text; \
         ALTER DOMAIN not_valid ADD CHECK (VALUE IN ('a', 'b')) NOT VALID",
    );
    let mut manifests = Vec::new();
    for (at, (ty, check)) in CHECKS.iter().enumerate() {
        let table = format!("checked_{at}");
        let sql = format!("CREATE TABLE {table} (gone int, k int, flag bool, c {ty}, CHECK ({check}))");
        client.batch_execute(&format!("{sql}; ALTER TABLE {table} DROP gone")).unwrap();
        let labels = schemacheck_core::manifest::LabelSet { labels: vec![], non_exhaustive: false };
        let mut column = schemacheck_core::manifest::Expected { column: "c".into(), ..Default::default() };
        column.labels = Some(labels);
        manifests.push(Manifest { relation: table, columns: vec![column], ..Manifest::default() });
    }
    let (_, whole) = read(&mut client, &Scope::default()).unwrap();
    let answer: String = client.query_one(&guard::request(&manifests), &[]).unwrap().get(0);
    let (_, part) = guard::answer(&answer).unwrap();
    let known = |catalog: &Catalog, at: usize, writes: bool| {
        let relation = &catalog.relations[&QualifiedName::new("public", format!("checked_{at}"))];
        let facts = relation.admitted(relation.column("c").unwrap(), catalog, writes)?;
        let mut labels = facts.admitted.labels;
        labels.sort();
        Some((labels, facts.admitted.exact, facts.fold))
    };
    let mut understood = 0;
    for (at, (ty, check)) in CHECKS.iter().enumerate() {
        for writes in [false, true] {
            let (deparsed, tree) = (known(&whole, at, writes), known(&part, at, writes));
            assert_eq!(deparsed, tree, "{ty} CHECK ({check}), writes: {writes}");
            understood += usize::from(tree.is_some());
        }
    }
    // So the two do not agree on nothing.
    assert_eq!(understood, 67);
    // Nobody asked for those of relations without labels.
    let plain: Vec<Manifest> =
        manifests.into_iter().map(|manifest| Manifest { columns: vec![], ..manifest }).collect();
    let answer: String = client.query_one(&guard::request(&plain), &[]).unwrap().get(0);
    let (_, part) = guard::answer(&answer).unwrap();
    assert!(part.relations.values().all(|relation| relation.constraints.is_empty()));
}
