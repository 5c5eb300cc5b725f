//! Strings the stages together.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use schemacheck_core::compare::{Moment, compare};
use schemacheck_core::finding::wording;
use schemacheck_core::manifest::{Kind, Level, Override};
use schemacheck_core::pg_type::TypeKind;
use schemacheck_core::{Code, Finding, Manifest, QualifiedName, Relation, suggest};
use syn::DeriveInput;

use crate::attr::Attrs;
use crate::check::Named;
use crate::ctxt::Ctxt;
use crate::foreign::{Holds, Table, TypeWords};
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
    let Some(mut model) = Model::read(&ctxt, input) else {
        let fallback = fallback::model(&krate_of(input), input);
        return finish(&ctxt, fallback);
    };
    let mode = mode.unless(model.attrs.is_broken);
    check::model(&ctxt, &model);
    let krate = krate(&model.attrs);
    if model.attrs.embedded.get().is_some() {
        model.settle(None);
        let manifest = manifest::of_model(&model, (None, String::new()));
        let tokens = match ctxt.is_clean() {
            true => expand::embedded(&krate, &model, &manifest),
            false => fallback::open(&krate, input),
        };
        return finish(&ctxt, tokens);
    }
    if model.attrs.table.get().is_none() && ctxt.is_clean() && check::is_wrapper(&model) {
        return finish(&ctxt, expand::wrapper(&krate, input, &model));
    }
    let mut read = Read::open(mode, model.attrs.database.get());
    let Some(named) = table(&ctxt, mode, &model, read.snapshot.as_ref()) else {
        return finish(&ctxt, fallback::model(&krate, input));
    };
    let promised: Vec<String> =
        model.attrs.promises.iter().flat_map(|(promise, _)| promise.columns().to_vec()).collect();
    // A flattened struct may name any column. What a column needs that an insert leaves out, its domain says too.
    let asks_for_all = !model.groups.is_empty() || model.kinds().contains(&Kind::Insert);
    let is_asked =
        |column: &str| asks_for_all || model.may_name(column) || promised.iter().any(|asked| asked == column);
    read.load(|snapshot| snapshot.load_relation(named.0.as_deref(), &named.1, is_asked));
    model.settle(read.relation(&named));
    let supplied = manifest::supplied(&model, read.relation(&named));
    let mut manifest = manifest::of_model(&model, named);
    manifest.mode = mode.recorded();
    manifest.optional.extend(supplied);
    if model.is_broken {
        let codes = [Code::MissingRequiredColumn, Code::ExtraColumn, Code::ColumnOrder];
        manifest.overrides = unjudged(&codes);
    }
    let places = snapshot_spans(input, &model.attrs);
    let at = |finding: &Finding| place::of(&model, finding);
    let add_help = |finding: &mut Finding| foreign_help(&model, finding);
    let (snapshot, warnings) = judge(&ctxt, mode, places, &mut manifest, read, at, add_help);
    let tokens = expand::model(&krate, input, &model, &manifest, snapshot.as_ref(), mode);
    finish(&ctxt, quote! { #warnings #tokens })
}

/// Which table a model is about; where nobody says it, a mistake.
fn table(ctxt: &Ctxt, mode: Mode, model: &Model<'_>, snapshot: Option<&Snapshot>) -> Option<Named> {
    let attrs = &model.attrs;
    if let Some(name) = attrs.table.get() {
        let name = Some((name.as_str(), span(&attrs.table.span())));
        return check::named(ctxt, symbol::TABLE, name, attrs.schema.get());
    }
    if let Some(table) = &model.foreign.table {
        let (schema, name) = table.named(snapshot);
        return Some((attrs.schema.get().cloned().or(schema), name));
    }
    if ctxt.is_clean() {
        match model.foreign.is_result {
            true => ctxt.error(model.ident, wording::result_shape(&model.ident.to_string())),
            false => no_table(ctxt, mode, model.ident, attrs),
        }
    }
    None
}

/// What is said beside a finding whose name is another library's.
fn foreign_help(model: &Model<'_>, finding: &mut Finding) {
    let name = finding.rust.first().and_then(|place| place.field.clone());
    let field = name.and_then(|name| model.fields.iter().find(|field| field.name == name));
    match (finding.code, field) {
        (Code::MissingColumn, Some(field)) if field.is_alias => {
            finding.help.push(wording::may_be_an_alias(&field.column));
        }
        (Code::MissingColumn, Some(field)) if field.is_unnamed && reads_by_position(model) => {
            finding.help.push(wording::read_by_position());
        }
        (Code::MissingRelation, _) if model.attrs.table.get().is_none() => {
            if let Some(Table::Inferred(table)) = &model.foreign.table {
                finding.notes.push(wording::inferred_table(&model.ident.to_string(), table));
            }
            finding.help.push(wording::name_the_table());
        }
        (Code::MissingRequiredColumn, _) if model.foreign.is_diesel => {
            finding.help.push(wording::only_embedded());
            if model.kinds().contains(&Kind::Update) {
                finding.help.push(wording::only_updated());
            }
        }
        _ => {}
    }
}

/// Whether the fields of a struct of diesel may have other names than the columns: `Queryable` alone goes by their order.
fn reads_by_position(model: &Model<'_>) -> bool {
    let goes_by_order = model.foreign.is_diesel && !model.foreign.goes_by_name;
    goes_by_order && model.kinds().iter().all(|kind| *kind == Kind::Read)
}

/// `#[derive(PgEnum)]`
pub(crate) fn pg_enum(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::new();
    let mode = Mode::from_env(&ctxt);
    let Some(mut item) = Enum::read(&ctxt, input) else {
        let fallback = fallback::accepts_all(&krate_of(input), &input.ident, &input.generics);
        return finish(&ctxt, fallback);
    };
    let mode = mode.unless(item.attrs.is_broken);
    check::pg_enum(&ctxt, &item);
    let krate = krate(&item.attrs);
    let mut read = Read::open(mode, item.attrs.database.get());
    let foreign = read.held(&item.attrs, &item.foreign);
    let types = match (item.attrs.repr.get(), &foreign) {
        (Some(repr), _) => Some(repr.types().to_vec()),
        (None, Some((Holds::Plain(types), _))) => Some(types.clone()),
        _ => None,
    };
    if let Some(types) = types {
        let tokens = match ctxt.is_clean() {
            true => expand::plain_enum(&krate, &item, &types),
            false => fallback::accepts_all(&krate, &input.ident, &input.generics),
        };
        return finish(&ctxt, tokens);
    }
    let (named, place) = named_type(&ctxt, &item.attrs, foreign);
    let Some(named) = named else {
        if item.attrs.ty.get().is_none() && ctxt.is_clean() {
            no_type(&ctxt, mode, item.ident, &item.attrs);
        }
        return finish(&ctxt, fallback::accepts_all(&krate, &input.ident, &input.generics));
    };
    read.load(|snapshot| snapshot.load_type(named.0.as_deref(), &named.1));
    if item.is_by_hand {
        item.settle(read.labels(&named));
    }
    let mut manifest = manifest::of_enum(&item, named);
    manifest.mode = mode.recorded();
    if item.is_broken {
        manifest.overrides = unjudged(&[Code::MissingLabel]);
    }
    let at = |finding: &Finding| {
        let variant = finding.rust.first().and_then(|place| place.field.as_deref());
        match variant.and_then(|name| item.variants.iter().find(|variant| variant.name == name)) {
            Some(variant) => variant.span,
            None => match finding.kind {
                "label" => item.ident.span(),
                _ => place,
            },
        }
    };
    let places = snapshot_spans(input, &item.attrs);
    let (snapshot, warnings) = judge(&ctxt, mode, places, &mut manifest, read, at, |_| {});
    let tokens = expand::pg_enum(&krate, input, &item, &manifest, snapshot.as_ref());
    finish(&ctxt, quote! { #warnings #tokens })
}

/// The type that stands for an enum or a struct, and where it is named: in our words, else in another library's.
fn named_type(ctxt: &Ctxt, attrs: &Attrs, foreign: Option<(Holds, Span)>) -> (Option<Named>, Span) {
    if let Some((Holds::Named(named), place)) = foreign {
        return (Some(named), place);
    }
    let place = span(&attrs.ty.span());
    let name = attrs.ty.get().map(|name| (name.as_str(), place));
    (check::named(ctxt, symbol::TYPE, name, attrs.schema.get()), place)
}

/// Codes of what is missing: it may be in what was not understood.
fn unjudged(codes: &[Code]) -> Vec<Override> {
    codes.iter().map(|&code| Override { code, level: Level::Allow, reason: String::new() }).collect()
}

/// What was read of a snapshot; nothing where nothing is to be read.
#[derive(Debug, Default)]
struct Read {
    snapshot: Option<Snapshot>,
    /// What is wrong with the snapshot itself.
    failure: Option<String>,
}

impl Read {
    fn open(mode: Mode, database: Option<&String>) -> Self {
        if mode == Mode::Off {
            return Self::default();
        }
        match Snapshot::open(database.map(String::as_str)) {
            Ok(snapshot) => Self { snapshot: Some(snapshot), failure: None },
            Err(message) => Self { snapshot: None, failure: Some(message) },
        }
    }

    /// Loads what is needed of it.
    fn load(&mut self, load: impl FnOnce(&mut Snapshot) -> Result<(), String>) {
        if let Some(Err(message)) = self.snapshot.as_mut().map(load) {
            *self = Self { snapshot: None, failure: Some(message) };
        }
    }

    /// What another library says that a type holds, where no word of ours says it.
    fn held(&self, attrs: &Attrs, foreign: &TypeWords) -> Option<(Holds, Span)> {
        match attrs.ty.get() {
            None => foreign.holds(self.snapshot.as_ref()),
            Some(_) => None,
        }
    }

    fn relation(&self, (schema, name): &Named) -> Option<&Relation> {
        self.snapshot.as_ref()?.catalog.relation(schema.as_deref(), name)
    }

    /// The labels of an enum; none of any other type.
    fn labels(&self, (schema, name): &Named) -> &[String] {
        let def = self.snapshot.as_ref().and_then(|s| s.catalog.type_def(schema.as_deref(), name));
        match def.map(|def| &def.kind) {
            Some(TypeKind::Enum { labels }) => labels,
            _ => &[],
        }
    }
}

/// Judges a manifest by what was read of the snapshot, and fills in its facts. Returns the snapshot, if one was read, and
/// warnings. `places` is where a mistake of the snapshot itself is shown: as an error, and as a warning. `add_help` adds
/// to a finding what only the attributes say.
fn judge(
    ctxt: &Ctxt,
    mode: Mode,
    places: (Span, Span),
    manifest: &mut Manifest,
    read: Read,
    at: impl Fn(&Finding) -> Span,
    add_help: impl Fn(&mut Finding),
) -> (Option<Snapshot>, TokenStream) {
    let snapshot = match (read.snapshot, read.failure) {
        (Some(snapshot), _) => snapshot,
        // docs.rs builds packages whose snapshot may not be in them, and nobody can set our variable there.
        (None, Some(_)) if std::env::var_os("DOCS_RS").is_some() => return (None, TokenStream::new()),
        (None, Some(message)) => return (None, report::snapshot(ctxt, mode, &message, places)),
        (None, None) => return (None, TokenStream::new()),
    };
    // Judged before the facts are filled in: at the build, types are the compiler's to judge.
    let mut findings = compare(manifest, &snapshot.catalog, Moment::Build);
    findings.iter_mut().for_each(add_help);
    report::add_database(manifest, &snapshot.elsewhere, &mut findings);
    let warnings = report::findings(ctxt, mode, &findings, at);
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
    message.push_str("\nhelp: a part that other structs flatten has none: `#[schemacheck(embedded)]`");
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
pub(crate) fn krate(attrs: &Attrs) -> TokenStream {
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
