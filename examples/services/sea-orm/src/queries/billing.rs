//! Invoices.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, QueryOrder as _};

use crate::entities::invoice;

/// All invoices.
pub async fn invoices(db: &impl ConnectionTrait) -> Result<Vec<invoice::Model>, DbErr> {
    invoice::Entity::find().order_by_asc(invoice::Column::Id).all(db).await
}

/// Writes an invoice.
pub async fn write_invoice(db: &impl ConnectionTrait, new: invoice::New) -> Result<u64, DbErr> {
    invoice::Entity::insert(new.into_active_model()).exec_without_returning(db).await
}
