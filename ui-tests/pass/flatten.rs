//! Structs of columns within structs: embedded ones, those with tables, nested, optional, generic.
#![forbid(warnings, unsafe_code, clippy::all, clippy::pedantic)]
#![deny(unreachable_pub, unnameable_types, private_bounds, private_interfaces)]
use chrono::{DateTime, Utc};
use schemacheck::{Model, PgEnum};

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
pub enum Mood {
    Happy,
    Sad,
    SoSo,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Created {
    pub created_at: DateTime<Utc>,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Times {
    #[schemacheck(flatten)]
    pub created: Created,
    pub updated_at: Option<DateTime<Utc>>,
}

#[derive(Model)]
#[schemacheck(table = "articles")]
pub struct Article<'a> {
    pub id: i64,
    #[schemacheck(flatten)]
    pub times: Times,
    pub title: &'a str,
    #[schemacheck(flatten)]
    pub rest: Rest<'a, String>,
}

/// Lifetimes, parameters, another name, and ways out.
#[derive(Model)]
#[schemacheck(embedded, rename_all = "snake_case")]
pub struct Rest<'a, T> {
    pub slug: &'a str,
    #[schemacheck(column = "state")]
    pub stage: T,
    #[schemacheck(nullability = "off", reason = "every article has one")]
    pub body: String,
    #[schemacheck(types = "off", reason = "decoded by hand")]
    pub words: Option<Vec<u128>>,
    #[schemacheck(computed)]
    pub rank: f64,
}

/// A LEFT JOIN: none of the columns is there, or all are.
#[derive(Model)]
#[schemacheck(table = "articles")]
pub struct Joined {
    pub id: i64,
    #[schemacheck(flatten)]
    pub times: Option<Times>,
    #[schemacheck(flatten)]
    pub body: Option<Body>,
    #[schemacheck(flatten)]
    pub author: Option<Author>,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Body {
    pub body: String,
    pub words: i32,
}

/// With a table of its own, against which it is judged.
#[derive(Model)]
#[schemacheck(table = "users")]
pub struct Author {
    pub nickname: Option<String>,
    pub mood: Mood,
    #[schemacheck(flatten)]
    pub moods: Moods,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Moods {
    pub moods: Vec<Mood>,
}

/// No table: what is inside has one.
#[derive(Model)]
pub struct WithCount<T> {
    #[schemacheck(flatten)]
    pub record: T,
    #[schemacheck(computed)]
    pub total: i64,
}

#[derive(Model)]
pub struct Pair<'a>(
    #[schemacheck(flatten)] pub Article<'a>,
    #[schemacheck(flatten)] pub Option<Author>,
);

/// A parameter that is flattened: nothing of it is known.
#[derive(Model)]
#[schemacheck(table = "articles")]
pub struct With<T> {
    pub id: i64,
    #[schemacheck(flatten)]
    pub rest: T,
    #[schemacheck(flatten)]
    pub times: Times,
}

/// What a flattened struct supplies need not be supplied again.
#[derive(Model)]
#[schemacheck(table = "articles", insert)]
pub struct NewArticle {
    pub title: String,
    #[schemacheck(flatten)]
    pub slug: Slug,
    #[schemacheck(flatten)]
    pub created: Created,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Slug {
    pub slug: String,
    pub body: Option<String>,
}

/// `None` is DEFAULT, for one field or for all.
#[derive(Model)]
#[schemacheck(embedded)]
pub struct State {
    #[schemacheck(none = "default")]
    pub state: Option<String>,
    #[schemacheck(allow(missing-column, reason = "added by the next release"))]
    pub later: String,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert)]
pub struct WithState {
    pub title: String,
    #[schemacheck(flatten)]
    pub slug: Slug,
    #[schemacheck(flatten)]
    pub state: State,
}

/// What a field allows itself holds where it is flattened.
#[derive(Model)]
#[schemacheck(embedded)]
pub struct Odd {
    #[schemacheck(allow(generated-column-written, reason = "OVERRIDING SYSTEM VALUE"))]
    pub id: i64,
    #[schemacheck(allow(not-null-column, reason = "always Some"))]
    pub state: Option<String>,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert)]
pub struct WithOdd {
    pub title: String,
    pub slug: String,
    #[schemacheck(flatten)]
    pub odd: Odd,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Stated {
    pub state: Option<String>,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert, none = "default")]
pub struct AllDefault {
    pub title: String,
    #[schemacheck(flatten)]
    pub slug: Slug,
    #[schemacheck(flatten)]
    pub state: Stated,
}

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case")]
pub enum Status {
    Sent,
    Delivered,
    Seen,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Delivery {
    pub status: Status,
    pub priority: i16,
}

#[derive(Model)]
#[schemacheck(table = "messages")]
pub struct Message {
    pub id: i64,
    #[schemacheck(flatten)]
    pub delivery: Delivery,
}

/// Every column has a field, and in the table's order.
#[derive(Model)]
#[schemacheck(schema = "billing", table = "invoices", exact(order))]
pub struct Invoice {
    #[schemacheck(flatten)]
    pub key: Key,
    #[schemacheck(column = "userId")]
    pub user_id: i64,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Key {
    pub id: i32,
}

mod elsewhere {
    pub(crate) type Times = super::Times;

    #[derive(schemacheck::Model)]
    #[schemacheck(table = "articles")]
    pub struct Aliased {
        #[schemacheck(flatten)]
        pub(crate) times: Times,
    }
}

pub use elsewhere::Aliased;

fn main() {
    #[derive(Model)]
    #[schemacheck(embedded)]
    struct Local {
        title: String,
    }

    #[derive(Model)]
    #[schemacheck(table = "articles")]
    struct Inner {
        #[schemacheck(flatten)]
        local: Local,
    }
}
