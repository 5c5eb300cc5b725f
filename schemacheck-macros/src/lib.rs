//! The derive macros of schemacheck. Use them through the crate `schemacheck`, which documents them.
//!
//! An expansion reads the snapshot and nothing else; it connects to nothing and writes nothing.

use proc_macro::TokenStream;

mod attr;
mod check;
mod ctxt;
mod derive;
mod expand;
mod fallback;
mod foreign;
mod input;
mod known;
mod manifest;
mod mode;
mod place;
mod report;
mod rust_type;
mod snapshot;
mod source;
mod symbol;

/// Checks a struct against the relation that it reads.
#[proc_macro_derive(Model, attributes(schemacheck, diesel, sqlx, sea_orm, postgres))]
pub fn model(input: TokenStream) -> TokenStream {
    derive::model(&syn::parse_macro_input!(input)).into()
}

/// Checks an enum against the labels of a PostgreSQL enum, and lets columns of it be read into the type.
#[proc_macro_derive(PgEnum, attributes(schemacheck, diesel, sqlx, sea_orm, postgres))]
pub fn pg_enum(input: TokenStream) -> TokenStream {
    derive::pg_enum(&syn::parse_macro_input!(input)).into()
}

/// Checks a struct against a composite type or a domain; or lets a newtype hold what the type inside holds.
#[proc_macro_derive(PgType, attributes(schemacheck, diesel, sqlx, sea_orm, postgres))]
pub fn pg_type(input: TokenStream) -> TokenStream {
    derive::pg_type(&syn::parse_macro_input!(input)).into()
}
