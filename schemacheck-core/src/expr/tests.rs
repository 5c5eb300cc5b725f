//! The texts are what PostgreSQL 15 prints; `ruleutils.c` words them alike from 14 to 18.

use proptest::prelude::*;

use super::*;
use crate::catalog::{Catalog, Column, Constraint, ConstraintKind, RelKind};
use crate::compare::testing;
use crate::pg_type::{PgType, TypeDef, TypeKind};
use crate::{QualifiedName, Relation};

fn parse(text: &str) -> Expr {
    Expr::parse(text)
}

fn strings(values: &[&str]) -> Vec<Const> {
    values.iter().map(|value| Const::Str((*value).into())).collect()
}

#[track_caller]
fn same(a: &str, b: &str) {
    assert_eq!(parse(a), parse(b), "{a} / {b}");
    assert!(!matches!(parse(a), Expr::Unknown(text) if text.is_empty()));
}

/// The labels that a check admits for a column, sorted; `?` behind them where it may admit fewer.
#[track_caller]
fn admits(check: &str, column: &str, expect: Option<&str>) {
    let found = admitted(&Check::parse(check).expr, column).map(|mut found| {
        found.labels.sort();
        found.labels.join(",") + if found.exact { "" } else { "?" }
    });
    assert_eq!(found.as_deref(), expect, "{check}: {:?}", Check::parse(check).expr);
}

#[test]
fn the_server_spells_lists_in_many_ways() {
    for (check, column) in [
        ("CHECK ((t = ANY (ARRAY['a'::text, 'b'::text])))", "t"),
        ("CHECK (((v)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))", "v"),
        ("CHECK (((v3)::text = ANY ('{a,b}'::text[])))", "v3"),
        ("CHECK ((c = ANY (ARRAY['a'::bpchar, 'b'::bpchar])))", "c"),
        ("CHECK ((ci OPERATOR(public.=) ANY (ARRAY['a'::public.citext, 'b'::public.citext])))", "ci"),
        ("CHECK ((n = ANY (ARRAY['a'::name, 'b'::name])))", "n"),
        ("CHECK (((VALUE)::text = ANY (ARRAY['a'::text, 'b'::text])))", "value"),
        ("CHECK (((VALUE = ANY (ARRAY['a'::bpchar, 'b'::bpchar])) OR (VALUE IS NULL)))", "value"),
        ("CHECK ((\"Q t\" = ANY (ARRAY['a'::text, 'b'::text])))", "Q t"),
        ("CHECK (((t2 = 'a'::text) OR (t2 = 'b'::text) OR (t2 IS NULL)))", "t2"),
        (
            "CHECK (((('a'::character varying)::text = t) OR (((t)::character varying)::text = 'b'::text)))",
            "t",
        ),
        ("CHECK (((t3 IS NULL) OR (t3 = ANY (ARRAY['a'::text, 'b'::text]))))", "t3"),
        ("CHECK (((t COLLATE \"C\") = ANY (ARRAY['a'::text, 'b'::text])))", "t"),
        ("CHECK (((t IS NOT NULL) AND (t = ANY (ARRAY['a'::text, 'b'::text]))))", "t"),
        ("CHECK ((tags <@ ARRAY['a'::text, 'b'::text]))", "tags"),
        ("CHECK ((tags <@ '{a,b}'::text[]))", "tags"),
        ("CHECK ((t = ANY (ARRAY['a'::text, 'b'::text]))) NOT VALID", "t"),
        ("CHECK ((t = ANY (ARRAY['a'::text, 'b'::text]))) NO INHERIT", "t"),
        // By hand.
        ("check (t in ('a', 'b'))", "t"),
        ("T In ('a',E'\\x62')", "t"),
        ("orders.t = any(array['a','b'])", "t"),
        ("t = 'a' or t is null or 'b' = t -- both", "t"),
        ("t = $x$a$x$ OR t = U&'\\0062'", "t"),
        ("not (not (t in ('a','b')))", "t"),
        ("(t = 'a' AND kind = 1) OR (t = 'b' AND kind = 2)", "t"),
        ("t IN ('a','b') AND NOT other AND other2 IS NULL AND TRUE", "t"),
    ] {
        admits(check, column, Some("a,b"));
        admits(check, "another", None);
    }
    admits("CHECK ((t = 'a'::text))", "t", Some("a"));
    admits("CHECK ((t = ANY (ARRAY['b''c'::text, 'd\\e'::text, 'ü€'::text])))", "t", Some("b'c,d\\e,ü€"));
    admits("CHECK ((t = ANY (E'{\"a b\",\"c\\\\\"d\",null}'::text[])))", "t", None);
    admits("CHECK ((t = ANY ('{\"a b\",\"c\\\"d\",\"null\"}'::text[])))", "t", Some("a b,c\"d,null"));
}

