//! Pages of any model.

use sea_orm::FromQueryResult;

#[derive(schemacheck::Model)]
/// A row, and how many there are on all pages.
#[derive(Debug, FromQueryResult)]
pub struct Counted<T: FromQueryResult> {
    #[sea_orm(nested)]
    pub row: T,
    /// `count(*) OVER ()`.
    #[schemacheck(computed)]
    pub total: i64,
}
