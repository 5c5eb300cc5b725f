//! `target_session_attrs` before a primary and the standby that follows it.

use std::path::Path;

use self::follower::{Standby, primary};
use crate::support::Project;

#[path = "../../../tests/postgres/standby.rs"]
mod follower;

const MANIFEST: &str = r#"[{"format": 1, "crate": "app", "path": "app::User", "file": "src/main.rs", "line": 1,
    "sort": "model", "kinds": ["read"], "relation": "users", "columns": []}]"#;

#[test]
fn a_standby_is_told_from_its_primary() {
    let primary = primary();
    let database = primary.create_database().unwrap();
    let mut client = database.connect().unwrap();
    let standby = Standby::of(&primary);
    // Which of the two was looked at shows in what it has: from here on the standby stays behind.
    let mut paused = standby.connect(database.name());
    paused.execute("SELECT pg_wal_replay_pause()", &[]).unwrap();
    let state = "SELECT pg_get_wal_replay_pause_state()";
    while paused.query_one(state, &[]).unwrap().get::<_, String>(0) != "paused" {}
    client.batch_execute("CREATE TABLE users ()").unwrap();

    let project = Project::empty();
    project.write("m.json", MANIFEST);
    let verify = |hosts: &[&Path], attributes: &str| {
        let hosts: Vec<String> = hosts.iter().map(|host| host.display().to_string()).collect();
        let url = format!(
            "host={} port={} user=postgres dbname={} target_session_attrs={attributes}",
            hosts.join(","),
            primary.port(),
            database.name()
        );
        project.tool(&["verify", "--manifest", "m.json", "--database-url", &url])
    };
    let (first, second) = (primary.socket_dir(), standby.socket_dir().to_owned());
    let second = second.as_path();
    let reached = |hosts: &[&Path], attributes: &str| {
        let ran = verify(hosts, attributes);
        let (name, host) = match ran.status {
            0 => ("the primary", first),
            1 if ran.all().contains("cannot find relation `users`") => ("the standby", second),
            _ => panic!("{attributes}: {}", ran.all()),
        };
        // The report names the host that it is about, and no other.
        let place = format!("`{}` at {}:{}", database.name(), host.display(), primary.port());
        assert!(ran.all().contains(&place), "{place}\n{}", ran.all());
        name
    };
    for hosts in [[first, second], [second, first]] {
        assert_eq!(reached(&hosts, "standby"), "the standby");
        assert_eq!(reached(&hosts, "prefer-standby"), "the standby");
        assert_eq!(reached(&hosts, "read-only"), "the standby");
        assert_eq!(reached(&hosts, "primary"), "the primary");
        assert_eq!(reached(&hosts, "read-write"), "the primary");
    }
    assert_eq!(reached(&[first, second], "any"), "the primary");
    assert_eq!(reached(&[second, first], "any"), "the standby");
    // Alone, each is what it is.
    assert_eq!(reached(&[first], "prefer-standby"), "the primary");
    verify(&[first], "standby").expect(2, &["the server is not `standby`"]);
    verify(&[second], "primary").expect(2, &["the server is not `primary`"]);
    verify(&[second], "read-write").expect(2, &["the server is not `read-write`"]);
    // Preferred and gone: the primary is taken.
    drop(standby);
    assert_eq!(reached(&[second, first], "prefer-standby"), "the primary");
    verify(&[second, first], "standby").expect(2, &["the server is not `standby`"]);
}
