//! The structs and enums of a source file, its modules, and diesel's `table!`, with their places in the text.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::Visit;

use super::attribute::{self, Attribute, Word, last_segment, plain};
use super::imports::Imports;

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Its structs and enums, in the order of the text.
    pub(super) items: Vec<Item>,
    /// Its `mod name;`
    pub(super) modules: Vec<Module>,
    /// The tables of diesel's `table!`.
    pub(super) tables: Vec<DieselTable>,
    /// The structs that sqlx's `query_as!` makes, which need no derive for that.
    pub(super) loaded: Vec<String>,
    /// Macros whose bodies hold structs with a mapping: name and line.
    pub(super) macros: Vec<(String, usize)>,
}

/// A struct or an enum.
#[derive(Debug)]
pub(super) struct Item {
    /// Its name, without `r#`.
    pub(super) name: String,
    /// The line of its name, counted from 1.
    pub(super) line: usize,
    pub(super) shape: Shape,
    pub(super) attributes: Vec<Attribute>,
    /// Of a struct.
    pub(super) fields: Vec<Field>,
    /// Of an enum.
    pub(super) variants: Vec<Variant>,
    /// The names of its type parameters.
    pub(super) parameters: Vec<String>,
    /// Only built for tests.
    pub(super) test_only: bool,
    /// Where it begins, behind its attributes, in bytes.
    pub(super) start: usize,
}

/// Which kind of item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `struct S { a: A }`
    Named,
    /// `struct S(A);`
    Tuple,
    /// `struct S;`
    Unit,
    /// `enum E { A }`
    Enum,
}

/// A field of a struct.
#[derive(Debug)]
pub(super) struct Field {
    /// Its name, without `r#`; none in a tuple struct.
    pub(super) name: Option<String>,
    pub(super) attributes: Vec<Attribute>,
    /// The name of the type that says what the field holds: without references, `Option`, `Vec` and the like. Nothing for
    /// a type without a name.
    pub(super) inner: Option<String>,
    /// Whether its type is an `Option`.
    pub(super) optional: bool,
}

/// A variant of an enum.
#[derive(Debug)]
pub(super) struct Variant {
    pub(super) name: String,
    pub(super) attributes: Vec<Attribute>,
    /// Whether it holds values.
    pub(super) has_fields: bool,
}

/// `mod name;`
#[derive(Debug, Default)]
pub(super) struct Module {
    /// Empty for a file that is included.
    pub(super) name: String,
    /// `#[path = "..."]`, also those within a `cfg_attr`; or the file of `include!("...")`.
    pub(super) paths: Vec<String>,
    /// The inline modules around it: name, or path.
    pub(super) inside: Vec<String>,
    pub(super) test_only: bool,
}

/// What a `table!` says of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DieselTable {
    /// The name of its module.
    pub(super) module: String,
    pub(super) schema: Option<String>,
    /// The name in the database.
    pub(super) table: String,
}

impl Item {
    /// Its derives, each with the condition of a `cfg_attr`.
    pub(super) fn derives(&self) -> impl Iterator<Item = (&Word, Option<&str>)> {
        let derives = self.attributes.iter().filter(|attribute| attribute.path == "derive");
        derives
            .flat_map(|attribute| attribute.words.iter().map(|word| (word, attribute.condition.as_deref())))
    }

    /// Whether it derives one of these, whatever path is written.
    pub(super) fn derives_any(&self, names: &[&str]) -> bool {
        self.derives().any(|(word, _)| names.contains(&word.last()))
    }

    /// The words of an attribute such as `diesel`.
    pub(super) fn words<'a>(&'a self, attribute: &'a str) -> impl Iterator<Item = &'a Word> {
        words_of(&self.attributes, attribute)
    }

    /// One word of an attribute.
    pub(super) fn word<'a>(&'a self, attribute: &'a str, word: &'a str) -> Option<&'a Word> {
        self.words(attribute).find(|found| found.path == word)
    }
}

impl Field {
    /// One word of an attribute.
    pub(super) fn word<'a>(&'a self, attribute: &'a str, word: &'a str) -> Option<&'a Word> {
        words_of(&self.attributes, attribute).find(|found| found.path == word)
    }
}

fn words_of<'a>(attributes: &'a [Attribute], attribute: &'a str) -> impl Iterator<Item = &'a Word> {
    attributes.iter().filter(move |found| found.path == attribute).flat_map(|found| &found.words)
}

