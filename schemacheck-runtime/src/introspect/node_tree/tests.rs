//! The trees are those of PostgreSQL 15, as text.

use super::*;

fn names(columns: &[(i32, &str)]) -> Names {
    Names {
        columns: columns.iter().map(|(number, name)| (*number, (*name).to_owned())).collect(),
        citext: [16385].into(),
        citext_equals: [16409].into(),
    }
}

/// A tree says what the server deparses it to.
#[track_caller]
fn says(columns: &[(i32, &str)], tree: &str, deparsed: &str) {
    let found = condition(tree, &names(columns));
    assert_eq!(found, Expr::parse(deparsed), "{tree}");
    assert!(!found.to_string().contains("unknown()"), "{found}");
    // The guard hands it on as text.
    assert_eq!(Expr::parse(&found.to_string()), found);
}

#[track_caller]
fn says_nothing(columns: &[(i32, &str)], tree: &str) {
    assert_eq!(condition(tree, &names(columns)), unknown(), "{tree}");
}

#[test]
fn lists_are_read() {
    says(
        &[(1, "t")],
        r#"{SCALARARRAYOPEXPR :opno 98 :opfuncid 67 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 100 :args ({VAR :varno 1 :varattno 1 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 1 :location 32} {ARRAYEXPR :array_typeid 1009 :array_collid 100 :element_typeid 25 :elements ({CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 38 :constvalue 5 [ 20 0 0 0 97 ]} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 42 :constvalue 7 [ 28 0 0 0 98 39 99 ]} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 50 :constvalue 7 [ 28 0 0 0 100 92 101 ]} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 59 :constvalue 9 [ 36 0 0 0 -61 -68 -30 -126 -84 ]}) :multidims false :location -1}) :location 34}"#,
        r#"(t = ANY (ARRAY['a'::text, 'b''c'::text, 'd\e'::text, 'ü€'::text]))"#,
    );
    says(
        &[(5, "t4")],
        r#"{SCALARARRAYOPEXPR :opno 98 :opfuncid 67 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 100 :args ({VAR :varno 1 :varattno 5 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 5 :location 215} {CONST :consttype 1009 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 225 :constvalue 40 [ -96 0 0 0 1 0 0 0 0 0 0 0 25 0 0 0 2 0 0 0 1 0 0 0 20 0 0 0 97 0 0 0 20 0 0 0 98 0 0 0 ]}) :location 218}"#,
        r#"(t4 = ANY ('{a,b}'::text[]))"#,
    );
    says(
        &[(20, "v")],
        r#"{SCALARARRAYOPEXPR :opno 98 :opfuncid 67 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 100 :args ({RELABELTYPE :arg {VAR :varno 1 :varattno 20 :vartype 1043 :vartypmod 24 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 20 :location 859} :resulttype 25 :resulttypmod -1 :resultcollid 100 :relabelformat 2 :location -1} {ARRAYCOERCEEXPR :arg {ARRAYEXPR :array_typeid 1015 :array_collid 100 :element_typeid 1043 :elements ({CONST :consttype 1043 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 865 :constvalue 5 [ 20 0 0 0 97 ]} {CONST :consttype 1043 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 869 :constvalue 5 [ 20 0 0 0 98 ]}) :multidims false :location -1} :elemexpr {RELABELTYPE :arg {CASETESTEXPR :typeId 1043 :typeMod -1 :collation 0} :resulttype 25 :resulttypmod -1 :resultcollid 100 :relabelformat 2 :location -1} :resulttype 1009 :resulttypmod -1 :resultcollid 100 :coerceformat 2 :location -1}) :location 861}"#,
        r#"((v)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))"#,
    );
    says(
        &[(25, "c1")],
        r#"{OPEXPR :opno 1054 :opfuncid 1048 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 100 :args ({VAR :varno 1 :varattno 25 :vartype 1042 :vartypmod 7 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 25 :location 1051} {CONST :consttype 1042 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 1056 :constvalue 5 [ 20 0 0 0 97 ]}) :location 1054}"#,
        r#"(c1 = 'a'::bpchar)"#,
    );
    says(
        &[(26, "ci")],
        r#"{SCALARARRAYOPEXPR :opno 16409 :opfuncid 16402 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 100 :args ({VAR :varno 1 :varattno 26 :vartype 16385 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 26 :location 1080} {ARRAYEXPR :array_typeid 16390 :array_collid 100 :element_typeid 16385 :elements ({CONST :consttype 16385 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 1087 :constvalue 5 [ 20 0 0 0 97 ]} {CONST :consttype 16385 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 1091 :constvalue 5 [ 20 0 0 0 98 ]}) :multidims false :location -1}) :location 1083}"#,
        r#"(ci = ANY (ARRAY['a'::citext, 'b'::citext]))"#,
    );
    says(
        &[(28, "n")],
        r#"{SCALARARRAYOPEXPR :opno 93 :opfuncid 62 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 950 :args ({VAR :varno 1 :varattno 28 :vartype 19 :vartypmod -1 :varcollid 950 :varlevelsup 0 :varnosyn 1 :varattnosyn 28 :location 1144} {ARRAYEXPR :array_typeid 1003 :array_collid 950 :element_typeid 19 :elements ({CONST :consttype 19 :consttypmod -1 :constcollid 950 :constlen 64 :constbyval false :constisnull false :location 1150 :constvalue 64 [ 97 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ]} {CONST :consttype 19 :consttypmod -1 :constcollid 950 :constlen 64 :constbyval false :constisnull false :location 1154 :constvalue 64 [ 98 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ]}) :multidims false :location -1}) :location 1146}"#,
        r#"(n = ANY (ARRAY['a'::name, 'b'::name]))"#,
    );
    says(
        &[],
        r#"{BOOLEXPR :boolop or :args ({SCALARARRAYOPEXPR :opno 1054 :opfuncid 1048 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 100 :args ({COERCETODOMAINVALUE :typeId 1042 :typeMod 7 :collation 100 :location 35} {ARRAYEXPR :array_typeid 1014 :array_collid 100 :element_typeid 1042 :elements ({CONST :consttype 1042 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 45 :constvalue 5 [ 20 0 0 0 97 ]} {CONST :consttype 1042 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 49 :constvalue 5 [ 20 0 0 0 98 ]}) :multidims false :location -1}) :location 41} {NULLTEST :arg {COERCETODOMAINVALUE :typeId 1042 :typeMod 7 :collation 100 :location 57} :nulltesttype 0 :argisrow false :location 63}) :location 54}"#,
        r#"((VALUE = ANY (ARRAY['a'::bpchar, 'b'::bpchar])) OR (VALUE IS NULL))"#,
    );
    says(
        &[(18, "t17")],
        r#"{SCALARARRAYOPEXPR :opno 98 :opfuncid 67 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 950 :args ({COLLATEEXPR :arg {VAR :varno 1 :varattno 18 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 18 :location 758} :collOid 950 :location 762} {ARRAYEXPR :array_typeid 1009 :array_collid 100 :element_typeid 25 :elements ({CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 778 :constvalue 5 [ 20 0 0 0 97 ]} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 782 :constvalue 5 [ 20 0 0 0 98 ]}) :multidims false :location -1}) :location 774}"#,
        r#"((t17 COLLATE "C") = ANY (ARRAY['a'::text, 'b'::text]))"#,
    );
    says(
        &[(29, "dd1")],
        r#"{SCALARARRAYOPEXPR :opno 98 :opfuncid 67 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 100 :args ({RELABELTYPE :arg {VAR :varno 1 :varattno 29 :vartype 16490 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 29 :location 1176} :resulttype 25 :resulttypmod -1 :resultcollid 100 :relabelformat 2 :location -1} {ARRAYEXPR :array_typeid 1009 :array_collid 100 :element_typeid 25 :elements ({CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 1184 :constvalue 5 [ 20 0 0 0 97 ]} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 1188 :constvalue 5 [ 20 0 0 0 98 ]}) :multidims false :location -1}) :location 1180}"#,
        r#"((dd1)::text = ANY (ARRAY['a'::text, 'b'::text]))"#,
    );
    says(
        &[(39, "ta1")],
        r#"{OPEXPR :opno 2752 :opfuncid 2749 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 100 :args ({VAR :varno 1 :varattno 39 :vartype 1009 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 39 :location 1459} {CONST :consttype 1009 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 1466 :constvalue 40 [ -96 0 0 0 1 0 0 0 0 0 0 0 25 0 0 0 2 0 0 0 1 0 0 0 20 0 0 0 97 0 0 0 20 0 0 0 98 0 0 0 ]}) :location 1463}"#,
        r#"(ta1 <@ '{a,b}'::text[])"#,
    );
    says(
        &[(12, "t11")],
        r#"{SCALARARRAYOPEXPR :opno 98 :opfuncid 67 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 100 :args ({VAR :varno 1 :varattno 12 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 12 :location 500} {ARRAYEXPR :array_typeid 1009 :array_collid 100 :element_typeid 25 :elements ({CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 508 :constvalue 5 [ 20 0 0 0 97 ]} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull true :location 513 :constvalue <>}) :multidims false :location -1}) :location 504}"#,
        r#"(t11 = ANY (ARRAY['a'::text, NULL::text]))"#,
    );
    says(
        &[(7, "vn")],
        r#"{OPEXPR :opno 2752 :opfuncid 2749 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 100 :args ({VAR :varno 1 :varattno 7 :vartype 1015 :vartypmod 7 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 7 :location 226} {CONST :consttype 1015 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 232 :constvalue 40 [ -96 0 0 0 1 0 0 0 0 0 0 0 19 4 0 0 2 0 0 0 1 0 0 0 20 0 0 0 97 0 0 0 20 0 0 0 98 0 0 0 ]}) :location 229}"#,
        r#"(vn <@ '{a,b}'::character varying[])"#,
    );
    says(
        &[(1, "t"), (2, "t1"), (3, "t2")],
        r#"{BOOLEXPR :boolop and :args ({OPEXPR :opno 98 :opfuncid 67 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 100 :args ({VAR :varno 1 :varattno 1 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 1 :location 1650} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 1656 :constvalue 5 [ 20 0 0 0 97 ]}) :location 1652} {OPEXPR :opno 98 :opfuncid 67 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 100 :args ({VAR :varno 1 :varattno 2 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 2 :location 1665} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 1672 :constvalue 5 [ 20 0 0 0 98 ]}) :location 1668} {OPEXPR :opno 98 :opfuncid 67 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 100 :args ({VAR :varno 1 :varattno 3 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 3 :location 1681} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 1688 :constvalue 5 [ 20 0 0 0 99 ]}) :location 1684}) :location 1661}"#,
        r#"((t = 'a'::text) AND (t1 = 'b'::text) AND (t2 = 'c'::text))"#,
    );
    says(
        &[(32, "i")],
        r#"{SCALARARRAYOPEXPR :opno 96 :opfuncid 65 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 0 :args ({VAR :varno 1 :varattno 32 :vartype 23 :vartypmod -1 :varcollid 0 :varlevelsup 0 :varnosyn 1 :varattnosyn 32 :location 1243} {ARRAYEXPR :array_typeid 1007 :array_collid 0 :element_typeid 23 :elements ({CONST :consttype 23 :consttypmod -1 :constcollid 0 :constlen 4 :constbyval true :constisnull false :location 1249 :constvalue 4 [ 1 0 0 0 0 0 0 0 ]} {CONST :consttype 23 :consttypmod -1 :constcollid 0 :constlen 4 :constbyval true :constisnull false :location 1251 :constvalue 4 [ -2 -1 -1 -1 -1 -1 -1 -1 ]}) :multidims false :location -1}) :location 1245}"#,
        "i IN (1, -2)",
    );
}

