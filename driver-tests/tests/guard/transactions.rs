//! A guard leaves a caller's transaction and settings as they were, over each driver that can be in one.

use diesel::{Connection as _, RunQueryDsl as _};
use schemacheck::Guard;
use sea_orm::{ConnectionTrait, TransactionTrait};
use sqlx::Row;

use crate::drivers::block_on;
use crate::incidents::database;

const INSERT: &str = "INSERT INTO users (email) VALUES ('a@b')";
const COUNT: &str = "SELECT count(*) FROM users";

#[track_caller]
fn count(database: &schemacheck_scratch::Database<'_>) -> i64 {
    // On a thread of its own: the blocking driver brings its runtime, and may be asked from within another.
    let ask = || database.connect().unwrap().query_one(COUNT, &[]).unwrap().get(0);
    std::thread::scope(|scope| scope.spawn(ask).join().unwrap())
}

#[test]
fn sqlx_rolls_back_what_came_before_the_guard() {
    let database = database();
    block_on(async {
        let pool = sqlx::PgPool::connect(&database.url()).await.unwrap();
        let mut transaction = pool.begin().await.unwrap();
        sqlx::raw_sql(INSERT).execute(&mut *transaction).await.unwrap();
        sqlx::raw_sql("SET LOCAL statement_timeout = '77s'").execute(&mut *transaction).await.unwrap();
        assert!(Guard::new().verify_async(&mut transaction).await.is_ok());
        let row = sqlx::raw_sql("SHOW statement_timeout").fetch_one(&mut *transaction).await.unwrap();
        assert_eq!(row.get::<String, _>(0), "77s");
        transaction.rollback().await.unwrap();
    });
    assert_eq!(count(&database), 0);
}

#[test]
fn sea_orm_commits_what_came_before_the_guard() {
    let database = database();
    block_on(async {
        let connection = sea_orm::Database::connect(database.url()).await.unwrap();
        let transaction = connection.begin().await.unwrap();
        transaction.execute_unprepared(INSERT).await.unwrap();
        assert!(Guard::new().verify_async(&transaction).await.is_ok());
        assert_eq!(count(&database), 0, "the guard must not commit");
        transaction.commit().await.unwrap();
    });
    assert_eq!(count(&database), 1);
}

#[test]
fn diesel_rolls_back_what_came_before_the_guard() {
    let database = database();
    let mut connection = diesel::PgConnection::establish(&database.url()).unwrap();
    let rolled_back = connection.transaction(|connection| {
        diesel::sql_query(INSERT).execute(connection)?;
        assert!(Guard::new().verify(&mut *connection).is_ok());
        Err::<(), _>(diesel::result::Error::RollbackTransaction)
    });
    assert!(rolled_back.is_err());
    assert_eq!(count(&database), 0);
}
