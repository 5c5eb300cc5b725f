//! Tenants: one schema each, all of one shape.

use schemacheck::guard::Kind;
use schemacheck::{Guard, Policy, Severity};
use schemacheck_scratch::{Options, Server};

use crate::models::Session;
use crate::support::{database, guard as all};

/// Without the model that names its schema: it belongs to all tenants.
fn guard() -> Guard {
    all().except::<Session>()
}

/// The schema of the tests, as a tenant's: all that it creates, in a schema of its own.
fn tenant(client: &mut postgres::Client, name: &str) {
    client.batch_execute(&format!("CREATE SCHEMA {name}; SET search_path = {name}, public")).unwrap();
    client.batch_execute(include_str!("schema.sql")).unwrap();
    client.batch_execute("RESET search_path").unwrap();
}

#[test]
fn a_guard_looks_into_the_schema_that_it_was_given() {
    let server = schemacheck_scratch::Server::shared().unwrap();
    let database = server.create_database().unwrap();
    let mut client = database.connect().unwrap();
    tenant(&mut client, "tenant_1");
    // Enums and composite types of the tenant's own are no difference, though they have another name in full.
    let verified = guard().schema("tenant_1").verify(&mut client).unwrap();
    let above = verified.findings().iter().filter(|finding| finding.severity > Severity::Info);
    assert_eq!(above.count(), 0, "{:?}", verified.findings());
    assert!(guard().verify(&mut client).is_err(), "the search path does not lead there");
    client.batch_execute("ALTER TABLE tenant_1.users DROP COLUMN nickname").unwrap();
    let report = guard().schema("tenant_1").verify(&mut client).unwrap_err();
    assert_eq!(
        report.findings()[0].headline(),
        "error[missing-column]: cannot find column `nickname` in table `tenant_1.users`"
    );
    assert!(format!("{report:?}").contains("schema:   `tenant_1`"), "{report:?}");
    let report = guard().schema("tenant_2").verify(&mut client).unwrap_err();
    assert!(report.to_string().contains("cannot find relation `tenant_2.users`"), "{report}");
}

/// What stands in `public` does not stand in for a tenant's own.
#[test]
fn a_table_of_the_same_name_elsewhere_hides_nothing() {
    let database = database("CREATE SCHEMA tenant_1");
    let mut client = database.connect().unwrap();
    assert!(guard().verify(&mut client).is_ok());
    let report = guard().schema("tenant_1").verify(&mut client).unwrap_err();
    assert!(report.to_string().contains("cannot find relation `tenant_1.users`"), "{report}");
}

#[test]
fn each_of_two_hundred_tenants_has_its_verdict() {
    let database = database("");
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "DO $$ BEGIN FOR n IN 1..200 LOOP \
             EXECUTE format('CREATE SCHEMA tenant_%s', n); \
             EXECUTE format('CREATE TABLE tenant_%s.users (LIKE public.users INCLUDING ALL)', n); END LOOP; END $$; \
             ALTER TABLE tenant_7.users DROP COLUMN nickname; DROP TABLE tenant_60.users; DROP SCHEMA tenant_199 CASCADE",
        )
        .unwrap();
    let names = || (1..=200).map(|n| format!("tenant_{n}"));
    let users = || Guard::new().only::<crate::models::User>();
    let tenants = users().verify_schemas(&mut client, names()).unwrap();
    assert_eq!(tenants.iter().count(), 200);
    let refused: Vec<(&str, String)> =
        tenants.refused().map(|(schema, report)| (schema, report.findings()[0].message.clone())).collect();
    // Each tenant is judged as if it were alone.
    for tenant in tenants.iter() {
        let alone = users().schema(&tenant.schema).verify(&mut client);
        assert_eq!(alone.is_ok(), tenant.verdict.is_ok(), "{}", tenant.schema);
        let findings = |verdict: &Result<schemacheck::Verified, schemacheck::Report>| match verdict {
            Ok(verified) => verified.findings().to_vec(),
            Err(report) => report.findings().to_vec(),
        };
        assert_eq!(findings(&alone), findings(&tenant.verdict), "{}", tenant.schema);
    }
    assert_eq!(
        refused.iter().map(|(schema, _)| *schema).collect::<Vec<_>>(),
        ["tenant_7", "tenant_60", "tenant_199"]
    );
    assert!(refused[0].1.contains("cannot find column `nickname` in table `tenant_7.users`"), "{refused:?}");
    assert!(refused[1].1.contains("cannot find relation `tenant_60.users`"), "{refused:?}");
    assert!(tenants.to_string().ends_with("197 of 200 schemas verified"), "{tenants}");
    assert!(!tenants.all_fit());
    // A proof of one tenant looks at that tenant again.
    let (_, verified) = tenants.verified().next().unwrap();
    assert!(verified.recheck(&mut client).is_ok());
    client.batch_execute("DROP TABLE tenant_1.users").unwrap();
    assert!(verified.recheck(&mut client).is_err());
}