#[test]
fn what_else_is_asked_for_makes_a_list_inexact() {
    admits("((t = ANY (ARRAY['a'::text, 'b'::text])) AND (length(t) > 3))", "t", Some("a,b?"));
    admits("t IN ('a','b') AND t <> 'b'", "t", Some("a,b?"));
    admits("t IN ('a','b') AND CASE WHEN x THEN y ELSE z END", "t", Some("a,b?"));
    admits("t IN ('a','b') AND t IN ('b','c')", "t", Some("b"));
    admits("(t = 'a' AND length(x) > 1) OR t = 'b'", "t", Some("a,b?"));
    admits("t IN ('a','b') AND (x OR t IS NULL)", "t", Some("a,b?"));
}

#[test]
fn what_cannot_be_listed_admits_nothing_that_is_known() {
    for check in [
        "CHECK ((NOT (t = 'a'::text)))",
        "CHECK ((t <> ALL (ARRAY['a'::text, 'b'::text])))",
        // NULL satisfies a check.
        "CHECK ((t = ANY (ARRAY['a'::text, NULL::text])))",
        "t = 'a' OR t = NULL",
        "CHECK ((t = ANY (ARRAY['a'::text, upper('b'::text)])))",
        "CHECK ((t ~ '^(a|b)$'::text))",
        "CHECK ((lower(t) = ANY (ARRAY['a'::text, 'b'::text])))",
        "t = 'a' OR length(t) > 3",
        "t = 'a' OR other",
        "t = 1",
        "t > 'a' AND t < 'b'",
        // Under these casts other values are equal too.
        "((t)::public.citext = ANY (ARRAY['a'::public.citext]))",
        "((t)::bpchar = 'a'::bpchar)",
        "((t)::character(1) = 'a'::bpchar)",
        "((t)::character varying(1))::text = 'a'::text",
        "t COLLATE public.ci = 'a'",
        "t = 'abc'::varchar(2)",
        "CASE WHEN t = 'a' THEN true ELSE false END",
        "t IN (SELECT name FROM kinds)",
        "(t, x) IN (('a', 1), ('b', 2))",
        "(a).t = 'a'",
        "t[1] = 'a'",
        "(t = 'a') IS TRUE",
        "true",
        "",
    ] {
        admits(check, "t", None);
    }
    admits("false", "t", Some(""));
}

#[test]
fn spelling_makes_no_difference() {
    same("(deleted_at IS NULL)", "deleted_at is null");
    same("((status = ANY (ARRAY['a'::text, 'b'::text])) AND (NOT ok))", "not ok and status in ('b', 'a')");
    same("((ok IS TRUE) AND (a > 3))", "3 < a and ok is true");
    same("ok", "ok = true");
    same("(NOT ok)", "ok = false");
    same("((a)::numeric > 1.5)", "a > 1.5");
    same("(i = ANY (ARRAY[1, '-2'::integer]))", "i in (-2, 1)");
    same("(i8 = ANY (ARRAY[(1)::bigint, (2)::bigint]))", "i8 in (1, 2)");
    same("(b ~~ 'x%'::text)", "b like 'x%'");
    same("(b !~~* 'x%'::text)", "b NOT ILIKE 'x%'");
    same("((a >= 1) AND (a <= 3))", "a between 1 and 3");
    same("((a < 1) OR (a > 3))", "a not between 1 and 3");
    same("(t <> ALL (ARRAY['a'::text, 'b'::text]))", "t not in ('a','b')");
    same("((t <> 'a'::text) AND (t <> 'b'::text))", "t not in ('a','b')");
    same("(lower(email) = 'x'::text)", "'x' = pg_catalog.lower(email)");
    same("((((a + b) * c) > 0))", "(a + b) * c > 0");
    same("(f > '2020-01-01'::date)", "f > date '2020-01-01'");
    same("((e ->> 'x'::text) = ANY (ARRAY['a'::text, 'b'::text]))", "e->>'x' = any (array['a', 'b'])");
    same("(d IS NOT DISTINCT FROM 1)", "not (d is distinct from 1)");
    same("(a = 1 or b = 2) and c", "c and (b = 2 or a = 1)");
    same("x IS NOT NULL", "x NOTNULL");
    let differ = |a: &str, b: &str| assert_ne!(parse(a), parse(b), "{a} / {b}");
    differ("(a + b) * c > 0", "a + (b * c) > 0");
    differ("a = 'x'", "a = 'X'");
    differ("a", "\"A\"");
    differ("a is null", "a is not null");
    differ("a = 1 and b = 2 or c", "a = 1 and (b = 2 or c)");
    differ("(a)::date = '2020-01-01'", "a = '2020-01-01'");
    differ("a - b > 0", "b - a > 0");
    differ("deleted_at IS NULL", "archived_at IS NULL");
    assert_eq!(parse("status IN ('b','a','b')"), Expr::In("status".into(), strings(&["a", "b"])));
}

