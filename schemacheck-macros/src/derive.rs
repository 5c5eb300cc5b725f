//! Strings the stages together.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use schemacheck_core::compare::{Moment, compare};
use schemacheck_core::manifest::{Kind, Level, Override};
use schemacheck_core::{Code, Finding, Manifest, QualifiedName, suggest};
use syn::DeriveInput;

use crate::attr::Attrs;
use crate::ctxt::Ctxt;
use crate::input::{Enum, Model};
use crate::mode::Mode;
use crate::snapshot::Snapshot;
use crate::{check, expand, fallback, manifest, place, report, symbol};

mod pg_type;

pub(crate) use pg_type::pg_type;

/// `#[derive(Model)]`
pub(crate) fn model(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::new();
    let mode = Mode::from_env(&ctxt);
    let Some(model) = Model::read(&ctxt, input) else {
        let fallback = fallback::model(&krate_of(input), input);
        return finish(&ctxt, fallback);
    };
    let mode = mode.unless(model.attrs.is_broken);
    check::model(&ctxt, &model);
    let krate = krate(&model.attrs);
    if model.attrs.embedded.get().is_some() {
        let manifest = manifest::of_model(&model, (None, String::new()));
        let tokens = match ctxt.is_clean() {
            true => expand::embedded(&krate, &model, &manifest),
            false => fallback::open(&krate, input),
        };
        return finish(&ctxt, tokens);
    }
    let name = model.attrs.table.get().map(|name| (name.as_str(), span(&model.attrs.table.span())));
    let named = check::named(&ctxt, symbol::TABLE, name, model.attrs.schema.get());
    let Some(named) = named else {
        if name.is_none() && ctxt.is_clean() && check::is_wrapper(&model) {
            return finish(&ctxt, expand::wrapper(&krate, input, &model));
        }
        if name.is_none() && ctxt.is_clean() {
            no_table(&ctxt, mode, model.ident, &model.attrs);
        }
        return finish(&ctxt, fallback::model(&krate, input));
    };
    let mut manifest = manifest::of_model(&model, named);
    if model.is_broken {
        let codes = [Code::MissingRequiredColumn, Code::ExtraColumn, Code::ColumnOrder];
        manifest.overrides = unjudged(&codes);
    }
    let promised = manifest.promises.iter().flat_map(|promise| promise.columns().to_vec());
    let columns: Vec<String> =
        model.fields.iter().map(|field| field.column.clone()).chain(promised).collect();
    // A flattened struct may name any column. What a column needs that an insert leaves out, its domain says too.
    let asks_for_all = !model.groups.is_empty() || manifest.is(Kind::Insert);
    let is_asked = |column: &str| asks_for_all || columns.iter().any(|asked| asked == column);
    let load = |snapshot: &mut Snapshot, manifest: &Manifest| {
        snapshot.load_relation(manifest.schema.as_deref(), &manifest.relation, is_asked)
    };
    let at = |finding: &Finding| place::of(&model, finding);
    let (snapshot, warnings) =
        judge(&ctxt, mode, snapshot_spans(input, &model.attrs), &mut manifest, load, at);
    let tokens = expand::model(&krate, input, &model, &manifest, snapshot.as_ref(), mode);
    finish(&ctxt, quote! { #warnings #tokens })
}

/// `#[derive(PgEnum)]`
pub(crate) fn pg_enum(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::new();
    let mode = Mode::from_env(&ctxt);
    let Some(item) = Enum::read(&ctxt, input) else {
        let fallback = fallback::accepts_all(&krate_of(input), &input.ident, &input.generics);
        return finish(&ctxt, fallback);
    };
    let mode = mode.unless(item.attrs.is_broken);
    check::pg_enum(&ctxt, &item);
    let krate = krate(&item.attrs);
    if let Some(repr) = item.attrs.repr.get() {
        let tokens = match ctxt.is_clean() {
            true => expand::plain_enum(&krate, &item, *repr),
            false => fallback::accepts_all(&krate, &input.ident, &input.generics),
        };
        return finish(&ctxt, tokens);
    }
    let name = item.attrs.ty.get().map(|name| (name.as_str(), span(&item.attrs.ty.span())));
    let named = check::named(&ctxt, symbol::TYPE, name, item.attrs.schema.get());
    let Some(named) = named else {
        if name.is_none() && ctxt.is_clean() {
            no_type(&ctxt, mode, item.ident, &item.attrs);
        }
        return finish(&ctxt, fallback::accepts_all(&krate, &input.ident, &input.generics));
    };
    let mut manifest = manifest::of_enum(&item, named);
    if item.is_broken {
        manifest.overrides = unjudged(&[Code::MissingLabel]);
    }
    let load = |snapshot: &mut Snapshot, manifest: &Manifest| {
        snapshot.load_type(manifest.schema.as_deref(), &manifest.relation)
    };
    let at = |finding: &Finding| {
        let variant = finding.rust.first().and_then(|place| place.field.as_deref());
        match variant.and_then(|name| item.variants.iter().find(|variant| variant.name == name)) {
            Some(variant) => variant.span,
            None => match finding.kind {
                "label" => item.ident.span(),
                _ => span(&item.attrs.ty.span()),
            },
        }
    };
    let (snapshot, warnings) =
        judge(&ctxt, mode, snapshot_spans(input, &item.attrs), &mut manifest, load, at);
    let tokens = expand::pg_enum(&krate, input, &item, &manifest, snapshot.as_ref());
    finish(&ctxt, quote! { #warnings #tokens })
}

/// Codes of what is missing: it may be in what was not understood.
fn unjudged(codes: &[Code]) -> Vec<Override> {
    codes.iter().map(|&code| Override { code, level: Level::Allow, reason: String::new() }).collect()
}

/// Reads what the manifest needs of the snapshot, judges it, and fills in its facts. Returns the snapshot, if one was
/// read, and warnings. `places` is where a mistake of the snapshot itself is shown: as an error, and as a warning.
fn judge(
    ctxt: &Ctxt,
    mode: Mode,
    places: (Span, Span),
    manifest: &mut Manifest,
    load: impl Fn(&mut Snapshot, &Manifest) -> Result<(), String>,
    at: impl Fn(&Finding) -> Span,
) -> (Option<Snapshot>, TokenStream) {
    if mode == Mode::Off {
        return (None, TokenStream::new());
    }
    let opened = Snapshot::open(manifest.database.as_deref())
        .and_then(|mut snapshot| load(&mut snapshot, manifest).map(|()| snapshot));
    let snapshot = match opened {
        Ok(snapshot) => snapshot,
        // docs.rs builds packages whose snapshot may not be in them, and nobody can set our variable there.
        Err(_) if std::env::var_os("DOCS_RS").is_some() => return (None, TokenStream::new()),
        Err(message) => return (None, report::snapshot(ctxt, mode, &message, places)),
    };
    // Judged before the facts are filled in: at the build, types are the compiler's to judge.
    let mut findings = compare(manifest, &snapshot.catalog, Moment::Build);
    report::add_database(manifest, &snapshot.elsewhere, &mut findings);
    let warnings = report::findings(ctxt, mode, &findings, at);
    manifest.ledger.clone_from(&snapshot.ledger);
    manifest.digest.clone_from(&snapshot.digest);
    manifest.add_facts(&snapshot.catalog);
    (Some(snapshot), warnings)
}

/// The snapshot of the database that attributes name, if it can be read: for suggestions.
fn opened(attrs: &Attrs) -> Option<Snapshot> {
    Snapshot::open(attrs.database.get().map(String::as_str)).ok()
}

/// A struct that names no table: the relations that its name suggests.
fn no_table(ctxt: &Ctxt, mode: Mode, ident: &syn::Ident, attrs: &Attrs) {
    let names = match mode {
        Mode::Off => Vec::new(),
        Mode::Enforce | Mode::Warn => opened(attrs).map_or_else(Vec::new, |s| s.relation_names()),
    };
    let mut message = format!("no table is named for `{ident}`\nhelp: add `#[schemacheck(table = \"...\")]`");
    for name in likely(&names, &ident.to_string()) {
        message.push_str(&format!("\nhelp: a table with a similar name exists: `{name}`"));
    }
    ctxt.error(ident, message);
}

/// An enum that names no type, likewise.
fn no_type(ctxt: &Ctxt, mode: Mode, ident: &syn::Ident, attrs: &Attrs) {
    let mut message =
        format!("no PostgreSQL type is named for `{ident}`\nhelp: add `#[schemacheck(type = \"...\")]`");
    message.push_str(&likely_types(mode, ident, attrs));
    message.push_str(
        "\nhelp: for an enum in plain columns, say of which type: `#[schemacheck(repr = \"text\")]`",
    );
    ctxt.error(ident, message);
}

/// The types that a Rust type's name suggests, a line each.
fn likely_types(mode: Mode, ident: &syn::Ident, attrs: &Attrs) -> String {
    let names = match mode {
        Mode::Off => Vec::new(),
        Mode::Enforce | Mode::Warn => opened(attrs).map_or_else(Vec::new, |s| s.type_names()),
    };
    let names = likely(&names, &ident.to_string()).into_iter();
    names.map(|name| format!("\nhelp: a type with a similar name exists: `{name}`")).collect()
}

/// The names most like a Rust name in snake case, in singular and plural: at most three, the nearest first.
fn likely<'a>(names: &'a [QualifiedName], ident: &str) -> Vec<&'a QualifiedName> {
    let snake = crate::attr::RenameAll::Snake.apply(ident);
    let mut scored: Vec<(usize, &QualifiedName)> = names
        .iter()
        .filter_map(|name| {
            let lower = name.name.to_lowercase();
            let forms = [snake.clone(), format!("{snake}s"), format!("{snake}es"), snake.replace('_', "")];
            let score = forms.iter().map(|form| suggest::distance(form, &lower)).min()?;
            (score * 3 <= snake.chars().count()).then_some((score, name))
        })
        .collect();
    scored.sort();
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// Where a mistake of the snapshot itself is shown, as an error and as a warning: at the database that is named; else at
/// the derive and, since rustc reports no deprecation there, at the type's name.
fn snapshot_spans(input: &DeriveInput, attrs: &Attrs) -> (Span, Span) {
    match attrs.database.span() {
        Some(span) => (span, span),
        None => (Span::call_site(), input.ident.span()),
    }
}

fn span(span: &Option<Span>) -> Span {
    span.unwrap_or_else(Span::call_site)
}

/// The path to the hidden module of the crate `schemacheck`.
fn krate(attrs: &Attrs) -> TokenStream {
    match attrs.krate.get() {
        Some(path) => quote!(#path::__private),
        None => quote!(::schemacheck::__private),
    }
}

/// The same for an item of which nothing else is understood, and which was complained about already.
fn krate_of(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::new();
    let attrs = Attrs::read(&ctxt, &input.attrs, symbol::MODEL);
    ctxt.take();
    krate(&attrs)
}

/// All mistakes, then the tokens.
fn finish(ctxt: &Ctxt, tokens: TokenStream) -> TokenStream {
    let errors: TokenStream = ctxt.take().iter().map(syn::Error::to_compile_error).collect();
    quote! { #errors #tokens }
}