#[test]
fn what_differs_and_integers_are_read() {
    let columns = &[(1, "s"), (2, "n"), (3, "b"), (4, "sm")];
    says(
        columns,
        r#"{OPEXPR :opno 531 :opfuncid 157 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 100 :args ({VAR :varno 1 :varattno 1 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 1 :location 31} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 36 :constvalue 5 [ 20 0 0 0 120 ]}) :location 33}"#,
        r#"(s <> 'x'::text)"#,
    );
    says(
        columns,
        r#"{SCALARARRAYOPEXPR :opno 531 :opfuncid 157 :hashfuncid 0 :negfuncid 0 :useOr false :inputcollid 100 :args ({VAR :varno 1 :varattno 1 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 1 :location 31} {ARRAYEXPR :array_typeid 1009 :array_collid 100 :element_typeid 25 :elements ({CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 41 :constvalue 5 [ 20 0 0 0 120 ]} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 45 :constvalue 5 [ 20 0 0 0 121 ]}) :multidims false :location -1}) :location 33}"#,
        r#"(s <> ALL (ARRAY['x'::text, 'y'::text]))"#,
    );
    says(
        columns,
        r#"{OPEXPR :opno 417 :opfuncid 475 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 0 :args ({VAR :varno 1 :varattno 3 :vartype 20 :vartypmod -1 :varcollid 0 :varlevelsup 0 :varnosyn 1 :varattnosyn 3 :location 31} {CONST :consttype 23 :consttypmod -1 :constcollid 0 :constlen 4 :constbyval true :constisnull false :location 36 :constvalue 4 [ 1 0 0 0 0 0 0 0 ]}) :location 33}"#,
        r#"(b <> 1)"#,
    );
    says(
        columns,
        r#"{SCALARARRAYOPEXPR :opno 96 :opfuncid 65 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 0 :args ({VAR :varno 1 :varattno 2 :vartype 23 :vartypmod -1 :varcollid 0 :varlevelsup 0 :varnosyn 1 :varattnosyn 2 :location 31} {ARRAYEXPR :array_typeid 1007 :array_collid 0 :element_typeid 23 :elements ({CONST :consttype 23 :consttypmod -1 :constcollid 0 :constlen 4 :constbyval true :constisnull false :location 37 :constvalue 4 [ 1 0 0 0 0 0 0 0 ]} {CONST :consttype 23 :consttypmod -1 :constcollid 0 :constlen 4 :constbyval true :constisnull false :location 39 :constvalue 4 [ -2 -1 -1 -1 -1 -1 -1 -1 ]}) :multidims false :location -1}) :location 33}"#,
        r#"(n = ANY (ARRAY[1, '-2'::integer]))"#,
    );
    says(
        columns,
        r#"{SCALARARRAYOPEXPR :opno 96 :opfuncid 65 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 0 :args ({VAR :varno 1 :varattno 2 :vartype 23 :vartypmod -1 :varcollid 0 :varlevelsup 0 :varnosyn 1 :varattnosyn 2 :location 31} {CONST :consttype 1007 :consttypmod -1 :constcollid 0 :constlen -1 :constbyval false :constisnull false :location 40 :constvalue 36 [ -112 0 0 0 1 0 0 0 0 0 0 0 23 0 0 0 3 0 0 0 1 0 0 0 1 0 0 0 -2 -1 -1 -1 112 17 1 0 ]}) :location 33}"#,
        r#"(n = ANY ('{1,-2,70000}'::integer[]))"#,
    );
    says(
        columns,
        r#"{SCALARARRAYOPEXPR :opno 410 :opfuncid 467 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 0 :args ({VAR :varno 1 :varattno 3 :vartype 20 :vartypmod -1 :varcollid 0 :varlevelsup 0 :varnosyn 1 :varattnosyn 3 :location 31} {CONST :consttype 1016 :consttypmod -1 :constcollid 0 :constlen -1 :constbyval false :constisnull false :location 40 :constvalue 40 [ -96 0 0 0 1 0 0 0 0 0 0 0 20 0 0 0 2 0 0 0 1 0 0 0 1 0 0 0 0 0 0 0 -2 -1 -1 -1 -1 -1 -1 -1 ]}) :location 33}"#,
        r#"(b = ANY ('{1,-2}'::bigint[]))"#,
    );
    says(
        columns,
        r#"{SCALARARRAYOPEXPR :opno 519 :opfuncid 145 :hashfuncid 0 :negfuncid 0 :useOr false :inputcollid 0 :args ({VAR :varno 1 :varattno 4 :vartype 21 :vartypmod -1 :varcollid 0 :varlevelsup 0 :varnosyn 1 :varattnosyn 4 :location 31} {CONST :consttype 1005 :consttypmod -1 :constcollid 0 :constlen -1 :constbyval false :constisnull false :location 42 :constvalue 28 [ 112 0 0 0 1 0 0 0 0 0 0 0 21 0 0 0 2 0 0 0 1 0 0 0 1 0 -2 -1 ]}) :location 34}"#,
        r#"(sm <> ALL ('{1,-2}'::smallint[]))"#,
    );
    says(
        columns,
        r#"{SCALARARRAYOPEXPR :opno 410 :opfuncid 467 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 0 :args ({VAR :varno 1 :varattno 3 :vartype 20 :vartypmod -1 :varcollid 0 :varlevelsup 0 :varnosyn 1 :varattnosyn 3 :location 31} {ARRAYEXPR :array_typeid 1016 :array_collid 0 :element_typeid 20 :elements ({FUNCEXPR :funcid 481 :funcresulttype 20 :funcretset false :funcvariadic false :funcformat 2 :funccollid 0 :inputcollid 0 :args ({CONST :consttype 23 :consttypmod -1 :constcollid 0 :constlen 4 :constbyval true :constisnull false :location 37 :constvalue 4 [ 1 0 0 0 0 0 0 0 ]}) :location -1} {FUNCEXPR :funcid 481 :funcresulttype 20 :funcretset false :funcvariadic false :funcformat 2 :funccollid 0 :inputcollid 0 :args ({CONST :consttype 23 :consttypmod -1 :constcollid 0 :constlen 4 :constbyval true :constisnull false :location 40 :constvalue 4 [ 2 0 0 0 0 0 0 0 ]}) :location -1}) :multidims false :location -1}) :location 33}"#,
        r#"(b = ANY (ARRAY[(1)::bigint, (2)::bigint]))"#,
    );
    says(
        columns,
        r#"{OPEXPR :opno 1862 :opfuncid 1850 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 0 :args ({VAR :varno 1 :varattno 4 :vartype 21 :vartypmod -1 :varcollid 0 :varlevelsup 0 :varnosyn 1 :varattnosyn 4 :location 30} {FUNCEXPR :funcid 481 :funcresulttype 20 :funcretset false :funcvariadic false :funcformat 1 :funccollid 0 :inputcollid 0 :args ({CONST :consttype 23 :consttypmod -1 :constcollid 0 :constlen 4 :constbyval true :constisnull false :location 35 :constvalue 4 [ 3 0 0 0 0 0 0 0 ]}) :location 36}) :location 33}"#,
        r#"(sm = (3)::bigint)"#,
    );
}

