//! The newtypes, enums and composite types that this crate has derived so far, by name: what their spelling promises.
//!
//! As with all that is spelled, the compiler gives the verdict. Where the promise holds, as it nearly always does, it
//! spares the trait that would carry a message; where two types share a name, at worst the message is plainer.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use proc_macro2::Ident;
use schemacheck_core::PgType;
use schemacheck_core::fingerprint::{column_hash, type_hash};
use syn::Type;
use syn::ext::IdentExt;

use crate::rust_type::{self, Leaf};

static KNOWN: Mutex<BTreeMap<String, Known>> = Mutex::new(BTreeMap::new());

enum Known {
    /// Holds what this holds.
    Newtype(Leaf),
    /// Holds the type with this hash: an enum, a composite type.
    Named(u64),
    /// A struct to be flattened, by the columns that it asks for.
    Embedded(Vec<String>),
    /// Several such structs, in modules of their own: which one a field means is not known here.
    SeveralEmbedded,
}

/// Remembers a newtype by what is spelled inside.
pub(crate) fn add_newtype(name: &Ident, ty: &Type) {
    if let Some(inner) = rust_type::leaf(ty) {
        add(name, Known::Newtype(inner));
    }
}

/// Remembers an enum or a composite type by its type's [`type_hash`].
pub(crate) fn add_named(name: &Ident, hash: u64) {
    add(name, Known::Named(hash));
}

/// Remembers an enum in plain columns by a type that is held by the same ones.
pub(crate) fn add_plain(name: &Ident, like: &str) {
    let inner = Leaf { name: like.to_owned(), in_list: false };
    add(name, Known::Newtype(inner));
}

/// Remembers a struct to be flattened by the columns that it asks for.
pub(crate) fn add_embedded(name: &Ident, columns: Vec<String>) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let name = name.unraw().to_string();
    let is_other = match known.get(&name) {
        Some(Known::Embedded(before)) => *before != columns,
        Some(Known::SeveralEmbedded) => true,
        _ => false,
    };
    known.insert(name, if is_other { Known::SeveralEmbedded } else { Known::Embedded(columns) });
}

/// The columns that a struct of that name asks for, if one was seen.
pub(crate) fn embedded(leaf: &Leaf) -> Option<Vec<String>> {
    match KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(leaf.name.trim_start_matches("r#")) {
        Some(Known::Embedded(columns)) if !leaf.in_list => Some(columns.clone()),
        _ => None,
    }
}

/// The number that stands for columns that are asked for; never 0.
pub(crate) fn asks(columns: &[String]) -> u64 {
    // NUL cannot stand in a name.
    column_hash(&columns.join("\0")) | 1
}

fn add(name: &Ident, known: Known) {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(name.unraw().to_string(), known);
}

/// Whether a type of that name was seen that should hold `ty`; `spelled` says so of other types.
pub(crate) fn promises(leaf: &Leaf, ty: &PgType, spelled: impl Fn(&Leaf, &PgType) -> bool) -> bool {
    match KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(leaf.name.trim_start_matches("r#")) {
        Some(Known::Newtype(inner)) => {
            let both = leaf.in_list && inner.in_list;
            let inner = Leaf { name: inner.name.clone(), in_list: leaf.in_list || inner.in_list };
            !both && spelled(&inner, ty)
        }
        Some(Known::Named(hash)) => leaf.in_list == ty.is_array() && *hash == type_hash(&ty.schema, &ty.name),
        Some(Known::Embedded(_) | Known::SeveralEmbedded) | None => false,
    }
}
