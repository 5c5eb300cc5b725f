use schemacheck::{Model, PgEnum};

#[derive(Model)]
#[schemacheck(table = "orders", crate = "a b", none = "null", insert = "yes", exact(columns), exact = true)]
struct Words {
    #[schemacheck(max_length = 0)]
    number: String,
    #[schemacheck(max_length = "20", default = " ")]
    status: String,
    #[schemacheck(max_length, default(now))]
    note: Option<String>,
    #[schemacheck(references = "users", on_delete = "casade")]
    user_id: i64,
    #[schemacheck(references = "a.b.users(id)", type = "")]
    id: i64,
}

#[derive(Model)]
#[schemacheck(table = "orders", primary_key, unique(), index(status), primary_key("id", "id"))]
#[schemacheck(unique("id", where = ""), unique("id", when = "x"), unique(""))]
#[schemacheck(primary_key("id"), primary_key("number"), index("id"), index("id"))]
struct Promises {
    id: i64,
}

#[derive(Model)]
#[schemacheck(table = "orders", insert, optional("id"), optional(reason = "x"))]
#[schemacheck(optional, optional("id", reason = " "))]
struct Optional {
    id: i64,
}

#[derive(PgEnum)]
#[schemacheck(type = mood, rename_all = lowercase, non_exhaustive = false)]
enum Mood {
    #[schemacheck(rename)]
    Happy,
    #[schemacheck(rename = "")]
    Sad,
}

fn main() {}
