//! What is wrong with a model is said once: the rest of the program still sees a model.
use schemacheck::{Guard, Model};

#[derive(Model)]
#[schemacheck(table = "users", tabel = "x")]
struct Word {
    id: String,
}

#[derive(Model)]
struct NoTable<'a, T> {
    id: &'a T,
}

#[derive(Model)]
#[schemacheck(table = "usr")]
struct Relation {
    #[schemacheck(flatten)]
    times: Times,
}

#[derive(Model)]
#[schemacheck(table = "users", primary_key("idd"), unique("idd", "age"))]
struct Promise {
    idd: i64,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert, exact(order))]
struct Insert {
    title: String,
    #[schemacheck(colum = "slug")]
    slug: String,
}

#[derive(Model)]
#[schemacheck(table = "billing.invoices", rename_all = "camelcase")]
struct Spelling {
    user_id: i64,
}

#[derive(Model)]
#[schemacheck(table = "users")]
enum Enum {
    A,
}

#[derive(Model)]
#[schemacheck(embedded)]
struct Times {
    created_at: String,
}

fn is_model<T: Model>() {}

fn main() {
    is_model::<Word>();
    is_model::<NoTable<'_, u8>>();
    is_model::<Enum>();
    let _ = Guard::new().only::<(Word, Relation, Promise, Insert, Spelling, NoTable<'static, i64>)>();
    let _ = <Insert as Model>::record();
    let Word { id } = Word { id: String::new() };
    drop(id);
}
