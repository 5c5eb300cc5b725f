//! A struct that derives `PgType`: what its words say that it is.

use proc_macro2::Ident;
use schemacheck_core::manifest::ColumnPromises;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DataStruct, DeriveInput, Fields, Generics, Type};

use super::{Field, parameters};
use crate::attr::Attrs;
use crate::ctxt::Ctxt;
use crate::{check, rust_type, symbol};

/// A struct that derives `PgType`.
pub(crate) enum PgType<'a> {
    /// It holds what the type inside holds.
    Transparent(Newtype<'a>),
    /// It holds a composite type or a domain.
    Typed(Typed<'a>),
    /// It does not say; with what words it has.
    Unsaid(Attrs),
}

/// A newtype that is `transparent`.
pub(crate) struct Newtype<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) attrs: Attrs,
    pub(crate) inner: &'a Type,
}

/// A struct with a `type`: of a composite type its fields are the attributes, of a domain the one field holds what the
/// domain is based on.
pub(crate) struct Typed<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) attrs: Attrs,
    pub(crate) fields: Vec<Field<'a>>,
}

impl<'a> PgType<'a> {
    /// Reads a struct; nothing if it is none, or if what it says makes no sense.
    pub(crate) fn read(ctxt: &Ctxt, input: &'a DeriveInput) -> Option<Self> {
        let attrs = Attrs::read(ctxt, &input.attrs, symbol::PG_TYPE);
        let Data::Struct(data) = &input.data else {
            let help = "an enum with the labels of a PostgreSQL enum derives `PgEnum`";
            ctxt.error(&input.ident, format!("`PgType` is for structs\nhelp: {help}"));
            return None;
        };
        check::pg_type(ctxt, &attrs);
        match (attrs.transparent.get(), attrs.ty.get()) {
            // Which of the two is wrong nobody knows: nothing is judged.
            (Some(()), Some(_)) => None,
            (Some(()), None) => Newtype::read(ctxt, input, data, attrs).map(Self::Transparent),
            (None, Some(_)) => Typed::read(ctxt, input, data, attrs).map(Self::Typed),
            (None, None) => Some(Self::Unsaid(attrs)),
        }
    }
}

/// Whether a field holds nothing of the database.
fn is_left_out(own: &Attrs, field: &syn::Field) -> bool {
    let phantom = rust_type::leaf(&field.ty).is_some_and(|leaf| leaf.name == "PhantomData");
    own.skip.get().is_some() || phantom
}

impl<'a> Newtype<'a> {
    fn read(ctxt: &Ctxt, input: &'a DeriveInput, data: &'a DataStruct, attrs: Attrs) -> Option<Self> {
        let mut held = Vec::new();
        for field in &data.fields {
            let own = Attrs::read(ctxt, &field.attrs, symbol::PG_TYPE_FIELD);
            if !is_left_out(&own, field) {
                held.push(&field.ty);
            }
        }
        let [inner] = held[..] else {
            let message = format!("a transparent `PgType` holds one field, this one holds {}", held.len());
            let help = match held.len() {
                0 => "add the field that it stands for",
                _ => "mark the others with `#[schemacheck(skip)]`",
            };
            ctxt.error(&input.ident, format!("{message}\nhelp: {help}"));
            return None;
        };
        Some(Self { ident: &input.ident, generics: &input.generics, attrs, inner })
    }
}

impl<'a> Typed<'a> {
    fn read(ctxt: &Ctxt, input: &'a DeriveInput, data: &'a DataStruct, attrs: Attrs) -> Option<Self> {
        let parameters = parameters(&input.generics);
        let mut fields = Vec::new();
        let mut is_broken = false;
        for (index, field) in data.fields.iter().enumerate() {
            let before = ctxt.count();
            let own = Attrs::read(ctxt, &field.attrs, symbol::PG_TYPE_FIELD);
            check::pg_type_field(ctxt, &own);
            is_broken |= ctxt.count() > before;
            if is_left_out(&own, field) {
                continue;
            }
            let (name, place) = match &field.ident {
                Some(ident) => (ident.unraw().to_string(), ident.span()),
                None => (index.to_string(), field.ty.span()),
            };
            let column = own.rename.get().cloned().unwrap_or_else(|| match attrs.rename_all.get() {
                Some(rule) if field.ident.is_some() => rule.apply(&name),
                _ => name.clone(),
            });
            fields.push(Field {
                name,
                column,
                span: own.rename.span().unwrap_or(place),
                place,
                ty: &field.ty,
                overrides: own.overrides,
                none_is_default: false,
                promises: ColumnPromises::default(),
                promise_spans: Vec::new(),
                is_generic: rust_type::mentions(&field.ty, &parameters),
            });
        }
        if is_broken {
            // What a field means is not known: its attribute would be said to have none.
            return None;
        }
        if matches!(data.fields, Fields::Unnamed(_)) && fields.len() != 1 {
            let message = "a tuple struct with a `type` is a newtype of a domain, and holds one field";
            let help = match fields.len() {
                0 => "add the field that holds what the domain is based on",
                _ => "mark the others with `#[schemacheck(skip)]`",
            };
            ctxt.error(
                &input.ident,
                format!(
                    "{message}, this one holds {}\n\
                     help: {help}\n\
                     help: the struct of a composite type has named fields",
                    fields.len()
                ),
            );
            return None;
        }
        let typed = Self { ident: &input.ident, generics: &input.generics, attrs, fields };
        let before = ctxt.count();
        check::typed(ctxt, &typed);
        // Of an attribute that is named twice the other name is missing: which one, nobody knows.
        (ctxt.count() == before).then_some(typed)
    }
}
