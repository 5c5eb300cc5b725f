use schemacheck::{Model, PgEnum, PgType};

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
pub enum Mood {
    Happy,
    Sad,
    SoSo,
}

#[derive(PgType)]
#[schemacheck(transparent)]
pub struct UserId(pub i64);

/// A newtype that can hold NULL because what it holds can.
#[derive(PgType)]
#[schemacheck(transparent)]
pub struct Nickname(pub Option<String>);

pub type MaybeDate = Option<chrono::NaiveDate>;

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct User<'a> {
    pub id: UserId,
    pub public_id: uuid::Uuid,
    pub email: std::borrow::Cow<'a, str>,
    pub nickname: Nickname,
    pub age: Option<i64>,
    pub balance: rust_decimal::Decimal,
    pub mood: Mood,
    pub moods: Vec<Option<Mood>>,
    pub settings: serde_json::Value,
    pub avatar: Option<&'a [u8]>,
    pub tags: Box<[String]>,
    pub r#type: &'a str,
    pub created_at: chrono::DateTime<chrono::Utc>,
    pub born_on: MaybeDate,
    pub wakes_at: Option<time::Time>,
    #[schemacheck(skip)]
    pub computed: std::collections::HashMap<String, i32>,
}

#[derive(Model)]
#[schemacheck(schema = "billing", table = "invoices", rename_all = "camelCase")]
pub struct Invoice {
    pub id: i32,
    pub user_id: i64,
}

/// A view's columns can all be NULL, says PostgreSQL; that is no finding.
#[derive(Model)]
#[schemacheck(table = "public.adults")]
pub struct Adult {
    pub id: i64,
    pub nickname: String,
}

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct Tuple(#[schemacheck(column = "id")] pub i64, #[schemacheck(skip)] pub u8);

#[derive(Model)]
#[schemacheck(schema = "public", table = "weird \"name\" {}")]
pub struct Weird {
    #[schemacheck(column = "col {} \"x\"")]
    pub value: i32,
}

fn main() {}
