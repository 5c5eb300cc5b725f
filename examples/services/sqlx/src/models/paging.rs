//! Pages of any model.

use sqlx::FromRow;

#[derive(schemacheck::Model)]
/// A row, and how many there are on all pages.
#[derive(Debug, FromRow)]
pub struct Counted<T> {
    #[sqlx(flatten)]
    pub row: T,
    /// `count(*) OVER ()`.
    #[schemacheck(computed)]
    pub total: i64,
}
