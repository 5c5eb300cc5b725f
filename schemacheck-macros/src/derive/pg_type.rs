//! `#[derive(PgType)]`

use proc_macro2::TokenStream;
use quote::quote;
use schemacheck_core::Finding;
use syn::DeriveInput;

use super::{Read, finish, judge, krate, krate_of, likely_types, named_type, snapshot_spans};
use crate::attr::Attrs;
use crate::ctxt::Ctxt;
use crate::input::{PgType, Typed};
use crate::mode::Mode;
use crate::{expand, fallback, manifest};

pub(crate) fn pg_type(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::new();
    let mode = Mode::from_env(&ctxt);
    let tokens = match PgType::read(&ctxt, input) {
        Some(PgType::Transparent(newtype)) => expand::newtype(&krate(&newtype.attrs), &newtype),
        Some(PgType::Typed(typed)) => read_typed(&ctxt, mode, input, &typed),
        Some(PgType::Open(attrs)) => fallback::newtype(&krate(&attrs), input),
        Some(PgType::Plain(attrs, types)) => {
            expand::accepts(&krate(&attrs), &input.ident, &input.generics, &types)
        }
        Some(PgType::Unsaid(attrs)) => {
            if ctxt.is_clean() {
                unsaid(&ctxt, mode, &input.ident, &attrs);
            }
            fallback::newtype(&krate(&attrs), input)
        }
        None => fallback::newtype(&krate_of(input), input),
    };
    finish(&ctxt, tokens)
}

/// A composite type or a domain.
fn read_typed(ctxt: &Ctxt, mode: Mode, input: &DeriveInput, typed: &Typed<'_>) -> TokenStream {
    let mode = mode.unless(typed.attrs.is_broken);
    let krate = krate(&typed.attrs);
    let mut read = Read::open(mode, typed.attrs.database.get());
    let (named, place) = named_type(ctxt, &typed.attrs, read.held(&typed.attrs, &typed.foreign));
    let Some(named) = named else {
        return fallback::newtype(&krate, input);
    };
    // A base type of an extension stands in no snapshot, and the code that decodes it knows what it is.
    let is_unknown =
        read.snapshot.as_ref().is_some_and(|snapshot| !snapshot.has_type(named.0.as_deref(), &named.1));
    if typed.attrs.ty.get().is_none() && typed.foreign.is_decoded_by_hand() && is_unknown {
        return fallback::newtype(&krate, input);
    }
    read.load(|snapshot| snapshot.load_type(named.0.as_deref(), &named.1));
    let mut manifest = manifest::of_typed(typed, named);
    manifest.mode = mode.recorded();
    let at = |finding: &Finding| {
        let field = finding.rust.first().and_then(|place| place.field.as_deref());
        match field.and_then(|name| typed.fields.iter().find(|field| field.name == name)) {
            Some(field) => field.span,
            // An attribute without a field is missing here.
            None if finding.kind == "attribute" => typed.ident.span(),
            None => place,
        }
    };
    let places = snapshot_spans(input, &typed.attrs);
    let (snapshot, warnings) = judge(ctxt, mode, places, &mut manifest, read, at, |_| {});
    let tokens = expand::typed(&krate, typed, &manifest, snapshot.as_ref(), mode, ctxt.is_clean());
    quote! { #warnings #tokens }
}

/// A struct that does not say what it is.
fn unsaid(ctxt: &Ctxt, mode: Mode, ident: &syn::Ident, attrs: &Attrs) {
    let mut message = "`PgType` needs to know what the type is\n\
                       help: for a newtype write `#[schemacheck(transparent)]`\n\
                       help: for a composite type or a domain write `#[schemacheck(type = \"...\")]`"
        .to_owned();
    message.push_str(&likely_types(mode, ident, attrs));
    ctxt.error(ident, message);
}
