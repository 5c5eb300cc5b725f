//! Levels that a model writes for a finding, at the start.

use schemacheck::{Guard, Model, Severity};

use crate::support::{check_with, connect};

#[derive(Model)]
#[schemacheck(table = "tickets", read, warn(missing-column, reason = "added by a later release"))]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Warned {
    id: i32,
    title: String,
}

#[derive(Model)]
#[schemacheck(table = "tickets", read)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Usual {
    id: i32,
    title: String,
}

#[derive(Model)]
#[schemacheck(table = "tickets", read)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Denied {
    id: i32,
    #[schemacheck(deny(nullable-column, reason = "a NULL once stopped all reading"))]
    title: String,
}

const MISSING: &str = "[missing-column]: cannot find column `title` in table `public.tickets`";

#[test]
fn what_a_model_warns_of_is_found_and_starts() {
    let change = "ALTER TABLE tickets DROP COLUMN title";
    let (mut client, _database) = connect(change);
    let verified = Guard::new().only::<(Warned,)>().verify(&mut client).unwrap();
    let found = verified.findings().iter().filter(|finding| finding.severity > Severity::Info);
    let found: Vec<String> = found.map(|finding| finding.headline()).collect();
    assert_eq!(found, [format!("warning{MISSING}")]);
    assert!(!verified.is_overridden());
    // A model that says nothing of it holds the other to what is usual.
    let report = Guard::new().only::<(Warned, Usual)>().verify(&mut client).unwrap_err();
    assert_eq!(report.findings()[0].headline(), format!("error{MISSING}"));
    check_with(Guard::new().only::<(Usual,)>(), change, &[&format!("error{MISSING}")]);
    // To warn of one finding is not to warn of another.
    client.batch_execute("DROP TABLE tickets").unwrap();
    let report = Guard::new().only::<(Warned,)>().verify(&mut client).unwrap_err();
    assert!(report.to_string().contains("cannot find relation `public.tickets`"), "{report}");
}

#[test]
fn what_a_model_denies_is_refused() {
    let (mut client, _database) = connect("ALTER TABLE tickets ALTER title DROP NOT NULL");
    let verified = Guard::new().only::<(Usual,)>().verify(&mut client).unwrap();
    let found: Vec<Severity> = verified.findings().iter().map(|finding| finding.severity).collect();
    assert_eq!(found, [Severity::Warning]);
    let report = Guard::new().only::<(Denied,)>().verify(&mut client).unwrap_err();
    let found: Vec<String> = report.findings().iter().map(|finding| finding.headline()).collect();
    assert_eq!(found.len(), 1, "{report}");
    assert!(
        found[0].starts_with("error[nullable-column]: column `public.tickets.title` is nullable"),
        "{found:?}"
    );
}
