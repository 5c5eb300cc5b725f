//! The guard without a server: what it does with each answer.

use schemacheck_core::Code;

use super::*;

const NO_ROWS: &str = r#"[8,["150018","app","me","127.0.0.1",5432,false],["public"],null,null,null,null,null,null,null,null,null]"#;

pub(super) fn guard() -> Guard {
    let model = Manifest {
        package: "shop".into(),
        path: "shop::models::User".into(),
        file: "src/models.rs".into(),
        line: 7,
        relation: "users".into(),
        ..Manifest::default()
    };
    Guard::of(None, Ok(vec![model])).decided(Policy::Enforce)
}

/// The exchange that an adapter would lead.
fn exchange(guard: Guard) -> Exchange {
    Exchange::new(&guard.request().unwrap())
}

mod databases;
mod plain;

#[test]
fn a_missing_table_is_refused_with_database_and_binary() {
    let report =
        guard().target("postgres://me:hunter2@db.example/app").request().unwrap().judge(NO_ROWS).unwrap_err();
    assert_eq!(report.kind(), Kind::Drift);
    assert_eq!(
        report.to_string(),
        "database `app` does not match the schema this program was built against (1 finding)\n  \
         error[missing-relation]: cannot find relation `users`"
    );
    let full = format!("{report:?}");
    for part in [
        "src/models.rs:7",
        "at db.example (as dialled)",
        "PostgreSQL 15.18",
        "shop",
        "SCHEMACHECK_GUARD=warn",
    ] {
        assert!(full.contains(part), "{part} is not in:\n{full}");
    }
    assert!(!full.contains("hunter2"));
}

#[test]
fn without_a_target_the_report_says_who_names_the_database() {
    let report = guard().request().unwrap().judge(NO_ROWS).unwrap_err();
    assert_eq!(report.database().to_string(), "database `app` at 127.0.0.1:5432 (as the server reports)");
}

#[test]
fn garbage_is_unreadable_and_never_verified() {
    for text in ["", "[]", "null", "{}", "[1]"] {
        let report = guard().request().unwrap().judge(text).unwrap_err();
        assert_eq!(report.kind(), Kind::Unreadable, "{text}");
        assert_eq!(report.findings()[0].code, Code::Unreadable);
    }
}

#[test]
fn no_models_is_an_error_of_its_own() {
    let report = Guard::of(None, Ok(Vec::new())).decided(Policy::Enforce).request().unwrap_err();
    assert_eq!(report.kind(), Kind::NoModels);
    assert_eq!(report.findings()[0].code, Code::NoModels);
    assert_eq!(report.to_string().lines().next(), Some("nothing was verified: this program has no models"));
}

#[test]
fn a_choice_of_no_model_is_told_from_a_program_without() {
    let report = |guard: Guard| guard.request().unwrap_err();
    let misspelt = report(guard().only_in("crate::modles"));
    assert_eq!(misspelt.kind(), Kind::NoModels);
    assert_eq!(
        misspelt.to_string(),
        "nothing was verified: the guard chose none of the models\n  \
         error[no-models]: no model is in module `crate::modles`, so nothing was verified"
    );
    assert_eq!(misspelt.findings()[0].notes, ["the models that are linked are in `shop::models`"]);
    // The first choice that leaves none is the one to mend.
    assert_eq!(
        report(guard().only_in("nowhere").except_in("shop")).findings()[0].message.find("`nowhere`"),
        Some(22)
    );
    let left_out = report(guard().except_in("shop"));
    assert!(left_out.to_string().contains("no model was left to look for"), "{left_out}");
}

#[test]
fn modules_choose_models() {
    assert!(guard().only_in("shop::models").request().is_ok());
    assert!(guard().only_in("shop").request().is_ok());
    assert!(guard().only_in("crate::models").request().is_ok());
    assert!(guard().only_in("crate::other").request().is_err());
    assert!(guard().only_in("shop::mod").request().is_err());
    assert!(guard().except_in("shop::models").request().is_err());
    assert!(guard().except_in("shop::other").request().is_ok());
}

#[test]
fn a_torn_answer_is_asked_for_once_more() {
    let mut exchange = exchange(guard());
    let first = exchange.question().unwrap();
    exchange = exchange.answer(Err("ERROR: cache lookup failed for relation 4711".into()));
    assert_eq!(exchange.question().as_ref(), Some(&first));
    exchange = exchange.answer(Err("ERROR: cache lookup failed for relation 4711".into()));
    assert_eq!(exchange.question(), None);
    assert_eq!(exchange.end().verdict.unwrap_err().kind(), Kind::Unreadable);
}

#[test]
fn a_dead_connection_is_not_asked_again() {
    let mut exchange = exchange(guard());
    exchange = exchange.answer(Err("connection closed".into()));
    assert_eq!(exchange.question(), None);
    let report = exchange.end().verdict.unwrap_err();
    assert_eq!(report.kind(), Kind::Unreadable);
    assert!(report.to_string().contains("connection closed"));
}

#[test]
fn a_refusal_asks_for_names_and_stands_without_them() {
    for (names, help) in [
        (Ok(r#"[[["public","user"],["app","users"]],null,"public",null]"#.to_owned()), 1),
        (Err("cut".into()), 0),
    ] {
        let mut exchange = exchange(guard());
        exchange = exchange.answer(Ok(NO_ROWS.into()));
        assert!(exchange.question().unwrap().contains("LIMIT 10000"));
        exchange = exchange.answer(names);
        let report = exchange.end().verdict.unwrap_err();
        assert_eq!(report.kind(), Kind::Drift);
        assert_eq!(report.findings()[0].help.len(), help);
    }
}

/// The verdict where nothing is asked.
fn settled(guard: Guard) -> Verified {
    guard.prepare().unwrap_err().unwrap()
}

#[test]
fn overrides_start_the_program_and_say_so() {
    let warned = guard().decided(Policy::Warn);
    let verified = warned.request().unwrap().judge(NO_ROWS).unwrap();
    assert!(verified.is_overridden());
    assert!(
        verified.to_string().starts_with("refusal overridden (SCHEMACHECK_GUARD=warn): 1 model"),
        "{verified}"
    );
    let none = guard().only_in("nowhere").decided(Policy::Warn);
    assert!(settled(none).is_overridden());
    let off = guard().decided(Policy::Off);
    assert_eq!(settled(off).to_string(), "database not verified (SCHEMACHECK_GUARD=off)");
}

#[test]
fn the_operator_has_the_last_word_over_the_program() {
    let own = Decided::new(Policy::Enforce).or(Policy::Warn);
    // The environment of the tests says nothing.
    let mut guard_ = guard();
    guard_.options.policy = own;
    let verified = guard_.request().unwrap().judge(NO_ROWS).unwrap();
    assert!(
        verified.to_string().starts_with("refusal overridden (the program's policy is `warn`): 1 model"),
        "{verified}"
    );
    let enforced = guard().decided(Policy::Enforce).policy(Policy::Off);
    assert!(enforced.request().unwrap().judge(NO_ROWS).is_err());
    let mut off = guard();
    off.options.policy = Decided::new(Policy::Enforce);
    let verdict = settled(off.policy(Policy::Off));
    assert_eq!(verdict.to_string(), "database not verified (the program's policy is `off`)");
}
