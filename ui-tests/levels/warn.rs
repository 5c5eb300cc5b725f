//! Findings as warnings, by the word on a struct or on a field. A line that is warned of says by which codes.
use schemacheck::{Model, PgEnum, PgType};

#[derive(Model)]
#[schemacheck(table = "user", warn(missing-relation, reason = "made at run time"))] // missing-relation
struct Relation {
    id: i64,
}

#[derive(Model)]
#[schemacheck(table = "users", warn(missing-column, reason = "comes with the next release"))]
#[schemacheck(warn(type-mismatch, nullable-column, reason = "decoded by hand"))]
struct OnStruct {
    severity: String, // missing-column
    id: String, // type-mismatch
    nickname: String, // nullable-column
    avatar: u128, // type-mismatch nullable-column
}

#[derive(Model)]
#[schemacheck(table = "users")]
struct OnField<'a> {
    #[schemacheck(warn(missing-column, reason = "comes with the next release"))]
    severity: String, // missing-column
    #[schemacheck(warn(type-mismatch, reason = "decoded by hand"))]
    id: &'a str, // type-mismatch
    #[schemacheck(warn(nullable-column, reason = "never NULL"))]
    nickname: String, // nullable-column
    age: i64,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert, warn(missing-required-column, reason = "a trigger"))] // missing-required-column
#[schemacheck(warn(generated-column-written, not-null-column, reason = "a rule"))]
struct Insert {
    id: i64, // generated-column-written
    state: Option<String>, // not-null-column
}

#[derive(Model)]
#[schemacheck(table = "articles", insert)]
struct InsertFields {
    title: String,
    slug: String,
    #[schemacheck(warn(generated-column-written, reason = "a rule"))]
    id: i64, // generated-column-written
    #[schemacheck(warn(not-null-column, reason = "a rule"))]
    state: Option<String>, // not-null-column
}

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
#[schemacheck(warn(unknown-label, missing-label, reason = "being migrated"))]
enum Mood { // missing-label missing-label
    Happy,
    Angry, // unknown-label
}

#[derive(PgEnum)]
#[schemacheck(type = "modo", warn(missing-type, reason = "comes with the next release"))] // missing-type
enum Missing {
    Happy,
}

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case")]
enum Status {
    Sent,
    Lost,
}

#[derive(Model)]
#[schemacheck(table = "messages", warn(unknown-label, missing-label, reason = "being migrated"))]
struct Labels {
    status: Status, // unknown-label missing-label
}

#[derive(Model)]
#[schemacheck(table = "messages")]
struct LabelsOfField<T> {
    id: T,
    #[schemacheck(warn(unknown-label, missing-label, reason = "being migrated"))]
    status: Status, // unknown-label missing-label
}

#[derive(PgType)]
#[schemacheck(type = "adress", warn(missing-type, reason = "comes with the next release"))] // missing-type
struct NoType {
    street: String,
}

#[derive(PgType)]
#[schemacheck(type = "address", warn(type-mismatch, reason = "decoded by hand"))]
struct Address { // type-mismatch
    street: i32, // type-mismatch
    zip: i32,
}

#[derive(PgType)]
#[schemacheck(type = "email")]
struct Email(
    #[schemacheck(warn(type-mismatch, reason = "decoded by hand"))] i64, // type-mismatch
);

#[derive(Model)]
#[schemacheck(table = "orders", warn(missing-constraint, missing-default, extra-column, reason = "soon"))]
#[schemacheck(unique("status"))] // missing-constraint
#[schemacheck(exact)] // extra-column extra-column extra-column extra-column extra-column
struct Promises {
    #[schemacheck(default = "1")] // missing-default
    id: i64,
    #[schemacheck(references = "users(age)")] // missing-constraint
    user_id: i64,
}

#[derive(Model)]
#[schemacheck(table = "orders", index("note"))] // missing-index
#[schemacheck(warn(column-order, reason = "soon"))]
struct PromisesOfFields {
    #[schemacheck(default = "1", warn(missing-default, reason = "soon"))] // missing-default
    id: i64,
    #[schemacheck(references = "users(age)", warn(missing-constraint, reason = "soon"))] // missing-constraint
    user_id: i64,
    #[schemacheck(type = "text", warn(type-mismatch, reason = "soon"))] // type-mismatch
    number: String,
    #[schemacheck(not_null, warn(nullable-column, reason = "soon"))] // nullable-column
    note: String,
    #[schemacheck(nullable, warn(not-null-column, reason = "soon"))] // not-null-column
    status: String,
}

#[derive(Model)]
#[schemacheck(table = "billing.invoices", rename_all = "camelCase")]
#[schemacheck(exact(order), warn(column-order, reason = "soon"))] // column-order
struct Order {
    user_id: i64,
    id: i32,
}

#[derive(Model)]
#[schemacheck(embedded)]
struct Author {
    author_id: i64,
}

#[derive(Model)]
#[schemacheck(embedded)]
struct Text {
    title: i32,
    body: String,
}

#[derive(Model)]
#[schemacheck(table = "articles", warn(missing-column, type-mismatch, nullable-column, reason = "soon"))]
struct Flattens {
    #[schemacheck(flatten)]
    author: Author, // missing-column
    #[schemacheck(flatten)]
    text: Text, // type-mismatch nullable-column
}

#[derive(Model)]
#[schemacheck(table = "articles")]
#[schemacheck(warn(type-mismatch, nullable-column, reason = "soon"))]
struct FlattensTypes {
    #[schemacheck(flatten)]
    text: Option<Text>, // type-mismatch
}

#[derive(Model)]
#[schemacheck(embedded)]
struct Generated {
    id: i64,
    state: Option<String>,
}

#[derive(Model)]
#[schemacheck(table = "articles", warn(generated-column-written, not-null-column, reason = "soon"))]
#[schemacheck(warn(missing-required-column, reason = "soon"))]
#[schemacheck(insert)] // missing-required-column missing-required-column
struct FlattensInsert {
    #[schemacheck(flatten)]
    generated: Generated, // generated-column-written not-null-column
}

fn main() {}
