//! Privileges: what a role may not do of what the models do, and the grant that mends it.

use schemacheck::{Guard, Model};

use crate::support::connect;

#[derive(Model)]
#[schemacheck(table = "tickets", read)]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) struct Ticket {
    id: i32,
    title: String,
}

#[derive(Model)]
#[schemacheck(table = "tickets", insert)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct NewTicket {
    title: String,
}

#[derive(Model)]
#[schemacheck(table = "tickets", update)]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) struct Retitle {
    title: String,
}

/// Nobody said that it reads.
#[derive(Model)]
#[schemacheck(table = "public.tickets")]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Implied {
    title: String,
}

#[derive(Model)]
#[schemacheck(table = "tickets", read, allow(missing-privilege, reason = "granted by hand"))]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Allowed {
    title: String,
}

/// The key is in its WHERE.
#[derive(Model)]
#[schemacheck(table = "tickets", update)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Keyed {
    id: i32,
    title: String,
}

#[derive(Model)]
#[schemacheck(table = "active_users", read)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Active {
    email: String,
}

/// What is found for a role with these grants, by a guard for these models.
#[track_caller]
fn check<M: schemacheck::Models>(role: &str, grants: &str, expect: &[&str]) {
    let grants = grants.replace('@', role);
    let (mut client, _database) = connect(&format!("CREATE ROLE {role}; {grants}"));
    client.batch_execute(&format!("SET ROLE {role}")).unwrap();
    let findings = match Guard::new().only::<M>().verify(&mut client) {
        Ok(verified) => verified.findings().to_vec(),
        Err(report) => report.findings().to_vec(),
    };
    let found: Vec<String> =
        findings.iter().map(|finding| finding.headline().replace(&format!("`{role}`"), "`ROLE`")).collect();
    assert_eq!(found, expect);
}

type All = (Ticket, NewTicket, Retitle);

const SELECT: &str = "error[missing-privilege]: role `ROLE` may not SELECT from table `public.tickets`";
const INSERT: &str = "error[missing-privilege]: role `ROLE` may not INSERT into table `public.tickets`";
const UPDATE: &str = "error[missing-privilege]: role `ROLE` may not UPDATE table `public.tickets`";
const SEQUENCE: &str = "error[missing-privilege]: role `ROLE` may not use sequence `public.tickets_id_seq`, from which \
                        column `public.tickets.id` takes its default";

#[test]
fn each_kind_needs_its_own() {
    check::<All>("p_none", "", &[SELECT, INSERT, SEQUENCE, UPDATE]);
    check::<All>("p_read", "GRANT SELECT ON tickets TO @", &[INSERT, SEQUENCE, UPDATE]);
    check::<(Ticket,)>("p_reader", "GRANT SELECT ON tickets TO @", &[]);
    check::<All>(
        "p_all",
        "GRANT SELECT, INSERT, UPDATE ON tickets TO @; GRANT USAGE ON SEQUENCE tickets_id_seq TO @",
        &[],
    );
    // UPDATE on a sequence allows nextval() too.
    check::<(NewTicket,)>(
        "p_update_seq",
        "GRANT INSERT ON tickets TO @; GRANT UPDATE ON SEQUENCE tickets_id_seq TO @",
        &[],
    );
    check::<(Implied,)>(
        "p_implied",
        "",
        &["warning[missing-privilege]: role `ROLE` may not SELECT from table `public.tickets`"],
    );
}

#[test]
fn a_grant_on_columns_is_enough_where_it_covers_those_that_are_used() {
    check::<(NewTicket, Retitle, Implied)>(
        "p_columns",
        "GRANT SELECT (title), INSERT (title), UPDATE (title) ON tickets TO @; \
         GRANT USAGE ON SEQUENCE tickets_id_seq TO @",
        &[],
    );
    check::<(Ticket,)>(
        "p_column",
        "GRANT SELECT (title) ON tickets TO @",
        &["error[missing-privilege]: role `ROLE` may not SELECT column `public.tickets.id`"],
    );
}

#[test]
fn rights_come_from_roles_that_are_inherited_and_the_owner_has_all() {
    check::<(Ticket,)>(
        "p_member",
        "CREATE ROLE p_group; GRANT SELECT ON tickets TO p_group; GRANT p_group TO @",
        &[],
    );
    check::<(Ticket,)>("p_public", "GRANT SELECT ON tickets TO PUBLIC", &[]);
    check::<All>("p_owner", "ALTER TABLE tickets OWNER TO @", &[]);
}