#[test]
fn what_is_not_known_says_nothing() {
    says_nothing(
        &[(3, "t")],
        r#"{OPEXPR :opno 16409 :opfuncid 16402 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 100 :args ({RELABELTYPE :arg {VAR :varno 1 :varattno 3 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 3 :location 83} :resulttype 16385 :resulttypmod -1 :resultcollid 100 :relabelformat 1 :location 84} {CONST :consttype 16385 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 97 :constvalue 5 [ 20 0 0 0 120 ]}) :location 93}"#,
    );
    says_nothing(
        &[(4, "t2")],
        r#"{OPEXPR :opno 1054 :opfuncid 1048 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 100 :args ({RELABELTYPE :arg {VAR :varno 1 :varattno 4 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 4 :location 119} :resulttype 1042 :resulttypmod -1 :resultcollid 100 :relabelformat 1 :location 121} {CONST :consttype 1042 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 134 :constvalue 5 [ 20 0 0 0 120 ]}) :location 130}"#,
    );
    says_nothing(
        &[(8, "t3")],
        r#"{OPEXPR :opno 98 :opfuncid 67 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 100 :args ({RELABELTYPE :arg {FUNCEXPR :funcid 669 :funcresulttype 1043 :funcretset false :funcvariadic false :funcformat 1 :funccollid 100 :inputcollid 100 :args ({RELABELTYPE :arg {VAR :varno 1 :varattno 8 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 8 :location 257} :resulttype 1043 :resulttypmod -1 :resultcollid 100 :relabelformat 2 :location 259} {CONST :consttype 23 :consttypmod -1 :constcollid 0 :constlen 4 :constbyval true :constisnull false :location -1 :constvalue 4 [ 5 0 0 0 0 0 0 0 ]} {CONST :consttype 16 :consttypmod -1 :constcollid 0 :constlen 1 :constbyval true :constisnull false :location -1 :constvalue 1 [ 1 0 0 0 0 0 0 0 ]}) :location 259} :resulttype 25 :resulttypmod -1 :resultcollid 100 :relabelformat 2 :location -1} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 276 :constvalue 5 [ 20 0 0 0 120 ]}) :location 272}"#,
    );
    says_nothing(
        &[(12, "t7")],
        r#"{SCALARARRAYOPEXPR :opno 98 :opfuncid 67 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 100 :args ({VAR :varno 1 :varattno 12 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 12 :location 406} {CONST :consttype 1009 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 416 :constvalue 40 [ -96 0 0 0 1 0 0 0 32 0 0 0 25 0 0 0 2 0 0 0 1 0 0 0 1 0 0 0 0 0 0 0 20 0 0 0 97 0 0 0 ]}) :location 409}"#,
    );
    says_nothing(
        &[(16, "t15")],
        r#"{SCALARARRAYOPEXPR :opno 98 :opfuncid 67 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 100 :args ({FUNCEXPR :funcid 870 :funcresulttype 25 :funcretset false :funcvariadic false :funcformat 0 :funccollid 100 :inputcollid 100 :args ({VAR :varno 1 :varattno 16 :vartype 25 :vartypmod -1 :varcollid 100 :varlevelsup 0 :varnosyn 1 :varattnosyn 16 :location 673}) :location 667} {ARRAYEXPR :array_typeid 1009 :array_collid 100 :element_typeid 25 :elements ({CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 682 :constvalue 5 [ 20 0 0 0 97 ]} {CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false :constisnull false :location 686 :constvalue 5 [ 20 0 0 0 98 ]}) :multidims false :location -1}) :location 678}"#,
    );
}

