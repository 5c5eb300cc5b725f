//! diesel's attributes, without a word of ours.
#![allow(dead_code)]

mod types {
    use schemacheck::{PgEnum, PgType};

    // The labels are spelled by code that was written by hand: which rule it follows shows in the labels themselves.
    #[derive(PgEnum)]
    #[diesel(sql_type = crate::schema::sql_types::Mood)]
    pub enum Mood {
        Happy,
        Sad,
        SoSo,
    }

    // One label that the rule does not give.
    #[derive(PgEnum)]
    #[diesel(sql_type = sql_types::Mood)]
    pub enum Named {
        Happy,
        Sad,
        #[schemacheck(rename = "so_so")]
        Neither,
    }

    // What diesel puts together from other types, and what no snapshot holds, is decoded by hand.
    #[derive(PgType)]
    #[diesel(sql_type = Array<Text>)]
    pub struct Tags(pub Vec<String>);

    #[derive(PgType)]
    #[diesel(sql_type = Geometry)]
    pub struct Spot(pub f64, pub f64);

    #[derive(PgEnum)]
    #[diesel(sql_type = crate::schema::billing::sql_types::Channel)]
    pub enum Channel {
        Text,
        Letter,
    }

    // In a column of text with a check: what is written by hand is not known.
    #[derive(PgEnum)]
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub enum Status {
        New,
        Paid,
    }

    #[derive(PgEnum)]
    #[diesel(sql_type = diesel::sql_types::SmallInt)]
    pub enum Priority {
        Low = 1,
        High = 2,
    }

    #[derive(PgType)]
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub struct UserId(pub i64);

    // Decoded by hand from any text.
    #[derive(PgType)]
    #[diesel(sql_type = diesel::sql_types::Text, sql_type = diesel::sql_types::Integer)]
    pub struct Slug {
        pub parts: Vec<String>,
    }

    #[derive(PgType)]
    #[diesel(sql_type = diesel::sql_types::Jsonb)]
    pub struct Settings {
        pub theme: String,
    }
}

use types::{Channel, Mood, Named, Priority, Settings, Slug, Spot, Status, Tags as TagList, UserId};

#[derive(schemacheck::Model)]
#[diesel(table_name = crate::schema::users)]
#[diesel(belongs_to(Company, foreign_key = company_id))]
#[diesel(check_for_backend(diesel::pg::Pg))]
#[diesel(base_query = users::table.filter(users::age.gt::<_, i64>(17)), base_query_type = Adults<A, B>)]
struct User {
    id: UserId,
    public_id: uuid::Uuid,
    #[diesel(column_name = nickname)]
    name: Option<String>,
    // `table!` gives the column of a key word an underscore.
    type_: String,
    #[diesel(column_name = "type")]
    kind: String,
    #[diesel(column_name = "age")]
    years: i64,
    mood: Mood,
    settings: Settings,
    // Not a column of the table at all.
    #[diesel(select_expression = users::age.eq::<A, B>(17), select_expression_type = dsl::eq<A, B>)]
    is_adult: bool,
    #[diesel(embed)]
    rest: Rest,
    // Read as the one type, and made into the other.
    #[diesel(deserialize_as = Vec<Option<String>>)]
    tags: Tags,
}

struct Tags(Vec<String>);

// An expression is read, and the column is written.
#[derive(schemacheck::Model)]
#[diesel(table_name = gen)]
#[schemacheck(read, insert)]
struct Gen {
    #[diesel(select_expression = dsl::length(gen::note).eq(gen::id))]
    id: i64,
    #[diesel(select_expression = coalesce(gen::note, ""))]
    note: String,
    // Neither read from a column nor written.
    #[diesel(select_expression = now, skip_insertion)]
    read_at: i64,
}

#[derive(schemacheck::Model)]
#[diesel(table_name = users)]
struct Rest {
    avatar: Option<Vec<u8>>,
}

// Two tables in a row of a join: each has its own derive.
#[derive(schemacheck::Model)]
struct Joined {
    #[diesel(embed)]
    user: User,
    #[diesel(embed)]
    rest: Rest,
}