/// How often the server was asked, by its own log.
fn asked(server: &Server) -> usize {
    std::fs::read_to_string(server.log()).unwrap().matches("AS schemacheck").count()
}

/// So many tenants, with a table of users each.
fn tenants(client: &mut postgres::Client, count: usize) -> Vec<String> {
    client.batch_execute(include_str!("schema.sql")).unwrap();
    let names: Vec<String> = (1..=count).map(|n| format!("tenant_{n}")).collect();
    for name in &names {
        let create = format!("CREATE SCHEMA {name}; CREATE TABLE {name}.users (LIKE users INCLUDING ALL)");
        client.batch_execute(&create).unwrap();
    }
    names
}

#[test]
fn two_hundred_tenants_are_asked_for_in_a_few_questions() {
    let server = Options::default().setting("log_statement", "all").start().unwrap();
    let database = server.create_database().unwrap();
    let mut client = database.connect().unwrap();
    let names = tenants(&mut client, 200);
    let mut ask = || {
        let before = asked(&server);
        let verdicts =
            Guard::new().only::<crate::models::User>().verify_schemas(&mut client, &names).unwrap();
        let refused: Vec<String> = verdicts.refused().map(|(schema, _)| schema.to_owned()).collect();
        (asked(&server) - before, refused)
    };
    assert_eq!(ask(), (4, vec![]));
    // A column that is gone is in the answer. For a table that is gone names are asked for, once.
    let mut migration = database.connect().unwrap();
    migration.batch_execute("ALTER TABLE tenant_7.users DROP COLUMN nickname").unwrap();
    assert_eq!(ask(), (4, vec!["tenant_7".to_owned()]));
    migration.batch_execute("DROP TABLE tenant_60.users; DROP TABLE tenant_199.users").unwrap();
    assert_eq!(ask(), (5, vec!["tenant_7".to_owned(), "tenant_60".to_owned(), "tenant_199".to_owned()]));
}

/// One tenant's catalog makes no sense: those that are asked for along with it have their verdicts all the same.
#[test]
fn a_tenant_that_cannot_be_read_hides_no_other() {
    let server = Options::default().setting("log_statement", "all").start().unwrap();
    let database = server.create_database().unwrap();
    let mut client = database.connect().unwrap();
    let names = tenants(&mut client, 20);
    client
        .batch_execute(
            "ALTER TABLE tenant_3.users DROP COLUMN nickname; \
             UPDATE pg_catalog.pg_attribute SET atttypid = 1 \
             WHERE attrelid = 'tenant_7.users'::regclass AND attname = 'nickname'",
        )
        .unwrap();
    let before = asked(&server);
    let verdicts = Guard::new().only::<crate::models::User>().verify_schemas(&mut client, &names).unwrap();
    let refused: Vec<_> = verdicts.refused().map(|(schema, report)| (schema, report.kind())).collect();
    assert_eq!(refused, [("tenant_3", Kind::Drift), ("tenant_7", Kind::Unreadable)], "{verdicts}");
    assert_eq!(verdicts.verified().count(), 18);
    // All at once, then each by itself; what looks torn is asked for twice.
    assert_eq!(asked(&server) - before, 2 + 20 + 1, "{verdicts}");
}