#[test]
fn a_schema_that_may_not_be_used_is_said_and_not_called_missing() {
    let closed = "error[missing-privilege]: role `ROLE` may not use schema `public`";
    // With its schema a table is found; by its name alone it is not, as the server would not find it.
    check::<(Implied,)>(
        "p_closed",
        "REVOKE USAGE ON SCHEMA public FROM PUBLIC; GRANT SELECT ON tickets TO @",
        &["warning[missing-privilege]: role `ROLE` may not use schema `public`"],
    );
    check::<(Ticket,)>(
        "p_closed_path",
        "REVOKE USAGE ON SCHEMA public FROM PUBLIC; GRANT SELECT ON tickets TO @",
        &[&format!("{closed} of the search path")],
    );
    // To allow that a grant is missing is not to allow that the table is.
    check::<(Allowed,)>(
        "p_closed_allowed",
        "REVOKE USAGE ON SCHEMA public FROM PUBLIC; GRANT SELECT ON tickets TO @",
        &[&format!("{closed} of the search path")],
    );
    check::<(Allowed,)>("p_allowed", "", &[]);
}

#[test]
fn row_security_without_a_policy_is_a_warning_and_with_one_is_nothing() {
    let enable = "GRANT SELECT, UPDATE ON tickets TO @; ALTER TABLE tickets ENABLE ROW LEVEL SECURITY";
    check::<(Ticket, Retitle)>(
        "p_rls",
        enable,
        &[
            "warning[missing-privilege]: row security hides every row of table `public.tickets` from role `ROLE`",
            "warning[missing-privilege]: row security lets role `ROLE` update no row of table `public.tickets`",
        ],
    );
    check::<(Ticket, Retitle)>(
        "p_policy",
        &format!("{enable}; CREATE POLICY a ON tickets TO @ USING (title <> '')"),
        &[],
    );
    // A policy for other commands, and one for others.
    check::<(Ticket, Retitle)>(
        "p_other_policy",
        &format!(
            "{enable}; CREATE POLICY a ON tickets FOR SELECT USING (true); CREATE ROLE p_else; \
             CREATE POLICY b ON tickets FOR UPDATE TO p_else USING (true)"
        ),
        &[
            "warning[missing-privilege]: row security lets role `ROLE` update no row of table `public.tickets`",
        ],
    );
    // An insert needs a policy for what it inserts.
    let insert = "GRANT INSERT ON tickets TO @; GRANT USAGE ON SEQUENCE tickets_id_seq TO @; \
                  ALTER TABLE tickets ENABLE ROW LEVEL SECURITY";
    let none =
        "warning[missing-privilege]: row security lets role `ROLE` insert no row into table `public.tickets`";
    check::<(NewTicket,)>("p_insert", insert, &[none]);
    check::<(NewTicket,)>(
        "p_insert_other",
        &format!("{insert}; CREATE POLICY a ON tickets FOR SELECT USING (true)"),
        &[none],
    );
    check::<(NewTicket,)>(
        "p_insert_policy",
        &format!("{insert}; CREATE POLICY a ON tickets FOR INSERT TO @ WITH CHECK (title <> '')"),
        &[],
    );
    check::<(Ticket,)>("p_bypass", &format!("{enable}; ALTER ROLE @ BYPASSRLS"), &[]);
    check::<(Ticket,)>(
        "p_rls_owner",
        "ALTER TABLE tickets ENABLE ROW LEVEL SECURITY; ALTER TABLE tickets OWNER TO @",
        &[],
    );
}

#[test]
fn an_update_names_its_row_by_the_key() {
    check::<(Keyed,)>("p_keyed", "GRANT SELECT, UPDATE (title) ON tickets TO @", &[]);
    check::<(Keyed,)>(
        "p_unkeyed",
        "ALTER TABLE tickets DROP CONSTRAINT tickets_pkey CASCADE; GRANT SELECT, UPDATE (title) ON tickets TO @",
        &["error[missing-privilege]: role `ROLE` may not UPDATE column `public.tickets.id`"],
    );
    check::<(Keyed,)>(
        "p_key",
        "GRANT UPDATE (id) ON tickets TO @",
        &["error[missing-privilege]: role `ROLE` may not UPDATE column `public.tickets.title`"],
    );
    check::<(Keyed,)>("p_no_key", "", &[UPDATE]);
}

/// Each as the server has it: `SELECT` fails where a finding says so.
#[test]
fn a_view_reads_with_the_rights_of_its_owner_or_of_who_asks() {
    let (mut client, _database) = connect("");
    let version: i32 =
        client.query_one("SELECT current_setting('server_version_num')::int", &[]).unwrap().get(0);
    check::<(Active,)>("p_view", "GRANT SELECT ON active_users TO @", &[]);
    let poor = "error[missing-privilege]: role `p_poor` may not SELECT from `public.users`, \
                which view `public.active_users` reads with the rights of its owner";
    check::<(Active,)>(
        "p_view_owner",
        "CREATE ROLE p_poor; ALTER VIEW active_users OWNER TO p_poor; GRANT SELECT ON active_users TO @",
        &[poor],
    );
    check::<(Active,)>(
        "p_view_rich",
        "CREATE ROLE p_rich; ALTER VIEW active_users OWNER TO p_rich; GRANT SELECT ON users TO p_rich; \
         GRANT SELECT ON active_users TO @",
        &[],
    );
    if version >= 150_000 {
        let invoker = "ALTER VIEW active_users SET (security_invoker); GRANT SELECT ON active_users TO @";
        check::<(Active,)>(
            "p_invoker",
            invoker,
            &["error[missing-privilege]: role `ROLE` may not SELECT from `public.users`, \
               which view `public.active_users` reads with the rights of who asks (`security_invoker`)"],
        );
        check::<(Active,)>("p_invoker_may", &format!("{invoker}; GRANT SELECT ON users TO @"), &[]);
    }
}

