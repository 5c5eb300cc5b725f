//! `#[postgres(...)]`, of postgres-types.

use proc_macro2::Span;
use syn::Attribute;

use super::attribute::{each, text};
use super::case::Spelling;
use super::derives::Derives;
use super::types::{TypeName, TypeWords};

pub(super) const LIBRARY: &str = "postgres";

const NAME: &str = "name";
const TRANSPARENT: &str = "transparent";
const RENAME_ALL: &str = "rename_all";
const ALLOW_MISMATCH: &str = "allow_mismatch";
const WORDS: &[&str] = &[NAME, TRANSPARENT, RENAME_ALL, ALLOW_MISMATCH];

pub(super) fn read_type(
    attributes: &[Attribute],
    derives: &Derives,
    input: &syn::DeriveInput,
    words: &mut TypeWords,
) {
    let is_derived = derives.has("FromSql") || derives.has("ToSql");
    if !is_derived && !attributes.iter().any(|attribute| attribute.path().is_ident(LIBRARY)) {
        return;
    }
    let (mut name, mut is_open, mut transparent) = (None, false, false);
    each(attributes, LIBRARY, WORDS, |word, input| {
        match word {
            NAME => {
                let text = text(input)?;
                name = Some((text.value(), text.span()));
            }
            TRANSPARENT => transparent = true,
            RENAME_ALL => words.spelling = Spelling::from_word(&text(input)?.value()),
            ALLOW_MISMATCH => is_open = true,
            _ => {}
        }
        Ok(())
    });
    // Whatever a newtype without a name holds, it reads what is inside reads; to write it, the type has to be named.
    let ident = &input.ident;
    let is_newtype = matches!(&input.data, syn::Data::Struct(data)
        if data.fields.len() == 1 && matches!(data.fields, syn::Fields::Unnamed(_)));
    let only_reads = derives.has("FromSql") && !derives.has("ToSql");
    transparent |= is_newtype && only_reads && name.is_none();
    words.transparent |= transparent;
    words.is_closed = !is_open;
    words.is_open |= is_open;
    if !transparent {
        let (name, span) =
            name.unwrap_or_else(|| (syn::ext::IdentExt::unraw(ident).to_string(), ident.span()));
        words.add_name(TypeName::Literal(name), span);
    }
}

/// The name of a variant's label, or of a field's attribute.
pub(super) fn name_of(attributes: &[Attribute]) -> Option<(String, Span)> {
    let mut name = None;
    each(attributes, LIBRARY, WORDS, |word, input| {
        if word == NAME {
            let text = text(input)?;
            name = Some((text.value(), text.span()));
        }
        Ok(())
    });
    name
}
