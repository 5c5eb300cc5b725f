//! Repairs, and what is noted about them.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _,
};

use crate::entities::paging::Counted;
use crate::entities::values::RepairId;
use crate::entities::{note, open_repair, repair};

/// All repairs.
pub async fn repairs(db: &impl ConnectionTrait) -> Result<Vec<repair::Model>, DbErr> {
    repair::Entity::find().order_by_asc(repair::Column::Id).all(db).await
}

/// What went into each repair.
pub async fn parts_of_repairs(db: &impl ConnectionTrait) -> Result<Vec<repair::Parts>, DbErr> {
    repair::Entity::find()
        .select_only()
        .column(repair::Column::Id)
        .expr_as(Expr::cust("parts"), "parts")
        .into_model()
        .all(db)
        .await
}

/// A page of the notes on a repair, and how many there are.
pub async fn notes_of(
    db: &impl ConnectionTrait,
    repair: RepairId,
) -> Result<Vec<Counted<note::Model>>, DbErr> {
    note::Entity::find()
        .filter(note::Column::RepairId.eq(repair))
        .expr_as(Expr::cust("count(*) OVER ()"), "total")
        .order_by_asc(note::Column::Id)
        .limit(20)
        .into_model()
        .all(db)
        .await
}

/// A page of repairs, and how many there are.
pub async fn page_of_repairs(
    db: &impl ConnectionTrait,
    page: u64,
) -> Result<Vec<Counted<repair::Model>>, DbErr> {
    repair::Entity::find()
        .expr_as(Expr::cust("count(*) OVER ()"), "total")
        .order_by_asc(repair::Column::Id)
        .offset(20 * page)
        .limit(20)
        .into_model()
        .all(db)
        .await
}

/// The repairs, each with its bike.
pub async fn repairs_on_bikes(db: &impl ConnectionTrait) -> Result<Vec<repair::OnBike>, DbErr> {
    repair::Entity::find()
        .join(JoinType::InnerJoin, repair::Relation::Bike.def())
        .into_partial_model()
        .all(db)
        .await
}

/// Books a repair.
pub async fn book_repair(db: &impl ConnectionTrait, new: repair::New) -> Result<u64, DbErr> {
    repair::Entity::insert(new.into_active_model()).exec_without_returning(db).await
}

/// Writes down how far a repair is.
pub async fn record_progress(
    db: &impl ConnectionTrait,
    id: RepairId,
    progress: repair::Progress,
) -> Result<u64, DbErr> {
    let done = repair::Entity::update_many()
        .set(progress.into_active_model())
        .filter(repair::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// Adds a note.
pub async fn add_note(db: &impl ConnectionTrait, new: note::New) -> Result<u64, DbErr> {
    note::Entity::insert(new.into_active_model()).exec_without_returning(db).await
}

/// What waits.
pub async fn open_repairs(db: &impl ConnectionTrait) -> Result<Vec<open_repair::Model>, DbErr> {
    open_repair::Entity::find().order_by_asc(open_repair::Column::DueOn).all(db).await
}
