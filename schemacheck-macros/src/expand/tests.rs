//! The tokens of a few structs, as people read them.

use proc_macro2::TokenStream;

use crate::derive;

/// What a derive makes of an item, laid out, without the paths of this machine.
fn expand(derive: impl Fn(&syn::DeriveInput) -> TokenStream, item: &str) -> String {
    let tokens = derive(&syn::parse_str(item).unwrap());
    let file: syn::File = syn::parse2(tokens).expect("the tokens of a derive are items");
    let text = prettyplease::unparse(&file);
    // What the compiler watches is said once a crate: which test says it depends on their order, and it is a path of
    // this machine.
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.contains("include_bytes!") || line.contains("option_env!") {
            let mut end = line;
            while !end.ends_with(");") {
                end = lines.next().expect("the macro ends");
            }
            continue;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

fn model(item: &str) -> String {
    expand(derive::model, item)
}

/// 20 columns of `wide`, each with its type; `{}` stands for what is asked.
const WIDE: &[(&str, &str, &str)] = &[
    ("id", "{}", "i64"),
    ("owner_id", "{}", "i64"),
    ("mood", "{}", "Mood"),
    ("title", "{}", "String"),
    ("body", "Option<{}>", "String"),
    ("slug", "{}", "String"),
    ("position", "{}", "i32"),
    ("total", "Option<{}>", "i64"),
    ("ratio", "Option<{}>", "f64"),
    ("is_open", "{}", "bool"),
    ("flags", "Option<{}>", "i16"),
    ("public_id", "{}", "uuid::Uuid"),
    ("parent_id", "Option<{}>", "uuid::Uuid"),
    ("created_at", "{}", "chrono::DateTime<chrono::Utc>"),
    ("updated_at", "Option<{}>", "chrono::DateTime<chrono::Utc>"),
    ("settings", "{}", "serde_json::Value"),
    ("tags", "Vec<{}>", "String"),
    ("data", "Option<{}>", "Vec<u8>"),
    ("price", "{}", "f64"),
    ("state", "{}", "String"),
];

/// A model of them, its types spelled by `spell`.
fn wide(words: &str, spell: impl Fn(usize, &str) -> String) -> String {
    let fields = WIDE
        .iter()
        .enumerate()
        .map(|(at, (name, around, ty))| format!("{name}: {},", around.replace("{}", &spell(at, ty))));
    let fields: String = fields.collect();
    format!("#[schemacheck(table = \"wide\"{words})] struct Wide {{ {fields} }}")
}

fn plain(_: usize, ty: &str) -> String {
    ty.to_owned()
}

#[track_caller]
fn at_most(lines: usize, text: &str) {
    assert!(text.lines().count() <= lines, "{} lines:\n{text}", text.lines().count());
    assert!(!text.contains("compile_error"), "{text}");
}

#[test]
fn a_model_of_twenty_columns_is_short() {
    let text = model(&wide("", plain));
    at_most(250, &text);
    insta::assert_snapshot!("wide", text);
    at_most(250, &model(&wide(", read, insert, update", plain)));
}

/// Each type that is not known by its spelling has a message of its own: seven of twenty.
#[test]
fn a_model_with_many_types_of_ones_own_is_short_too() {
    let third = |at: usize, ty: &str| if at.is_multiple_of(3) { format!("My{at}") } else { ty.to_owned() };
    at_most(250, &model(&wide("", third)));
}

/// A flattened struct needs to know the whole table.
#[test]
fn a_flattening_model_of_a_table_of_twenty_columns_is_short() {
    let fields = wide("", plain).replacen("{ id:", "{ #[schemacheck(flatten)] times: Times, id:", 1);
    at_most(250, &model(&fields.replace("created_at: chrono::DateTime<chrono::Utc>,", "")));
}

#[test]
fn a_flattening_model_says_what_its_table_has() {
    let text = model(
        "#[schemacheck(table = \"articles\", insert)] \
         struct NewArticle<'a> { title: &'a str, #[schemacheck(flatten)] rest: Rest<'a> }",
    );
    insta::assert_snapshot!("flattening", text);
}

#[test]
fn an_embedded_struct_says_what_it_asks_of_a_table() {
    let text = model(
        "#[schemacheck(embedded)] struct Rest<'a> { slug: &'a str, #[schemacheck(flatten)] times: Times }",
    );
    insta::assert_snapshot!("embedded", text);
}

#[test]
fn an_enum_and_a_newtype_are_a_few_impls() {
    let text = expand(
        derive::pg_enum,
        "#[schemacheck(type = \"mood\", rename_all = \"snake_case\")] enum Mood { Happy, Sad, SoSo }",
    );
    insta::assert_snapshot!("enum", text);
    let text = expand(derive::pg_type, "#[schemacheck(transparent)] struct UserId(i64);");
    insta::assert_snapshot!("newtype", text);
}

/// The derives below ours say what is done with the rows.
#[test]
fn kinds_follow_from_the_derives_below() {
    let item = |derives: &str| {
        let fields = "id: i64, #[diesel(skip_update)] title: Option<String>, slug: String,";
        model(&format!("{derives} #[diesel(table_name = articles)] struct Row {{ {fields} }}"))
    };
    let kinds = |text: &str, kinds: &str| assert!(text.contains(kinds), "{text}");
    let read = item("#[derive(Queryable, Selectable)]");
    kinds(&read, r#"\"kinds\": [\"read\"]"#);
    assert!(!read.contains("compile_error"), "{read}");
    let insert = item("#[derive(Debug)] #[derive(diesel::Insertable)]");
    kinds(&insert, r#"\"kinds\": [\"insert\"]"#);
    // The key is the server's to make.
    assert!(insert.contains("is `GENERATED ALWAYS AS IDENTITY`"), "{insert}");
    let update = item("#[derive(AsChangeset, Identifiable)]");
    kinds(&update, r#"\"kinds\": [\"update\"]"#);
    assert!(!update.contains("compile_error"), "{update}");
    let own = model(
        "#[schemacheck(read)] #[derive(Insertable)] #[diesel(table_name = articles)] struct Row { id: i64 }",
    );
    kinds(&own, r#"\"kinds\": [\"read\"]"#);
}

/// It is one literal, which the guard and the command line read; and nothing where there is no section.
#[test]
fn the_record_of_a_ledger_is_one_literal() {
    use schemacheck_core::QualifiedName;
    use schemacheck_core::ledger::{LedgerKind, SeenLedger};
    let seen = SeenLedger {
        database: None,
        kind: LedgerKind::Sqlx,
        table: QualifiedName::new("public", "_sqlx_migrations"),
        columns: None,
        heads: vec![],
        migrations: vec!["1\"\u{e9}\n".into()],
        older: vec![],
    };
    let tokens = super::record::ledger(&seen);
    assert!(
        tokens
            .to_string()
            .starts_with("# [cfg (not (any (target_family = \"wasm\" , miri)))] const _ : () =")
    );
    let mut literals = Vec::new();
    let mut open = vec![tokens];
    while let Some(tokens) = open.pop() {
        for tree in tokens {
            match tree {
                proc_macro2::TokenTree::Group(group) => open.push(group.stream()),
                proc_macro2::TokenTree::Literal(literal) => {
                    literals.extend(syn::parse_str::<syn::LitByteStr>(&literal.to_string()));
                }
                _ => {}
            }
        }
    }
    let [bytes] = &literals[..] else { panic!("{}", literals.len()) };
    assert_eq!(schemacheck_core::record::read_ledgers(&bytes.value(), "x").unwrap(), [seen]);
}