const STATUS: &str = "{SCALARARRAYOPEXPR :opno 98 :opfuncid 67 :hashfuncid 0 :negfuncid 0 :useOr true :inputcollid 100 \
    :args ({VAR :varno 1 :varattno 2 :vartype 25 :vartypmod -1 :varcollid 100 :varnullingrels (b) :varlevelsup 0 \
    :varreturningtype 0 :varnosyn 1 :varattnosyn 2 :location -1} {ARRAYEXPR :array_typeid 1009 :array_collid 100 \
    :element_typeid 25 :elements ({CONST :consttype 25 :consttypmod -1 :constcollid 100 :constlen -1 :constbyval false \
    :constisnull false :location -1 :constvalue 7 [ 28 0 0 0 -61 -68 32 ]}) :multidims false :list_start -1 \
    :list_end -1 :location -1}) :location -1}";
const COLUMNS: &[(i32, &str)] = &[(2, "status")];

/// 13 and 14 name some nodes otherwise, 16 to 18 have fields more.
#[test]
fn every_version_is_read() {
    says(COLUMNS, STATUS, "status = 'ü '");
    says(COLUMNS, &STATUS.replace("ARRAYEXPR :array", "ARRAY :array"), "status = 'ü '");
}

#[test]
fn what_is_foreign_says_nothing() {
    for (from, to) in [
        ("SCALARARRAYOPEXPR", "OTHEREXPR"),
        (":opno 98", ":opno 531"),
        (":opno 98", ":opno x"),
        (":useOr true", ":useOr false"),
        // A collation of somebody's own.
        (":useOr true :inputcollid 100", ":useOr true :inputcollid 16400"),
        (":varno 1", ":varno 2"),
        (":varlevelsup 0", ":varlevelsup 1"),
        (":varattno 2", ":varattno 3"),
        // Of another byte order, cut off, no UTF-8.
        ("28 0 0 0", "0 0 0 7"),
        ("28 0 0 0", "32 0 0 0"),
        ("28 0 0 0", "29 0 0 0"),
        ("-61 -68", "-4 65"),
        ("-61 -68", "x 1"),
        (":multidims false", ":multidims true"),
        ("{VAR", "{VAR :varno"),
    ] {
        assert!(STATUS.contains(from));
        says_nothing(COLUMNS, &STATUS.replacen(from, to, 1));
    }
}

#[test]
fn no_tree_makes_it_panic() {
    for cut in (0..STATUS.len()).filter(|cut| STATUS.is_char_boundary(*cut)) {
        let _ = condition(&STATUS[cut..], &names(COLUMNS));
        says_nothing(COLUMNS, &STATUS[..cut]);
    }
    for text in ["", "{", "}", "(", "[", "{A :b", "{A :b )}", "<>", "\\", "{A b}", "{} {}"] {
        says_nothing(COLUMNS, text);
    }
    says_nothing(COLUMNS, &"{BOOLEXPR :boolop not :args (".repeat(5000));
}
