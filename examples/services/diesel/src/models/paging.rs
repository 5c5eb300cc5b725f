//! Pages of any model.

use diesel::prelude::*;

#[derive(schemacheck::Model)]
/// A row, and how many there are on all pages.
#[derive(Debug, Queryable)]
pub struct Counted<T> {
    #[schemacheck(flatten)]
    pub row: T,
    #[schemacheck(computed)]
    pub total: i64,
}
