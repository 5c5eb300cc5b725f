//! Plain tables are asked for first, and whatever else there is in full.

use schemacheck_core::RelKind;
use schemacheck_core::manifest::{Expected, Kind as Does};

use super::*;

fn plain() -> Guard {
    let model = Manifest {
        package: "shop".into(),
        path: "shop::models::User".into(),
        relation: "users".into(),
        kinds: vec![Does::Read],
        relation_kind: Some(RelKind::Table),
        columns: vec![Expected { column: "id".into(), field: "id".into(), ..Expected::default() }],
        ..Manifest::default()
    };
    Guard::of(None, Ok(vec![model])).decided(Policy::Enforce)
}

/// The answer about one relation, as JSON.
fn answer(relation: &str) -> Result<String, crate::error::Cause> {
    let server = r#"["150018","app","me","127.0.0.1",5432,false]"#;
    Ok(format!(r#"["plain 2",{server},["public"],{relation},null,null]"#))
}

const FITS: &str = r#"[["public","users","r",["20 -1 t   id","99999 -1 t   mood"],true]]"#;

fn is_plain(question: &str) -> bool {
    question.contains("'plain 2'")
}

#[test]
fn where_all_is_plain_and_well_one_answer_is_enough() {
    let mut exchange = exchange(plain());
    assert!(is_plain(&exchange.question().unwrap()));
    // A type that no model reads need not be known.
    exchange = exchange.answer(answer(FITS));
    assert_eq!(exchange.question(), None);
    assert!(exchange.end().verdict.is_ok());
}

#[test]
fn anything_else_is_asked_for_in_full() {
    for relation in [
        "null".to_owned(),
        "[]".to_owned(),
        FITS.replace("true", "false"),
        FITS.replace("true", "null"),
        // The model's column has a type that is not the server's own, or is gone.
        FITS.replace("20 -1", "99999 -1"),
        FITS.replace(" id", " no"),
    ] {
        let mut exchange = exchange(plain());
        exchange = exchange.answer(answer(&relation));
        assert!(!is_plain(&exchange.question().unwrap()), "{relation}");
        exchange = exchange.answer(Ok(NO_ROWS.into()));
        assert!(exchange.question().unwrap().contains("LIMIT 10000"), "{relation}");
    }
    for unreadable in ["", "[]", "null", NO_ROWS] {
        let exchange = exchange(plain()).answer(Ok(unreadable.into()));
        assert!(!is_plain(&exchange.question().unwrap()), "{unreadable}");
    }
    let gone = exchange(plain()).answer(Err("connection closed".into()));
    assert_eq!(gone.question(), None);
    assert_eq!(gone.end().verdict.unwrap_err().kind(), Kind::Unreadable);
}

#[test]
fn what_the_models_expect_decides_what_is_asked_first() {
    let first = |change: fn(&mut Manifest)| {
        let mut guard = plain();
        change(&mut guard.manifests.as_mut().unwrap()[0]);
        is_plain(&exchange(guard).question().unwrap())
    };
    assert!(first(|_| {}) && first(|model| model.kinds.push(Does::Update)));
    assert!(!first(|model| model.kinds.push(Does::Insert)));
    assert!(!first(|model| model.relation_kind = Some(RelKind::View)));
    assert!(!first(|model| model.relation_kind = None));
    assert!(!first(|model| model.sort = Sort::Enum));
    assert!(!first(|model| model.columns[0].promises.not_null = Some(true)));
    // The sans-I/O pair has one SELECT, which is the full one.
    assert!(!is_plain(plain().request().unwrap().sql()));
    assert!(is_plain(&exchange(plain().schema("tenant")).question().unwrap()));
}