/// Each as the server has it: what the view names of a table, its owner has to be granted.
#[test]
fn a_view_needs_each_column_that_it_names() {
    let (mut client, _database) = connect(
        "CREATE FUNCTION all_users() RETURNS SETOF users LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM users'; \
         CREATE ROLE p_view_names; CREATE ROLE p_view_reads",
    );
    for (at, view) in [
        "SELECT id, email FROM users WHERE age > 0",
        "SELECT id, email FROM users ORDER BY age",
        "SELECT a.id, a.email FROM users a JOIN users b USING (id) WHERE b.age > 0",
        "SELECT id, email FROM (SELECT * FROM users) u",
        "SELECT id, email FROM users WHERE EXISTS (SELECT FROM users b WHERE b.age > users.age)",
        "SELECT id, min(email)::email AS email FROM users GROUP BY id HAVING max(age) > 0",
        "WITH u AS (SELECT id, email, age FROM users) SELECT id, email FROM u",
        // With the rights of the function's owner; what functions do is not judged.
        "SELECT id, email FROM all_users()",
        "SELECT a.id, b.email FROM all_users() a JOIN users b ON a.id = b.id",
    ]
    .iter()
    .enumerate()
    {
        client
            .batch_execute(&format!(
                "DROP VIEW active_users; CREATE VIEW active_users AS {view}; \
                 ALTER VIEW active_users OWNER TO p_view_names; GRANT SELECT ON active_users TO p_view_reads"
            ))
            .unwrap();
        for grant in
            ["(id)", "(id, email)", "(id, email, age)", "(id, email, age, nickname, settings, tags)", ""]
        {
            let grants = format!(
                "REVOKE ALL ON users FROM p_view_names; GRANT SELECT {grant} ON users TO p_view_names"
            );
            client.batch_execute(&format!("{grants}; SET ROLE p_view_reads")).unwrap();
            let may = client.batch_execute("SELECT email FROM active_users").is_ok();
            let verdict = Guard::new().only::<(Active,)>().verify(&mut client);
            assert_eq!(verdict.is_ok(), may, "view {at}, grant `{grant}`: {verdict:?}");
            client.batch_execute("RESET ROLE").unwrap();
        }
    }
}

/// A setting of the session, with which each query is an error.
#[test]
fn row_security_that_is_switched_off_refuses_where_it_applies() {
    let (mut client, _database) = connect(
        "CREATE ROLE p_off; GRANT SELECT ON tickets TO p_off; ALTER TABLE tickets ENABLE ROW LEVEL SECURITY; \
         CREATE POLICY a ON tickets TO p_off USING (true)",
    );
    client.batch_execute("SET row_security = off").unwrap();
    // It does not apply to a superuser.
    assert!(Guard::new().only::<(Ticket,)>().verify(&mut client).is_ok());
    client.batch_execute("SET ROLE p_off").unwrap();
    assert!(client.batch_execute("SELECT id FROM tickets").is_err());
    let report = Guard::new().only::<(Ticket,)>().verify(&mut client).unwrap_err();
    assert_eq!(
        report.findings()[0].headline(),
        "error[missing-privilege]: role `p_off` may not SELECT from table `public.tickets` with `row_security = off`"
    );
    client.batch_execute("SET row_security = on").unwrap();
    assert!(client.batch_execute("SELECT id FROM tickets").is_ok());
    let verified = Guard::new().only::<(Ticket,)>().verify(&mut client).unwrap();
    assert!(verified.findings().is_empty(), "{:?}", verified.findings());
    // And seen later: the setting is a part of what is remembered.
    let readiness = verified.readiness();
    assert!(readiness.recheck(&mut client).is_ok());
    client.batch_execute("SET row_security = off").unwrap();
    assert!(readiness.recheck(&mut client).is_err());
}

/// What the server counts as a right, the guard counts as one.
#[test]
fn rights_that_are_no_grants_count() {
    check::<(Ticket,)>("p_all_data", "GRANT pg_read_all_data TO @", &[]);
    check::<(Ticket,)>(
        "p_noinherit",
        "ALTER ROLE @ NOINHERIT; CREATE ROLE p_has; GRANT SELECT ON tickets TO p_has; GRANT p_has TO @",
        &[SELECT],
    );
    // An identity column draws from its sequence without a right.
    check::<(NewTicket,)>(
        "p_identity",
        "ALTER TABLE tickets ALTER id DROP DEFAULT; DROP SEQUENCE IF EXISTS tickets_id_seq; \
         ALTER TABLE tickets ALTER id ADD GENERATED ALWAYS AS IDENTITY; GRANT INSERT ON tickets TO @",
        &[],
    );
}
