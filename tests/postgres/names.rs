//! Names without a schema that lead elsewhere: to another table or type of the same name, or nowhere for lack of a grant.

use postgres::Client;
use schemacheck::guard::Report;
use schemacheck::{Guard, Severity};

use crate::models::Action;
use crate::privileges::Ticket;
use crate::support::{connect, guard};

/// The headlines of what a guard finds, informations aside.
fn risks(guard: Guard, client: &mut Client) -> Vec<String> {
    let findings = match guard.verify(client) {
        Ok(verified) => verified.findings().to_vec(),
        Err(report) => report.findings().to_vec(),
    };
    let risks = findings.iter().filter(|finding| finding.severity > Severity::Info);
    risks.map(|finding| finding.headline()).collect()
}

/// The ledger is right: it is the search path that leads to another table.
#[test]
fn a_table_that_hides_another_is_the_cause_and_not_the_ledger() {
    let tickets = || Guard::new().only::<(Ticket,)>();
    let causes = |report: &Report| {
        report.findings().iter().filter_map(|finding| finding.cause.clone()).collect::<Vec<_>>()
    };
    let (mut client, _database) = connect("CREATE SCHEMA app; CREATE TABLE app.tickets (id int)");
    client.batch_execute("SET search_path = app, public").unwrap();
    let report = tickets().verify(&mut client).unwrap_err();
    let hides = "`tickets` is found in schema `app`, at the build it was `public`";
    assert_eq!(causes(&report), [hides]);
    // On the screen in full, and nothing of a ledger.
    let screen = format!("{report:?}");
    assert!(screen.contains(&format!("info[other-schema]: {hides}\n  --> ")), "{screen}");
    assert!(!screen.contains("ledger"), "{screen}");
    // Where the table is not hidden but gone from where it was, the ledger does not tell the truth.
    client.batch_execute("DROP TABLE public.tickets").unwrap();
    let report = tickets().verify(&mut client).unwrap_err();
    assert!(causes(&report)[0].contains("lists `b7e1c0ffee01` as applied, but 1 object"), "{report:?}");
}

/// Drivers that look types up by name send the type that the name leads to, and the server refuses it.
#[test]
fn a_type_that_hides_the_one_of_a_column_is_a_risk() {
    let labels = "('created', 'assigned', 'stage_changed')";
    let (mut client, _database) =
        connect(&format!("CREATE SCHEMA app; CREATE TYPE app.coordinator_action_type AS ENUM {labels}"));
    let insert = "INSERT INTO coordinator_actions (kind) VALUES ($1::coordinator_action_type)";
    assert!(client.prepare(insert).is_ok());
    assert_eq!(risks(guard(), &mut client), [""; 0]);
    client.batch_execute("SET search_path = app, public").unwrap();
    assert!(client.prepare(insert).is_err());
    let hidden =
        "[other-schema]: `coordinator_action_type` is found in schema `app`, at the build it was `public`";
    assert_eq!(risks(guard(), &mut client), [format!("warning{hidden}")]);
    let strict = risks(guard().strict(), &mut client);
    assert!(strict.contains(&format!("error{hidden}")), "{strict:?}");
    // Where the column has it too, all fit.
    let follow = "ALTER TABLE coordinator_actions ALTER kind TYPE app.coordinator_action_type \
                  USING kind::text::app.coordinator_action_type";
    client.batch_execute(follow).unwrap();
    assert!(client.prepare(insert).is_ok());
    assert_eq!(risks(guard(), &mut client), [""; 0]);
    // The column alone went over.
    client.batch_execute("SET search_path = public, app").unwrap();
    assert!(client.prepare(insert).is_err());
    assert_eq!(
        risks(guard(), &mut client),
        [
            "warning[type-mismatch]: column `public.coordinator_actions.kind` is `app.coordinator_action_type`, but \
             this program was built for `public.coordinator_action_type`"
        ]
    );
}

#[test]
fn a_tenants_own_type_beside_a_column_of_the_shared_one_is_a_risk() {
    let labels = "('created', 'assigned', 'stage_changed')";
    let (mut client, _database) = connect(
        "CREATE SCHEMA tenant; CREATE TABLE tenant.coordinator_actions (LIKE coordinator_actions INCLUDING ALL)",
    );
    let tenant = || Guard::new().only::<(Action,)>().schema("tenant");
    assert_eq!(risks(tenant(), &mut client), [""; 0]);
    client.batch_execute(&format!("CREATE TYPE tenant.coordinator_action_type AS ENUM {labels}")).unwrap();
    let all = || Guard::new().only_in("postgres::models").schema("tenant");
    let found = risks(all(), &mut client);
    let mismatch = "warning[type-mismatch]: column `tenant.coordinator_actions.kind` is \
                    `public.coordinator_action_type`, but this program was built for \
                    `tenant.coordinator_action_type`";
    assert!(found.contains(&mismatch.to_owned()), "{found:?}");
    let follow = "ALTER TABLE tenant.coordinator_actions ALTER kind TYPE tenant.coordinator_action_type \
                  USING kind::text::tenant.coordinator_action_type";
    client.batch_execute(follow).unwrap();
    let found = risks(all(), &mut client);
    assert!(!found.iter().any(|headline| headline.contains("coordinator_action_type")), "{found:?}");
}

#[test]
fn a_type_in_a_schema_that_may_not_be_used_names_the_grant() {
    let (mut client, _database) = connect(
        "CREATE SCHEMA types; ALTER TYPE place SET SCHEMA types; ALTER DOMAIN postcode SET SCHEMA types; \
         ALTER TYPE place_kind SET SCHEMA types; CREATE ROLE n_types",
    );
    client.batch_execute("SET search_path = public, types; SET ROLE n_types").unwrap();
    let types = || Guard::new().only_in("postgres::types");
    let report = types().verify(&mut client).unwrap_err();
    let [finding] = report.findings() else { panic!("{report:?}") };
    assert_eq!(
        finding.headline(),
        "error[missing-privilege]: role `n_types` may not use schema `types` of the search path"
    );
    assert_eq!(finding.rust.len(), 3, "{report:?}");
    let [grant] = &finding.help[..] else { panic!("{report:?}") };
    let grant = grant.split('`').nth(1).unwrap();
    client.batch_execute(&format!("RESET ROLE; {grant} SET ROLE n_types")).unwrap();
    assert!(types().verify(&mut client).is_ok());
}

#[test]
fn a_look_later_says_of_a_table_that_hides_another_what_a_start_would() {
    let tickets = || Guard::new().only::<(Ticket,)>();
    for (asked, table) in [(tickets as fn() -> Guard, "tickets (id int)"), (guard, "users (id uuid)")] {
        let (mut client, database) = connect("");
        client.batch_execute("SET search_path = app, public").unwrap();
        let readiness = asked().verify(&mut client).unwrap().readiness();
        assert!(readiness.recheck(&mut client).is_ok());
        let mut other = database.connect().unwrap();
        other.batch_execute(&format!("CREATE SCHEMA app; CREATE TABLE app.{table}")).unwrap();
        let later = readiness.recheck(&mut client).unwrap_err();
        assert_eq!(later.findings(), asked().verify(&mut client).unwrap_err().findings());
        let mut new = database.connect().unwrap();
        new.batch_execute("SET search_path = app, public").unwrap();
        assert_eq!(later.findings(), asked().verify(&mut new).unwrap_err().findings());
    }
}