fn inner_type(ty: &syn::Type) -> Option<String> {
    match ty {
        syn::Type::Reference(ty) => inner_type(&ty.elem),
        syn::Type::Slice(ty) => inner_type(&ty.elem),
        syn::Type::Array(ty) => inner_type(&ty.elem),
        syn::Type::Paren(ty) => inner_type(&ty.elem),
        syn::Type::Group(ty) => inner_type(&ty.elem),
        syn::Type::Path(path) => {
            let last = path.path.segments.last()?;
            let name = plain(&last.ident);
            if !["Option", "Vec", "Box", "Arc", "Rc", "Cow"].contains(&name.as_str()) {
                return Some(name);
            }
            let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return Some(name) };
            arguments.args.iter().find_map(|argument| match argument {
                syn::GenericArgument::Type(ty) => inner_type(ty),
                _ => None,
            })
        }
        _ => None,
    }
}

fn is_option(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Paren(ty) => is_option(&ty.elem),
        syn::Type::Group(ty) => is_option(&ty.elem),
        syn::Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Option"),
        _ => false,
    }
}

/// Reads a file. Places are bytes of the text as given.
pub(super) fn scan(text: &str) -> syn::Result<Scan> {
    let blanked = blank(text);
    let file = syn::parse_file(&blanked)?;
    let mut visitor = Visitor::new(&blanked);
    // `#![cfg(test)]`
    visitor.tests += usize::from(is_for_tests(&attribute::read(&file.attrs, &blanked)));
    visitor.visit_file(&file);
    visitor.imports.resolve(&mut visitor.scan.items);
    Ok(visitor.scan)
}

/// The text with blanks for what stands before the code, so that places do not move: a byte order mark, which is three
/// bytes, and the line of a `#!`.
fn blank(text: &str) -> String {
    let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let rest = &text[mark..];
    let is_attribute = rest.strip_prefix("#!").is_some_and(|rest| rest.trim_start().starts_with('['));
    let line =
        if rest.starts_with("#!") && !is_attribute { rest.find('\n').unwrap_or(rest.len()) } else { 0 };
    " ".repeat(mark + line) + &rest[line..]
}

struct Visitor<'a> {
    source: &'a str,
    scan: Scan,
    imports: Imports,
    inside: Vec<String>,
    /// How many of the things around are built for tests only.
    tests: usize,
    /// What `Self` means here.
    self_type: Option<String>,
}

impl<'a> Visitor<'a> {
    fn new(source: &'a str) -> Self {
        let (scan, imports) = (Scan::default(), Imports::default());
        Self { source, scan, imports, inside: Vec::new(), tests: 0, self_type: None }
    }

    fn read(&self, attributes: &[syn::Attribute]) -> Vec<Attribute> {
        attribute::read(attributes, self.source)
    }

    fn fields(&self, fields: &syn::Fields) -> Vec<Field> {
        let field = |field: &syn::Field| Field {
            name: field.ident.as_ref().map(plain),
            attributes: self.read(&field.attrs),
            inner: inner_type(&field.ty),
            optional: is_option(&field.ty),
        };
        fields.iter().map(field).collect()
    }

    /// An item without what is inside; `first` is its keyword.
    fn item(
        &self,
        ident: &proc_macro2::Ident,
        generics: &syn::Generics,
        attributes: &[syn::Attribute],
        visibility: &syn::Visibility,
        first: proc_macro2::Span,
    ) -> Item {
        let attributes = self.read(attributes);
        let test_only = self.tests > 0 || is_for_tests(&attributes);
        let first = visibility.to_token_stream().into_iter().next().map_or(first, |token| token.span());
        Item {
            name: plain(ident),
            line: ident.span().start().line,
            shape: Shape::Unit,
            attributes,
            fields: Vec::new(),
            variants: Vec::new(),
            parameters: generics.type_params().map(|parameter| plain(&parameter.ident)).collect(),
            test_only,
            start: first.byte_range().start,
        }
    }

    fn push_module(&mut self, module: Module) {
        let test_only = self.tests > 0 || module.test_only;
        self.scan.modules.push(Module { test_only, ..module });
    }