#[derive(schemacheck::Model)]
#[diesel(belongs_to(Company), table_name = users)]
struct Old {
    #[diesel(column_name = r#type)]
    kind: String,
    mood: Named,
    home: Option<Spot>,
    tags: TagList,
}

// Left out by the insert, and embedded in it.
#[derive(schemacheck::Model)]
#[schemacheck(embedded)]
struct Generated {
    #[diesel(skip_insertion, skip_update)]
    words: Option<i32>,
}

#[derive(schemacheck::Model)]
#[diesel(table_name = articles)]
#[schemacheck(insert)]
struct WithGenerated {
    title: String,
    slug: String,
    #[diesel(embed)]
    generated: Generated,
}

// Another schema than those of the search path, and a name in quotes.
#[derive(schemacheck::Model)]
#[diesel(table_name = crate::schema::billing::invoices)]
struct Invoice {
    id: i32,
    #[diesel(column_name = userId)]
    user_id: i64,
}

#[derive(schemacheck::Model)]
#[diesel(table_name = "invoices")]
struct OneInvoice {
    id: i32,
}

// No table is named: snake case and `s`.
#[derive(schemacheck::Model)]
#[diesel(primary_key(id))]
struct Account {
    id: i64,
    r#loop: String,
    #[diesel(column_name = "endsWith_")]
    ends_with: Option<String>,
    channel: Option<Channel>,
    #[diesel(column_name = HTTPStatus)]
    http_status: Option<i32>,
}

// An insert: DEFAULT for `None`, and what is skipped is not supplied.
#[derive(schemacheck::Model)]
#[diesel(table_name = articles)]
#[schemacheck(insert)]
struct NewArticle<'a> {
    #[diesel(skip_insertion)]
    id: i64,
    title: &'a str,
    #[diesel(serialize_as = String)]
    slug: Slug,
    body: Option<&'a str>,
    state: Option<Status>,
    score: Option<i32>,
    #[diesel(skip_insertion, skip_update)]
    words: Option<i32>,
}

// What an embedded struct of the same table writes is supplied.
#[derive(schemacheck::Model)]
#[diesel(table_name = articles)]
#[schemacheck(insert)]
struct Titles<'a> {
    title: &'a str,
    slug: String,
}

#[derive(schemacheck::Model)]
#[diesel(table_name = articles)]
#[schemacheck(insert)]
struct FullArticle<'a> {
    #[diesel(embed)]
    titles: Titles<'a>,
    body: Option<String>,
}

#[derive(schemacheck::Model)]
#[diesel(table_name = articles, primary_key(id, words))]
#[schemacheck(update)]
struct ArticleChanges {
    id: i64,
    title: Option<String>,
    // Generated, but a part of what diesel takes for the key.
    words: Option<i32>,
    body: Option<Option<String>>,
}

// NULL for `None`, where the column takes it.
#[derive(schemacheck::Model)]
#[diesel(table_name = articles, treat_none_as_null = true)]
#[schemacheck(update)]
struct ArticleText {
    id: i64,
    body: Option<String>,
    #[diesel(treat_none_as_null = false)]
    title: Option<String>,
}

// The result of a query that names a table: what is no column is an expression.
#[derive(schemacheck::Model)]
#[diesel(table_name = users)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    id: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    total: i64,
}

#[derive(schemacheck::Model)]
#[diesel(table_name = messages)]
struct Message {
    id: i64,
    status: Status,
    priority: Priority,
}

// A word of ours wins, silently.
#[derive(schemacheck::Model)]
#[diesel(table_name = nowhere)]
#[schemacheck(table = "users")]
struct Ours {
    #[diesel(column_name = nothing)]
    #[schemacheck(column = "id")]
    key: i64,
    #[diesel(embed)]
    #[schemacheck(skip)]
    nothing: (),
    #[diesel(column_name = nothing)]
    #[schemacheck(computed)]
    count: i64,
}

fn main() {}
