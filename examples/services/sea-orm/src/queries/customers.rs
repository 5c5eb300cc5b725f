//! Customers and their bikes.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use crate::entities::values::CustomerId;
use crate::entities::{bike, customer};

/// All customers, with all that we know.
pub async fn customers(db: &impl ConnectionTrait) -> Result<Vec<customer::Model>, DbErr> {
    customer::Entity::find().order_by_asc(customer::Column::Id).all(db).await
}

/// The customers in short.
pub async fn summaries(db: &impl ConnectionTrait) -> Result<Vec<customer::Summary>, DbErr> {
    use customer::Column;
    customer::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Name, Column::CreatedAt, Column::UpdatedAt])
        .into_model()
        .all(db)
        .await
}

/// Adds a customer who may be known.
pub async fn add_customer(db: &impl ConnectionTrait, new: customer::New) -> Result<u64, DbErr> {
    customer::Entity::insert(new.into_active_model())
        .on_conflict(
            OnConflict::column(customer::Column::Email).update_column(customer::Column::Name).to_owned(),
        )
        .exec_without_returning(db)
        .await
}

/// Changes a customer.
pub async fn change_customer(
    db: &impl ConnectionTrait,
    id: CustomerId,
    changes: customer::Changes,
) -> Result<u64, DbErr> {
    let done = customer::Entity::update_many()
        .set(changes.into_active_model())
        .filter(customer::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// The bikes of a customer.
pub async fn bikes_of(db: &impl ConnectionTrait, owner: CustomerId) -> Result<Vec<bike::Model>, DbErr> {
    bike::Entity::find().filter(bike::Column::Owner.eq(owner)).all(db).await
}

/// What tells the bikes apart.
pub async fn bike_labels(db: &impl ConnectionTrait) -> Result<Vec<bike::Label>, DbErr> {
    bike::Entity::find().into_partial_model().all(db).await
}

/// Adds a bike.
pub async fn add_bike(db: &impl ConnectionTrait, new: bike::New) -> Result<u64, DbErr> {
    bike::Entity::insert(new.into_active_model()).exec_without_returning(db).await
}
