//! A struct that derives `PgType`: what its words say that it is.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DataStruct, DeriveInput, Fields, Generics, Type};

use super::{Field, Typing, parameters};
use crate::attr::Attrs;
use crate::ctxt::Ctxt;
use crate::foreign::{Holds, LabelRule, Spelling, TypeWords, label};
use crate::{check, rust_type, symbol};

/// A struct that derives `PgType`.
pub(crate) enum PgType<'a> {
    /// It holds what the type inside holds.
    Transparent(Newtype<'a>),
    /// It holds a composite type or a domain.
    Typed(Typed<'a>),
    /// It holds types of the server's own, as code of its own decodes them.
    Plain(Attrs, Vec<&'static str>),
    /// It holds whatever code decodes that was written by hand.
    Open(Attrs),
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
    /// What other libraries say of it.
    pub(crate) foreign: TypeWords,
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
        let foreign = TypeWords::of(input);
        let says = |words: &TypeWords| words.transparent || words.holds(None).is_some();
        if attrs.transparent.get().is_some() || attrs.ty.get().is_some() || !says(&foreign) {
            check::pg_type(ctxt, &attrs);
        }
        match (attrs.transparent.get(), attrs.ty.get()) {
            // Which of the two is wrong nobody knows: nothing is judged.
            (Some(()), Some(_)) => None,
            (Some(()), None) => Newtype::read(ctxt, input, data, attrs).map(Self::Transparent),
            (None, Some(_)) => Typed::read(ctxt, input, data, attrs, foreign).map(Self::Typed),
            (None, None) => Self::by_foreign(ctxt, input, data, attrs, foreign),
        }
    }

    /// A struct that says nothing in our words.
    fn by_foreign(
        ctxt: &Ctxt,
        input: &'a DeriveInput,
        data: &'a DataStruct,
        attrs: Attrs,
        foreign: TypeWords,
    ) -> Option<Self> {
        match foreign.holds(None) {
            // A `transparent` type that is named beside it is what is inside, under another name.
            _ if foreign.transparent => Newtype::read(ctxt, input, data, attrs).map(Self::Transparent),
            Some((Holds::Plain(types), _)) => Some(Self::Plain(attrs, types)),
            Some((Holds::Open, _)) => Some(Self::Open(attrs)),
            Some((Holds::Named(_), _)) if foreign.is_decoded_by_hand() && is_many(data) => {
                Some(Self::Open(attrs))
            }
            Some((Holds::Named(_), _)) => Typed::read(ctxt, input, data, attrs, foreign).map(Self::Typed),
            None => Some(Self::Unsaid(attrs)),
        }
    }
}

/// Whether a tuple struct is no newtype.
fn is_many(data: &DataStruct) -> bool {
    matches!(data.fields, Fields::Unnamed(_)) && data.fields.len() != 1
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
    fn read(
        ctxt: &Ctxt,
        input: &'a DeriveInput,
        data: &'a DataStruct,
        attrs: Attrs,
        foreign: TypeWords,
    ) -> Option<Self> {
        let parameters = parameters(&input.generics);
        let mut fields = Vec::new();
        let mut is_broken = false;
        let spelling = match (attrs.rename_all.get(), foreign.label_rule()) {
            (Some(rule), _) => Spelling::Ours(*rule),
            (None, LabelRule::Spelled(spelling)) => spelling,
            (None, LabelRule::ByHand) => Spelling::Literal,
        };
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
            let named = match own.rename.get() {
                Some(column) => Some((column.clone(), own.rename.span().unwrap_or(place))),
                None => label(&field.attrs, &name),
            };
            let (column, span) = named.unwrap_or_else(|| match &field.ident {
                Some(_) => (spelling.apply(&name), place),
                None => (name.clone(), place),
            });
            let mut read = Field::new(name, column, place, Typing::own(&field.ty), &parameters);
            read.span = span;
            read.overrides = own.overrides;
            fields.push(read);
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
        let typed = Self { ident: &input.ident, generics: &input.generics, attrs, foreign, fields };
        let before = ctxt.count();
        check::typed(ctxt, &typed);
        // Of an attribute that is named twice the other name is missing: which one, nobody knows.
        (ctxt.count() == before).then_some(typed)
    }
}
