//! Stage 2: the container and its fields, the original tokens kept.

use proc_macro2::{Ident, Span};
use schemacheck_core::manifest::{ColumnPromises, Override};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, Generics, Type};

use crate::attr::Attrs;
use crate::ctxt::Ctxt;
use crate::{check, rust_type, symbol};

mod pg_type;

pub(crate) use pg_type::{Newtype, PgType, Typed};

/// A struct that derives `Model`.
pub(crate) struct Model<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) attrs: Attrs,
    /// The fields that are columns.
    pub(crate) fields: Vec<Field<'a>>,
    /// The fields that are structs of columns.
    pub(crate) groups: Vec<Flattened<'a>>,
    /// Whether there are fields whose attributes are not understood: what is missing may be there.
    pub(crate) is_broken: bool,
}

/// A field whose struct's columns are read as if they were fields here.
pub(crate) struct Flattened<'a> {
    /// Without `r#`; of a tuple struct its number.
    pub(crate) name: String,
    pub(crate) place: Span,
    pub(crate) ty: &'a Type,
    /// How many columns stand before it.
    pub(crate) before: usize,
    /// Whether the type names a parameter of the struct: then nothing of it is known here.
    pub(crate) is_generic: bool,
}

/// A field that is a column.
pub(crate) struct Field<'a> {
    /// Without `r#`; of a tuple struct its number.
    pub(crate) name: String,
    /// The column, to the letter.
    pub(crate) column: String,
    /// What an error about the column's name underlines: the attribute's value, else the field's name.
    pub(crate) span: Span,
    /// Where the field itself stands.
    pub(crate) place: Span,
    pub(crate) ty: &'a Type,
    pub(crate) overrides: Vec<Override>,
    /// Whether an insert writes DEFAULT for `None`.
    pub(crate) none_is_default: bool,
    pub(crate) promises: ColumnPromises,
    /// Where each promise stands, by the attribute of a finding.
    pub(crate) promise_spans: Vec<(&'static str, Span)>,
    /// Whether the type names a parameter of the struct: then only the name is judged.
    pub(crate) is_generic: bool,
}

impl<'a> Model<'a> {
    /// Reads a struct; nothing if it is none.
    pub(crate) fn read(ctxt: &Ctxt, input: &'a DeriveInput) -> Option<Self> {
        let attrs = Attrs::read(ctxt, &input.attrs, symbol::MODEL);
        let data = match &input.data {
            Data::Struct(data) => data,
            Data::Enum(data) => {
                ctxt.error(
                    data.enum_token,
                    "`Model` is for structs\nhelp: an enum with the labels of a PostgreSQL enum derives `PgEnum`",
                );
                return None;
            }
            Data::Union(data) => {
                ctxt.error(data.union_token, "`Model` is for structs: a union has no columns");
                return None;
            }
        };
        let parameters = parameters(&input.generics);
        let (mut fields, mut groups): (Vec<Field<'a>>, Vec<Flattened<'a>>) = (Vec::new(), Vec::new());
        let mut is_broken = false;
        for (index, field) in data.fields.iter().enumerate() {
            let before = ctxt.count();
            let own = Attrs::read(ctxt, &field.attrs, symbol::FIELD);
            check::field(ctxt, &own);
            if attrs.embedded.get().is_some() {
                check::embedded_allows_only(ctxt, &own);
            }
            if ctxt.count() > before {
                // What the field means is not known: judging it would report a mistake that nobody made.
                is_broken = true;
                continue;
            }
            if own.skip.get().is_some() || own.computed.get().is_some() {
                continue;
            }
            let (name, spelled, span) = match &field.ident {
                Some(ident) => {
                    let name = ident.unraw().to_string();
                    let column =
                        attrs.rename_all.get().map_or_else(|| name.clone(), |rule| rule.apply(&name));
                    (name, Some(column), ident.span())
                }
                None => (index.to_string(), None, syn::spanned::Spanned::span(&field.ty)),
            };
            let is_generic = rust_type::mentions(&field.ty, &parameters);
            if own.flatten.get().is_some() {
                groups.push(Flattened { name, place: span, ty: &field.ty, before: fields.len(), is_generic });
                continue;
            }
            let column = match (own.column.get(), spelled) {
                (Some(column), _) => column.clone(),
                (None, Some(column)) => column,
                (None, None) => {
                    ctxt.error(
                        &field.ty,
                        "a field of a tuple struct needs its column\n\
                         help: write `#[schemacheck(column = \"...\")]`, or `#[schemacheck(skip)]`",
                    );
                    is_broken = true;
                    continue;
                }
            };
            fields.push(Field {
                name,
                column,
                span: own.column.span().unwrap_or(span),
                place: span,
                ty: &field.ty,
                none_is_default: own.none.get().or(attrs.none.get()).is_some(),
                promises: own.column_promises(),
                promise_spans: own.promise_spans(),
                overrides: own.overrides,
                is_generic,
            });
        }
        Some(Self { ident: &input.ident, generics: &input.generics, attrs, fields, groups, is_broken })
    }
}

/// The names of type and const parameters.
fn parameters(generics: &Generics) -> Vec<String> {
    let types = generics.type_params().map(|parameter| parameter.ident.to_string());
    types.chain(generics.const_params().map(|parameter| parameter.ident.to_string())).collect()
}

/// An enum that derives `PgEnum`.
pub(crate) struct Enum<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) attrs: Attrs,
    pub(crate) variants: Vec<Variant>,
    /// Whether there are variants whose attributes are not understood: what is missing may be there.
    pub(crate) is_broken: bool,
}

/// A variant and its label.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) span: Span,
    /// Where the variant itself stands.
    pub(crate) place: Span,
}

impl<'a> Enum<'a> {
    /// Reads an enum; nothing if it is none.
    pub(crate) fn read(ctxt: &Ctxt, input: &'a DeriveInput) -> Option<Self> {
        let attrs = Attrs::read(ctxt, &input.attrs, symbol::ENUM);
        let Data::Enum(data) = &input.data else {
            ctxt.error(
                &input.ident,
                "`PgEnum` is for enums\nhelp: a struct with a table derives `Model`, a newtype `PgType`",
            );
            return None;
        };
        if !input.generics.params.is_empty() {
            ctxt.error(&input.generics, "a `PgEnum` has no generics");
        }
        let (mut variants, mut is_broken) = (Vec::new(), false);
        for variant in &data.variants {
            let before = ctxt.count();
            let own = Attrs::read(ctxt, &variant.attrs, symbol::VARIANT);
            if ctxt.count() > before {
                is_broken = true;
                continue;
            }
            if !matches!(variant.fields, Fields::Unit) {
                ctxt.error(
                    &variant.fields,
                    "a variant of a `PgEnum` has no fields: a label is all that there is",
                );
            }
            let name = variant.ident.unraw().to_string();
            let label = own.rename.get().cloned().unwrap_or_else(|| {
                attrs.rename_all.get().map_or_else(|| name.clone(), |rule| rule.apply(&name))
            });
            variants.push(Variant {
                name,
                label,
                span: own.rename.span().unwrap_or(variant.ident.span()),
                place: variant.ident.span(),
            });
        }
        Some(Self { ident: &input.ident, attrs, variants, is_broken })
    }
}