#[test]
fn suffixes_say_what_holds() {
    let check = |text: &str| {
        let check = Check::parse(text);
        (check.holds_for_all, check.enforced, check.expr == parse("a"))
    };
    assert_eq!(check("CHECK (a)"), (true, true, true));
    assert_eq!(check("CHECK (a) NO INHERIT NOT VALID"), (false, true, true));
    assert_eq!(check("CHECK (a) NOT ENFORCED"), (false, false, true));
    assert_eq!(check("a"), (true, true, true));
}

#[test]
fn deep_and_long_texts_are_text() {
    let deep = format!("{}a{}", "(".repeat(5000), ")".repeat(5000));
    assert!(matches!(parse(&deep), Expr::Unknown(_)));
    assert!(matches!(parse(&"not ".repeat(5000)), Expr::Unknown(_)));
    assert!(matches!(parse(&("a".to_owned() + &" + a".repeat(5000))), Expr::Unknown(_)));
    let many: Vec<String> = (0..3000).map(|n| format!("t = 'label {n}'")).collect();
    assert_eq!(admitted(&parse(&many.join(" OR ")), "t").unwrap().labels.len(), 3000);
}

fn const_of() -> impl Strategy<Value = Const> {
    prop_oneof![
        Just(Const::Null),
        (-9..9_i32).prop_map(|n| Const::Number(n.to_string())),
        "[^\u{0}]{0,6}".prop_map(Const::Str),
    ]
}

fn expr_of() -> impl Strategy<Value = Expr> {
    let column = || prop_oneof!["[a-z]{1,4}", "[^\u{0}]{1,6}"];
    let values = || proptest::collection::vec(const_of(), 0..4);
    let other =
        proptest::sample::select(vec!["f()", "(\"a\" > 3)", "(\"a\" IS TRUE)", "(case when a then b end)"]);
    let leaf = prop_oneof![
        any::<bool>().prop_map(Expr::Bool),
        column().prop_map(Expr::Column),
        column().prop_map(Expr::IsNull),
        (column(), values()).prop_map(|(column, values)| Expr::is_in(column, values)),
        (column(), values()).prop_map(|(column, values)| Expr::is_within(column, values)),
        other.prop_map(|text| Expr::Unknown(text.to_owned())),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let arms = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            inner.clone().prop_map(Expr::negated),
            arms().prop_map(Expr::all),
            arms().prop_map(Expr::any),
        ]
    })
}

/// The same cases each time, unless asked otherwise: as `tests/properties.rs` does it.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = proptest::test_runner::RngSeed::Fixed(1);
    }
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_written_is_read_again(expr in expr_of()) {
        let text = expr.to_string();
        prop_assert_eq!(Expr::parse(&text), expr, "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let expr = Check::parse(&text).expr;
        let _ = (admitted(&expr, "a"), expr.to_string());
    }

    #[test]
    fn no_row_of_tokens_makes_it_panic(parts in proptest::collection::vec(proptest::sample::select(vec![
        "a", "\"b\"", "'x'", "E'\\", "E'\\x4", "U&'\\00", "$$", "$t$", "(", ")", "[", "]", ",", ".", "::", "=", "<>",
        "!=", "<@", "-", "+", "and", "or", "not", "is", "null", "in", "any", "all", "array", "case", "end", "between",
        "like", "operator", "collate", "at time zone", "distinct from", "character varying", "timestamp", "'{a,b}'",
        "'{\"", "1", "1.5e", ".", "--", "/*", "*/", "true", "CHECK", "NOT VALID", "text", "ü", "\u{85}", "\\",
    ]), 0..24), glue in proptest::sample::select(vec!["", " "])) {
        let expr = Check::parse(&parts.join(glue)).expr;
        let again = Expr::parse(&expr.to_string());
        let _ = (admitted(&expr, "a"), again);
    }
}

