//! The workshop itself.

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _,
};

use crate::entities::{mechanic, opening_hours as hours, part};

/// Who repairs.
pub async fn mechanics(db: &impl ConnectionTrait) -> Result<Vec<mechanic::Model>, DbErr> {
    mechanic::Entity::find().filter(mechanic::Column::Active.eq(true)).all(db).await
}

/// Adds a mechanic.
pub async fn add_mechanic(db: &impl ConnectionTrait, new: mechanic::New) -> Result<u64, DbErr> {
    mechanic::Entity::insert(new.into_active_model()).exec_without_returning(db).await
}

/// What lies in the store.
pub async fn parts(db: &impl ConnectionTrait) -> Result<Vec<part::Model>, DbErr> {
    part::Entity::find().order_by_asc(part::Column::Sku).all(db).await
}

/// Adds what was delivered to the stock.
pub async fn take_delivery(db: &impl ConnectionTrait, delivery: part::Delivery) -> Result<u64, DbErr> {
    let stock = Expr::col((part::Entity, part::Column::Stock)).add(delivery.stock);
    part::Entity::insert(delivery.into_active_model())
        .on_conflict(
            OnConflict::column(part::Column::Sku)
                .update_column(part::Column::Name)
                .value(part::Column::Stock, stock)
                .to_owned(),
        )
        .exec_without_returning(db)
        .await
}

/// When it is open.
pub async fn opening_hours(db: &impl ConnectionTrait) -> Result<Vec<hours::Model>, DbErr> {
    hours::Entity::find().order_by_asc(hours::Column::Weekday).all(db).await
}