    /// Visits what is inside, which may be for tests only.
    fn within(&mut self, attributes: &[syn::Attribute], visit: impl FnOnce(&mut Self)) {
        let tests = usize::from(is_for_tests(&self.read(attributes)));
        self.tests += tests;
        visit(self);
        self.tests -= tests;
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let shape = match item.fields {
            syn::Fields::Named(_) => Shape::Named,
            syn::Fields::Unnamed(_) => Shape::Tuple,
            syn::Fields::Unit => Shape::Unit,
        };
        let fields = self.fields(&item.fields);
        let found = self.item(&item.ident, &item.generics, &item.attrs, &item.vis, item.struct_token.span);
        self.scan.items.push(Item { shape, fields, ..found });
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        let variant = |variant: &syn::Variant| Variant {
            name: plain(&variant.ident),
            attributes: self.read(&variant.attrs),
            has_fields: !variant.fields.is_empty(),
        };
        let variants = item.variants.iter().map(variant).collect();
        let found = self.item(&item.ident, &item.generics, &item.attrs, &item.vis, item.enum_token.span);
        self.scan.items.push(Item { shape: Shape::Enum, variants, ..found });
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let attributes = self.read(&item.attrs);
        let path = |attribute: &Attribute| {
            let value = attribute.value.clone().filter(|_| attribute.path == "path")?;
            syn::parse2::<syn::LitStr>(value).ok().map(|literal| literal.value())
        };
        let paths: Vec<String> = attributes.iter().filter_map(path).collect();
        let name = plain(&item.ident);
        if item.content.is_none() {
            let test_only = is_for_tests(&attributes);
            self.push_module(Module { name, paths, inside: self.inside.clone(), test_only });
            return;
        }
        self.inside.push(paths.into_iter().next().unwrap_or(name));
        self.within(&item.attrs, |visitor| syn::visit::visit_item_mod(visitor, item));
        self.inside.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.within(&item.attrs, |visitor| syn::visit::visit_item_fn(visitor, item));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outer = std::mem::replace(&mut self.self_type, inner_type(&item.self_ty));
        self.within(&item.attrs, |visitor| syn::visit::visit_item_impl(visitor, item));
        self.self_type = outer;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.imports.add(&item.tree);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        let name = item.path.segments.last().map_or(String::new(), |segment| plain(&segment.ident));
        // `query_as!(User, "SELECT ...")`
        if ["query_as", "query_as_unchecked", "query_file_as", "query_file_as_unchecked"]
            .contains(&name.as_str())
        {
            let first = attribute::words(item.tokens.clone()).into_iter().next();
            let name = first.map(|word| word.last().to_owned());
            self.scan.loaded.extend(match name {
                Some(name) if name == "Self" => self.self_type.clone(),
                name => name,
            });
        }
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if let Some(name) = item.ident.as_ref().filter(|_| item.mac.path.is_ident("macro_rules")) {
            if mentions_mapping(item.mac.tokens.clone()) {
                self.scan.macros.push((plain(name), name.span().start().line));
            }
            return;
        }
        let name = item.mac.path.segments.last().map_or(String::new(), |segment| plain(&segment.ident));
        match name.as_str() {
            "table" => self.scan.tables.extend(diesel_table(item.mac.tokens.clone())),
            // `include!("rows.rs");`
            "include" => {
                let file = syn::parse2::<syn::LitStr>(item.mac.tokens.clone());
                let paths = file.into_iter().map(|file| file.value()).collect();
                self.push_module(Module { paths, ..Module::default() });
            }
            // `cfg_if! { if #[cfg(unix)] { mod rows; } }`
            _ => {
                if mentions_mapping(item.mac.tokens.clone()) {
                    self.scan.macros.push((name, item.span().start().line));
                }
                let mut names = Vec::new();
                collect_modules(item.mac.tokens.clone(), &mut names);
                for name in names {
                    let inside = self.inside.clone();
                    self.push_module(Module { name, inside, ..Module::default() });
                }
            }
        }
    }
}

/// The `mod name;` that stand in the arguments of a macro.
fn collect_modules(tokens: TokenStream, names: &mut Vec<String>) {
    let mut last: [Option<String>; 2] = [None, None];
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                collect_modules(group.stream(), names);
                last = [None, None];
            }
            TokenTree::Ident(ident) => last = [last[1].take(), Some(plain(&ident))],
            TokenTree::Punct(punct) if punct.as_char() == ';' => {
                if let [Some(keyword), Some(name)] = last
                    && keyword == "mod"
                {
                    names.push(name);
                }
                last = [None, None];
            }
            _ => last = [None, None],
        }
    }
}

/// `#[cfg(test)]`, `#[test]`, `#[tokio::test]`
fn is_for_tests(attributes: &[Attribute]) -> bool {
    let is_test = |attribute: &Attribute| match attribute.path.as_str() {
        "cfg" => attribute.words.iter().any(wants_test),
        path => attribute.condition.is_none() && last_segment(path) == "test",
    };
    attributes.iter().any(is_test)
}

