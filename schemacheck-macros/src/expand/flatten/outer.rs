//! The struct outside: the type that stands for its table, by which the structs inside are judged.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use schemacheck_core::finding::wording;
use schemacheck_core::fingerprint::column_hash;
use schemacheck_core::manifest::{Expected, Kind, Manifest};
use schemacheck_core::{Code, Relation};

use super::{Place, any, asked, is_known, owner_name, relation, writes};
use crate::attr::RenameAll;
use crate::expand::check::{How, agrees, how, marker_text};
use crate::input::{Flattened, Model};
use crate::mode::Mode;
use crate::rust_type;
use crate::snapshot::Snapshot;

/// How a model's flattened fields are judged.
#[derive(Debug)]
pub(in crate::expand) struct Judged {
    /// The table's type, where what does not fit is an error.
    pub(in crate::expand) table: TokenStream,
    /// Its name; any table's where nothing is judged.
    pub(in crate::expand) place: Place,
    /// Statements that warn.
    pub(in crate::expand) warnings: TokenStream,
    /// Of each group what the record says of its types, where that is not said by the build's success; else nothing.
    pub(in crate::expand) answers: Vec<TokenStream>,
}

/// By what a model's flattened fields are judged.
pub(in crate::expand) fn judge(
    krate: &TokenStream,
    model: &Model<'_>,
    manifest: &Manifest,
    snapshot: Option<&Snapshot>,
    mode: Mode,
) -> Judged {
    let place = Place { writes: writes(model, manifest), ..any(krate) };
    let mut judged =
        Judged { table: TokenStream::new(), place, warnings: TokenStream::new(), answers: Vec::new() };
    let groups: Vec<&Flattened<'_>> = model.groups.iter().filter(|group| is_known(group)).collect();
    let Some((snapshot, relation)) = snapshot
        .and_then(|snapshot| relation(manifest, snapshot).map(|relation| (snapshot, relation)))
        .filter(|_| !groups.is_empty())
    else {
        return judged;
    };
    // A flattened column has only the struct's own ways out.
    let [missing, types, nulls] = [Code::MissingColumn, Code::TypeMismatch, Code::NullableColumn]
        .map(|code| how(manifest, &Expected::default(), code, mode));
    let is_error = |how: Option<How>| how == Some(How::Error);
    let owner = owner_name(model.ident);
    if is_error(missing) {
        // Each column that the table says costs the user's build, so if all structs are known by name, it says only theirs.
        let asked: Option<Vec<Vec<String>>> = groups.iter().map(|group| asked(group)).collect();
        let (table, name) =
            table(manifest, relation, snapshot, is_error(types), is_error(nulls), asked.as_deref());
        judged.table = table;
        judged.place = Place { table: name, is_narrow: asked.is_some(), ..judged.place };
    }
    // Without its columns a struct fits no table, whatever they are.
    let warned = [
        (Code::MissingColumn, missing, false, false),
        (Code::TypeMismatch, types, true, false),
        (Code::NullableColumn, nulls, false, true),
    ];
    for (code, how, with_types, with_nulls) in warned {
        // What is no error of its own is judged here: all that only warns, and types and NULL beside columns that may be
        // missing.
        let Some(how) = how.filter(|how| *how == How::Warning || !is_error(missing)) else { continue };
        let (own, name) = table(manifest, relation, snapshot, with_types, with_nulls, None);
        let (names_only, names) = table(manifest, relation, snapshot, false, false, None);
        let fits = |ty: &TokenStream, table: &TokenStream, name: &TokenStream| {
            quote! {{
                #table
                <#krate::flatten::Flattened<#ty, #name>>::FITS
            }}
        };
        for (at, group) in model.groups.iter().enumerate() {
            if !is_known(group) {
                // Nobody knows its columns, and none of them is in the record.
                if code == Code::TypeMismatch {
                    judged.answers.push(quote!(#krate::group_answer(true, true)));
                }
                continue;
            }
            let ty = rust_type::with_static_lifetimes(group.ty()).unwrap_or_default();
            let fits_it = fits(&ty, &own, &name);
            let condition = match code {
                Code::MissingColumn => fits_it,
                Code::TypeMismatch => {
                    let has_names = fits(&ty, &names_only, &names);
                    let [has, holds] = ["HAS", "HOLDS"].map(|what| format_ident!("__{what}{at}"));
                    judged.warnings.extend(quote! {
                        const #has: ::core::primitive::bool = { use #krate::flatten::Unfit as _; #has_names };
                        const #holds: ::core::primitive::bool = { use #krate::flatten::Unfit as _; #fits_it };
                    });
                    judged.answers.push(quote!(#krate::group_answer(#has, #holds)));
                    quote!(!#has || #holds)
                }
                _ => {
                    let has_names = fits(&ty, &names_only, &names);
                    quote!(!#has_names || #fits_it)
                }
            };
            let text = wording::flattened_unfit(&rust_type::spell(group.ty()), relation, code);
            let rule = format_ident!("{}{}{code:?}", owner, RenameAll::Pascal.apply(&group.name));
            let condition = quote!({ use #krate::flatten::Unfit as _; #condition });
            judged.warnings.extend(agrees(krate, &rule, &condition, group.place, &text, how));
        }
    }
    judged
}

/// The type that stands for a table, with what it says of each column, or of those that are asked for.
fn table(
    manifest: &Manifest,
    relation: &Relation,
    snapshot: &Snapshot,
    with_types: bool,
    with_nulls: bool,
    asked: Option<&[Vec<String>]>,
) -> (TokenStream, TokenStream) {
    // The compiler prints it as the table's name. It stands in a module, since a struct may have that name too.
    let table = &relation.name.name;
    let name = match is_plain_name(table) {
        true => Ident::new(table, Span::call_site()),
        false => {
            let plain: String =
                RenameAll::Pascal.apply(table).chars().filter(char::is_ascii_alphanumeric).collect();
            format_ident!("Table{plain}")
        }
    };
    let catalog = &snapshot.catalog;
    // Parsed by the compiler at once: tokens made here one by one take several times as long.
    let mut text = format!("mod __table {{ pub enum {name} {{}} }}");
    let is_asked =
        |name: &String| asked.is_none_or(|asked| asked.iter().any(|columns| columns.contains(name)));
    for column in relation.columns.iter().filter(|column| is_asked(&column.name)) {
        let base = catalog.base_type(&column.ty);
        let def = catalog.types.get(&base.qualified_name());
        // Of a type that is not closed only what is certainly wrong is refused, which shows in the spelling alone.
        let marker = marker_text("__sc::pg", base, def).filter(|_| with_types);
        let nullable = relation.kind.has_nullability() && !catalog.refuses_null(column);
        let judged = match (marker, nullable && with_nulls && manifest.is(Kind::Read)) {
            (None, false) => "__sc::flatten::Unjudged".to_owned(),
            (None, true) => "__sc::flatten::UnjudgedNullable".to_owned(),
            (Some(marker), true) => format!("__sc::pg::Nullable<{marker}>"),
            (Some(marker), false) => format!("__sc::pg::NotNull<{marker}>"),
        };
        let hash = column_hash(&column.name);
        text.push_str(&format!(
            "impl __sc::flatten::HasColumn<{hash}> for __table::{name} {{ type Column = {judged}; }}"
        ));
    }
    let tokens = text.parse().expect("types and names are tokens");
    (tokens, quote!(__table::#name))
}

/// Whether a name can stand for a type as it is, in every edition.
fn is_plain_name(name: &str) -> bool {
    const RESERVED: [&str; 54] = [
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
        "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
        "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self",
        "Self", "static", "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe",
        "unsized", "use", "virtual", "where", "while", "yield", "_",
    ];
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(is_word)
        && !RESERVED.contains(&name)
}