fn table(checks: &[(&str, bool)], column: Column) -> (Catalog, Relation) {
    let mut catalog = testing::table("public.messages", &[column]);
    let relation = catalog.relations.values_mut().next().unwrap();
    relation.constraints = checks
        .iter()
        .map(|(check, validated)| Constraint {
            name: "c".into(),
            kind: ConstraintKind::Check((*check).into()),
            validated: *validated,
            enforced: true,
            period: false,
            deferrable: false,
            deferred: false,
        })
        .collect();
    let relation = relation.clone();
    (catalog, relation)
}

#[track_caller]
fn knows(catalog: &Catalog, relation: &Relation, writes: bool, expect: Option<&str>) {
    let found = relation
        .admitted(&relation.columns[0], catalog, writes)
        .map(|facts| facts.admitted.labels.join(",") + if facts.admitted.exact { "" } else { "?" });
    assert_eq!(found.as_deref(), expect);
}

#[test]
fn several_checks_intersect() {
    let status = || testing::column("status", "text");
    let lists = [("CHECK (status IN ('a','b'))", true), ("CHECK (status IN ('b','c'))", true)];
    let (catalog, relation) = table(&lists, status());
    knows(&catalog, &relation, false, Some("b"));
    let (catalog, relation) = table(&[lists[0], ("CHECK ((length(status) > 0))", true)], status());
    knows(&catalog, &relation, false, Some("a,b"));
    let (catalog, relation) = table(&[], status());
    knows(&catalog, &relation, true, None);
}

#[test]
fn rows_may_be_older_than_a_check() {
    let status = || testing::column("status", "text");
    let list = "CHECK (status IN ('a','b'))";
    for check in [(list, false), ("CHECK (status IN ('a','b')) NO INHERIT", true)] {
        let (catalog, relation) = table(&[check], status());
        knows(&catalog, &relation, false, None);
        knows(&catalog, &relation, true, Some("a,b?"));
    }
    let (catalog, mut relation) = table(&[(list, true)], status());
    relation.constraints[0].enforced = false;
    knows(&catalog, &relation, true, None);
    relation.constraints[0].enforced = true;
    relation.kind = RelKind::ForeignTable;
    knows(&catalog, &relation, true, None);
}

#[test]
fn domains_have_checks_too() {
    let mut column = testing::column("status", "text");
    column.ty = PgType::named("public", "outer");
    let (mut catalog, relation) =
        table(&[("CHECK (((status)::text = ANY (ARRAY['a'::text, 'b'::text, 'c'::text])))", true)], column);
    let mut add = |name: &str, base: PgType, check: &str| {
        let name = QualifiedName::new("public", name);
        let checks = vec![("c".to_owned(), check.to_owned())];
        let kind = TypeKind::Domain { base, not_null: false, default: None, checks };
        catalog.types.insert(name.clone(), TypeDef { name, kind });
    };
    add(
        "outer",
        PgType::named("public", "inner"),
        "CHECK (((VALUE)::text = ANY (ARRAY['a'::text, 'b'::text])))",
    );
    add("inner", PgType::builtin("varchar"), "CHECK (((VALUE)::text <> 'z'::text)) NOT VALID");
    knows(&catalog, &relation, false, Some("a,b"));
    assert_eq!(relation.admitted(&relation.columns[0], &catalog, false).unwrap().fold, Fold::Nothing);
}

#[test]
fn types_and_collations_say_what_is_equal() {
    let facts = |column: Column| {
        let (catalog, relation) = table(&[("CHECK (c = ANY (ARRAY['a', 'b ']))", true)], column);
        relation.admitted(&relation.columns[0], &catalog, false)
    };
    let admits = |column: Column, label: &str| facts(column).unwrap().admits(label);
    assert!(!admits(testing::column("c", "text"), "A") && !admits(testing::column("c", "text"), "b"));
    assert!(admits(testing::column("c", "bpchar"), "b") && !admits(testing::column("c", "bpchar"), "A"));
    let citext = Column { ty: PgType::named("public", "citext"), ..testing::column("c", "text") };
    assert!(admits(citext.clone(), "A") && !admits(citext.clone(), "c") && admits(citext, "Ä"));
    assert_eq!(facts(testing::column("c", "int4")), None);
    let collated = |schema: &str| Column {
        collation: Some(QualifiedName::new(schema, "x")),
        ..testing::column("c", "text")
    };
    assert_eq!(facts(collated("public")), None);
    assert!(facts(collated("pg_catalog")).is_some());
}
