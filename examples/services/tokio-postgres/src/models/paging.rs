//! Pages of any model.

use tokio_postgres::Row;

use super::RowError;

#[derive(schemacheck::Model)]
/// A row, and how many there are on all pages.
#[derive(Debug)]
pub struct Counted<T> {
    #[schemacheck(flatten)]
    pub row: T,
    /// `count(*) OVER ()`.
    #[schemacheck(computed)]
    pub total: i64,
}

impl<'a, T: TryFrom<&'a Row, Error = RowError>> TryFrom<&'a Row> for Counted<T> {
    type Error = RowError;

    fn try_from(row: &'a Row) -> Result<Self, RowError> {
        Ok(Self { row: T::try_from(row)?, total: row.try_get("total")? })
    }
}
