//! What diesel's attributes say, held against the table.
use schemacheck::{Model, PgEnum};

#[derive(Model)]
#[diesel(table_name = crate::schema::user)]
struct Misspelt {
    id: i64,
}

#[derive(Model)]
#[diesel(belongs_to(User))]
struct OrderLine {
    id: i64,
}

#[derive(Model)]
#[diesel(table_name = users)]
struct User {
    #[diesel(column_name = nick_name)]
    nickname: Option<String>,
    types_: String,
    #[diesel(deserialize_as = i32)]
    age: Age,
}

struct Age(i64);

#[derive(Model)]
#[diesel(table_name = articles)]
#[schemacheck(insert)]
struct NewArticle {
    title: Option<String>,
    #[diesel(serialize_as = i64)]
    body: Option<String>,
    #[diesel(skip_insertion)]
    slug: String,
    words: Option<i32>,
}

#[derive(Model)]
#[diesel(table_name = articles, treat_none_as_default_value = false, treat_none_as_null = true)]
#[schemacheck(insert, update)]
struct Writes {
    title: String,
    slug: String,
    state: Option<String>,
    #[diesel(skip_insertion)]
    created_at: Option<chrono::DateTime<chrono::Utc>>,
}

// A form for updates, whose trait asks for both.
#[derive(Model)]
#[diesel(table_name = articles)]
#[schemacheck(insert, update)]
struct UpdateForm {
    title: Option<String>,
    body: Option<Option<String>>,
}

// An insert, of which nobody says so: as if our derive stood beside diesel's.
#[derive(Model)]
#[diesel(table_name = users)]
struct NewUser<'a> {
    nickname: &'a str,
}

// Of the same table, and of another one.
#[derive(Model)]
#[diesel(table_name = articles)]
#[schemacheck(insert)]
struct Embedding {
    #[diesel(embed)]
    state: State,
    #[diesel(embed)]
    invoice: NewInvoice,
    title: String,
}

#[derive(Model)]
#[diesel(table_name = articles)]
#[schemacheck(insert, optional("title", "slug", reason = "only embedded"))]
struct State {
    state: String,
}

#[derive(Model)]
#[diesel(table_name = orders)]
#[schemacheck(insert)]
struct NewInvoice {
    user_id: i64,
    number: String,
}

// A required column that an embedded struct leaves out is not supplied.
#[derive(Model)]
#[schemacheck(embedded)]
struct LeftOut {
    #[diesel(skip_insertion)]
    slug: String,
}

#[derive(Model)]
#[diesel(table_name = articles)]
#[schemacheck(insert)]
struct WithLeftOut {
    title: String,
    #[diesel(embed)]
    left_out: LeftOut,
}

// `Some(None)` writes NULL.
#[derive(Model)]
#[diesel(table_name = articles)]
#[schemacheck(update)]
struct Twice {
    id: i64,
    title: Option<Option<String>>,
}

// The result of a query, of a table that is named for it.
// An expression is read, and a column is written that is not there.
#[derive(Model)]
#[diesel(table_name = gen)]
#[schemacheck(read, insert)]
struct Gen {
    id: i64,
    #[diesel(select_expression = now)]
    made_at: i64,
}

#[derive(Model)]
#[schemacheck(table = "users")]
struct Result {
    #[diesel(sql_type = diesel::sql_types::Text)]
    mail: String,
}

#[derive(PgEnum)]
#[diesel(sql_type = crate::schema::sql_types::Mood)]
enum Mood {
    Happy,
    SoSo,
}

#[derive(PgEnum)]
#[diesel(sql_type = crate::schema::sql_types::Nothing)]
enum Nothing {
    One,
}

fn main() {}