/// Whether a condition can only hold in tests.
fn wants_test(word: &Word) -> bool {
    match word.path.as_str() {
        "test" => true,
        "all" => word.words.iter().any(wants_test),
        "any" => !word.words.is_empty() && word.words.iter().all(wants_test),
        _ => false,
    }
}

/// Whether the body of a macro makes structs with a mapping, or types of columns.
fn mentions_mapping(tokens: TokenStream) -> bool {
    let mut names = Vec::new();
    collect_names(tokens, &mut names);
    let has = |name: &str| names.iter().any(|known| known == name);
    // `#[derive(sqlx::Type)]`
    let of_sqlx = has("sqlx") && has("Type");
    let known = super::candidate::MAPPING_DERIVES.iter().chain(super::candidate::TYPE_DERIVES);
    has("derive") && !has("schemacheck") && (of_sqlx || known.into_iter().any(|name| has(name)))
}

fn collect_names(tokens: TokenStream, names: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => names.push(ident.to_string()),
            TokenTree::Group(group) => collect_names(group.stream(), names),
            _ => {}
        }
    }
}

/// `use ...; #[sql_name = "Users"] app.users (id) { ... }`
fn diesel_table(tokens: TokenStream) -> Option<DieselTable> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |token: &TokenTree, wanted: char| matches!(token, TokenTree::Punct(p) if p.as_char() == wanted);
    let mut sql_name = None;
    let mut at = 0;
    loop {
        match tokens.get(at)? {
            TokenTree::Ident(ident) if ident == "use" => {
                at += tokens[at..].iter().position(|token| is(token, ';'))? + 1;
            }
            token if is(token, '#') => {
                if let Some(TokenTree::Group(group)) = tokens.get(at + 1) {
                    let found = attribute::words(group.stream());
                    sql_name =
                        found.iter().find(|word| word.path == "sql_name").and_then(Word::text).or(sql_name);
                }
                at += 2;
            }
            TokenTree::Ident(first) => {
                let (schema, module) = match (tokens.get(at + 1), tokens.get(at + 2)) {
                    (Some(dot), Some(TokenTree::Ident(second))) if is(dot, '.') => {
                        (Some(plain(first)), plain(second))
                    }
                    _ => (None, plain(first)),
                };
                let table = sql_name.unwrap_or_else(|| module.clone());
                return Some(DieselTable { module, schema, table });
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn names(text: &str) -> Vec<String> {
        scan(text).unwrap().items.iter().map(|item| item.name.clone()).collect()
    }

    #[test]
    fn finds_structs_in_modules_functions_and_impls() {
        let text = "struct A; mod m { pub struct B { x: i32 } mod n { enum C { X } } }\n\
                    fn f() { struct D(i32); } impl A { fn g() { struct E; } } const _: () = { struct r#F; };\n\
                    macro_rules! m { () => { struct G; } }";
        assert_eq!(names(text), ["A", "B", "C", "D", "E", "F"]);
    }

    #[test]
    fn places_are_bytes_of_the_whole_text() {
        for before in ["", "\u{feff}", "#!/usr/bin/env größe\n", "\u{feff}#!/bin/x\r\n", "// ä\n"] {
            let text = format!("{before}/// größe\r\n#[derive(A)]\r\nstruct S;\r\n");
            let scan = scan(&text).unwrap();
            let derive = scan.items[0].attributes.iter().find(|found| found.path == "derive").unwrap();
            assert_eq!(&text[derive.span.clone()], "#[derive(A)]", "{before:?}");
        }
        // An inner attribute is no `#!` of a shell.
        assert_eq!(names("#![allow(x)]\nstruct S;"), ["S"]);
    }

    #[test]
    fn knows_what_is_built_for_tests_only() {
        let text = "#[cfg(test)] mod t { struct A; mod b; } #[cfg(not(test))] struct B; #[test] fn f() { struct C; }\n\
                    #[tokio::test] async fn g() { struct D; } #[cfg(any(test, feature = \"x\"))] struct E;\n\
                    #[cfg(all(test, unix))] struct F; #[cfg(any(test))] struct G;";
        let scan = scan(text).unwrap();
        let tests: Vec<_> = scan.items.iter().filter(|item| item.test_only).map(|item| &*item.name).collect();
        assert_eq!(tests, ["A", "C", "D", "F", "G"]);
        assert!(scan.modules[0].test_only);
    }

    #[test]
    fn reads_modules_with_their_places() {
        let text = "mod a; #[path = \"x/y.rs\"] mod b; mod c { mod d; #[path = \"z\"] mod e { mod r#fn; } }";
        let scan = scan(text).unwrap();
        let all: Vec<_> =
            scan.modules.iter().map(|m| (&*m.name, m.paths.join(","), m.inside.join("/"))).collect();
        let expected = [("a", "", ""), ("b", "x/y.rs", ""), ("d", "", "c"), ("fn", "", "c/z")];
        assert_eq!(all, expected.map(|(name, path, inside)| (name, path.to_owned(), inside.to_owned())));
    }

    #[test]
    fn reads_modules_and_structs_within_macros() {
        let text = "include!(\"rows.rs\"); include!(concat!(env!(\"OUT_DIR\"), \"/x.rs\"));\n\
                    mod m { cfg_if::cfg_if! { if #[cfg(unix)] { pub(crate) mod a; #[derive(FromRow)] struct S; } else { mod r#b; } } }";
        let scan = scan(text).unwrap();
        let all: Vec<_> =
            scan.modules.iter().map(|m| (&*m.name, m.paths.join(","), m.inside.join("/"))).collect();
        let expected = [("", "rows.rs", ""), ("", "", ""), ("a", "", "m"), ("b", "", "m")];
        assert_eq!(all, expected.map(|(name, path, inside)| (name, path.to_owned(), inside.to_owned())));
        assert_eq!(scan.macros, [("cfg_if".to_owned(), 2)]);
    }

    #[test]
    fn reads_the_names_of_diesels_tables() {
        let text = "diesel::table! { users (id) { id -> Int4, } } table! { use diesel::sql_types::*; /// Doc.\n\
                    #[sql_name = \"Invoices\"] billing.invoices (id) { id -> Int4, } } vec![1]; table! {}";
        let text = text.replace("vec![1];", "");
        let tables = scan(&text).unwrap().tables;
        let table = |module: &str, schema: Option<&str>, table: &str| DieselTable {
            module: module.into(),
            schema: schema.map(str::to_owned),
            table: table.into(),
        };
        assert_eq!(tables, [table("users", None, "users"), table("invoices", Some("billing"), "Invoices")]);
    }

    #[test]
    fn knows_which_structs_queries_load() {
        let text = "async fn f() { let a = sqlx::query_as!(crate::User, \"SELECT 1\", x).fetch_all(p).await?;\n\
                    query_file_as!(Post, \"a.sql\"); query!(\"SELECT\"); vec![Other]; }";
        assert_eq!(scan(text).unwrap().loaded, ["User", "Post"]);
        let text = "impl m::User { fn f() { query_as!(Self, \"\"); } } impl A for &Post<'_> { fn f() { query_as!(Self, \"\"); } }";
        assert_eq!(scan(text).unwrap().loaded, ["User", "Post"]);
    }

    #[test]
    fn knows_where_an_item_begins() {
        let text = "/// D.\n#[a]\npub(crate) struct A; enum B {}";
        let starts: Vec<usize> = scan(text).unwrap().items.iter().map(|item| item.start).collect();
        assert_eq!(starts, [text.find("pub").unwrap(), text.find("enum").unwrap()]);
    }

    #[test]
    fn names_macros_that_make_models() {
        let text = "macro_rules! model { ($n:ident) => { #[derive(Queryable)] struct $n {} } }\n\
                    macro_rules! other { () => { struct A; } }\n\
                    macro_rules! id { ($n:ident) => { #[derive(sqlx::Type)] #[sqlx(transparent)] struct $n(i64); } }\n\
                    macro_rules! by_hand { ($n:ident) => { impl FromSql for $n {} } }\n\
                    macro_rules! done { () => { #[derive(schemacheck::PgType)] #[derive(sqlx::Type)] struct A(i32); } }";
        let names = scan(text).unwrap().macros.into_iter().map(|(name, _)| name);
        assert_eq!(names.collect::<Vec<_>>(), ["model", "id"]);
    }

    #[test]
    fn looks_through_what_wraps_a_type() {
        for (ty, inner) in [
            ("Option<Vec<crate::Mood>>", Some("Mood")),
            ("Cow<'a, str>", Some("str")),
            ("&'a [Mood]", Some("Mood")),
            ("Box<[Mood; 2]>", Some("Mood")),
            ("Json<Mood>", Some("Json")),
            ("(A, B)", None),
        ] {
            assert_eq!(inner_type(&syn::parse_str(ty).unwrap()).as_deref(), inner, "{ty}");
        }
    }
}
