//! `init`: the directory, the settings, and the structs that could become models.

use std::path::{Path, PathBuf};

use schemacheck_core::{QualifiedName, snapshot, suggest};
use syn::visit::Visit;

use crate::args::Init;
use crate::config;
use crate::database;
use crate::directory;
use crate::error::{Error, Result};
use crate::report::{self, Outcome};

/// Derives that say of a struct that rows are read into it or written from it.
const ROW_DERIVES: &[&str] = &[
    "FromRow",
    "Queryable",
    "QueryableByName",
    "Selectable",
    "Identifiable",
    "Insertable",
    "AsChangeset",
    "DeriveEntityModel",
];

pub(super) fn run(args: &Init) -> Result<Outcome> {
    let directory = directory::find_or_default()?;
    let path = directory.join(config::FILE);
    let shown = directory::shown(&directory);
    if path.exists() {
        report::stdout(&format!("`{shown}` is there already\n"));
    } else {
        directory::replace(&path, config::TEMPLATE).map_err(|error| {
            Error::because(&format!("cannot write `{}`", directory::shown(&path)), &error)
        })?;
        report::stdout(&format!("created `{shown}/{}`\n", config::FILE));
    }
    let named = database::with_snapshot(&directory).into_iter().map(Some);
    let tables: Vec<(Option<String>, QualifiedName)> = [None]
        .into_iter()
        .chain(named)
        .flat_map(|database| {
            let folder = snapshot::of_database(&directory, database.as_deref());
            let catalog = directory::read(&folder, database.as_deref()).unwrap_or_default();
            catalog.relations.into_keys().map(move |table| (database.clone(), table))
        })
        .collect();
    let mut found = Vec::new();
    for file in sources(&args.path)? {
        let text = std::fs::read_to_string(&file)
            .map_err(|error| Error::because(&format!("cannot read `{}`", directory::shown(&file)), &error))?;
        // What does not parse is rustc's to report.
        if let Ok(syntax) = syn::parse_file(&text) {
            let mut visitor = Structs { file: directory::shown(&file), found: &mut found };
            visitor.visit_file(&syntax);
        }
    }
    if found.is_empty() {
        report::stdout("no struct derives a trait of sqlx, diesel or sea-orm that reads or writes rows\n");
    } else {
        report::stdout("\nstructs that read or write rows, and what to add to each:\n");
        for candidate in &found {
            let (database, table) = candidate.table(&tables);
            let database = database.map_or(String::new(), |name| format!("database = {name:?}, "));
            report::stdout(&format!(
                "\n{}:{}  {}\n  #[derive(schemacheck::Model)]\n  #[schemacheck({database}table = \"{table}\")]\n",
                candidate.file, candidate.line, candidate.name,
            ));
        }
    }
    report::stdout(
        "\nnext:\n  cargo add schemacheck\n  cargo schemacheck snapshot --run 'your migration command'\n  git add .schemacheck\n",
    );
    Ok(Outcome::Fine)
}

/// A struct that could become a model.
struct Candidate {
    file: String,
    line: usize,
    name: String,
    /// The table that an attribute of its library names.
    named: Option<String>,
}

impl Candidate {
    /// The named table; else the known one most like the struct's name; else the name in snake case with an `s`. With
    /// the named database that has it, where the default one does not.
    fn table<'a>(&self, tables: &'a [(Option<String>, QualifiedName)]) -> (Option<&'a str>, String) {
        let plural = format!("{}s", snake_case(&self.name));
        let singular = snake_case(&self.name);
        let names = || tables.iter().map(|(_, table)| table.name.as_str());
        let exact = || names().find(|name| *name == plural || *name == singular);
        let nearest = || suggest::nearest(&plural, names());
        let known = || exact().or_else(nearest).map(str::to_owned);
        let table = self.named.clone().or_else(known).unwrap_or_else(|| plural.clone());
        // The tables of the default database stand first.
        let of = tables.iter().find(|(_, known)| known.name == table);
        (of.and_then(|(database, _)| database.as_deref()), table)
    }
}

fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}

struct Structs<'a> {
    file: String,
    found: &'a mut Vec<Candidate>,
}

impl<'ast> Visit<'ast> for Structs<'_> {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let derives = derives(&item.attrs);
        let has = |names: &[&str]| derives.iter().any(|derive| names.contains(&derive.as_str()));
        if has(ROW_DERIVES) && !has(&["Model"]) {
            self.found.push(Candidate {
                file: self.file.clone(),
                line: item.ident.span().start().line,
                name: item.ident.to_string(),
                named: named_table(&item.attrs),
            });
        }
        syn::visit::visit_item_struct(self, item);
    }
}

/// The last segments of all derived paths, those under `cfg_attr` included.
fn derives(attributes: &[syn::Attribute]) -> Vec<String> {
    let mut names = Vec::new();
    for attribute in attributes {
        if attribute.path().is_ident("derive") || attribute.path().is_ident("cfg_attr") {
            let syn::Meta::List(list) = &attribute.meta else { continue };
            let mut words = Vec::new();
            collect_words(list.tokens.clone(), &mut words);
            names.extend(words);
        }
    }
    names
}

fn collect_words(tokens: proc_macro2::TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            proc_macro2::TokenTree::Ident(ident) => words.push(ident.to_string()),
            proc_macro2::TokenTree::Group(group) => collect_words(group.stream(), words),
            _ => {}
        }
    }
}

/// `#[diesel(table_name = posts)]`, `#[sea_orm(table_name = "posts")]`
fn named_table(attributes: &[syn::Attribute]) -> Option<String> {
    let mut named = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("diesel") || a.path().is_ident("sea_orm"))
    {
        // What the library itself does not understand is not ours to report.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("table_name") {
                let value = meta.value()?;
                if value.peek(syn::LitStr) {
                    named = Some(value.parse::<syn::LitStr>()?.value());
                } else {
                    let path: syn::Path = value.parse()?;
                    named = path.segments.last().map(|segment| segment.ident.to_string());
                }
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            } else if meta.input.peek(syn::token::Paren) {
                let content;
                syn::parenthesized!(content in meta.input);
                content.parse::<proc_macro2::TokenStream>()?;
            }
            Ok(())
        });
    }
    named
}

/// Every Rust file below a path, without what cargo builds and what begins with a dot.
fn sources(path: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| {
            Error::because(&format!("cannot read `{}`", directory::shown(&folder)), &error)
        })?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !name.starts_with('.') && name != "target" {
                folders.push(entry.path());
            } else if !is_folder && name.ends_with(".rs") {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