/// `public` is a tenant here, and has what the others share.
#[test]
fn a_schema_that_others_share_can_be_in_the_list() {
    let database = Server::shared().unwrap().create_database().unwrap();
    let mut client = database.connect().unwrap();
    client.batch_execute(include_str!("schema.sql")).unwrap();
    tenant(&mut client, "tenant_1");
    // With the model that names `public` itself.
    let tenants = all().verify_schemas(&mut client, ["public", "tenant_1"]).unwrap();
    assert!(tenants.all_fit(), "{tenants}");
}

#[test]
fn a_connection_that_breaks_leaves_no_tenant_unsaid() {
    let database = database("CREATE SCHEMA t1; CREATE SCHEMA t2");
    let mut client = database.connect().unwrap();
    let pid: i32 = client.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    database.connect().unwrap().execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
    while client.simple_query("SELECT 1").is_ok() {}
    let tenants = guard().verify_schemas(&mut client, ["t1", "t2", "t1"]).unwrap();
    assert_eq!(tenants.iter().count(), 2);
    assert!(tenants.refused().all(|(_, report)| report.kind() == Kind::Unreadable));
    assert_eq!(tenants.refused().count(), 2);
}

/// What a policy lets pass has not been verified, and no line and no answer says that it has.
#[test]
fn what_the_policy_lets_pass_is_not_called_verified() {
    let database = database("");
    let mut client = database.connect().unwrap();
    for name in ["t1", "t2", "t3"] {
        let create = format!("CREATE SCHEMA {name}; CREATE TABLE {name}.users (LIKE users INCLUDING ALL)");
        client.batch_execute(&create).unwrap();
    }
    let verdicts = |policy, client: &mut postgres::Client| {
        let guard = Guard::new().only::<crate::models::User>().policy(policy);
        guard.verify_schemas(client, ["t1", "t2", "t3"]).unwrap()
    };
    let fit = verdicts(Policy::Warn, &mut client);
    assert_eq!((fit.to_string().as_str(), fit.all_fit()), ("3 of 3 schemas verified", true));
    assert_eq!(fit.overridden().count(), 0);

    client.batch_execute("ALTER TABLE t2.users DROP COLUMN nickname").unwrap();
    let refused = verdicts(Policy::Enforce, &mut client);
    assert!(refused.to_string().ends_with("\n2 of 3 schemas verified"), "{refused}");
    assert_eq!((refused.refused().count(), refused.overridden().count()), (1, 0));
    let warned = verdicts(Policy::Warn, &mut client);
    assert_eq!(
        warned.to_string(),
        "schema `t2`: refusal overridden\n  \
         error[missing-column]: cannot find column `nickname` in table `t2.users`\n\
         2 of 3 schemas verified, 1 refusal overridden (the program's policy is `warn`)"
    );
    assert!(!warned.all_fit());
    // The policy lets it pass: it is refused by nobody, and its proof says what it is.
    assert_eq!((warned.refused().count(), warned.verified().count()), (0, 3));
    let overridden: Vec<_> = warned.overridden().collect();
    assert_eq!(overridden.len(), 1);
    assert!(overridden[0].0 == "t2" && overridden[0].1.is_overridden());

    let off = verdicts(Policy::Off, &mut client);
    assert_eq!(off.to_string(), "3 schemas not verified (the program's policy is `off`)");
    assert!(!off.all_fit());
    assert_eq!((off.refused().count(), off.verified().count(), off.overridden().count()), (0, 3, 3));
}
