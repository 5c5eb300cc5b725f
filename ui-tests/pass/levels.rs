//! Each finding has a way out, on a struct and, where it is one of a field, on the field.
#![forbid(warnings, unsafe_code, clippy::all, clippy::pedantic)]
use schemacheck::{Model, PgEnum, PgType};

#[derive(Model)]
#[schemacheck(table = "user", allow(missing-relation, reason = "made at run time"))]
pub struct Relation {
    id: i64,
}

#[derive(Model)]
#[schemacheck(table = "users", allow(missing-column, reason = "comes with the next release"))]
#[schemacheck(allow(type-mismatch, nullable-column, reason = "decoded by hand"))]
pub struct OnStruct {
    severity: String,
    id: String,
    nickname: String,
    avatar: u128,
}

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct OnField<'a> {
    #[schemacheck(allow(missing-column, reason = "comes with the next release"))]
    severity: String,
    #[schemacheck(allow(type-mismatch, reason = "decoded by hand"))]
    id: &'a str,
    #[schemacheck(allow(nullable-column, reason = "never NULL"))]
    nickname: String,
    age: i64,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert, allow(missing-required-column, reason = "a trigger"))]
#[schemacheck(allow(generated-column-written, not-null-column, reason = "a rule"))]
pub struct Insert {
    id: i64,
    state: Option<String>,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert)]
pub struct InsertFields {
    title: String,
    slug: String,
    #[schemacheck(allow(generated-column-written, reason = "a rule"))]
    id: i64,
    #[schemacheck(allow(not-null-column, reason = "a rule"))]
    state: Option<String>,
}

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
#[schemacheck(allow(unknown-label, missing-label, reason = "being migrated"))]
pub enum Mood {
    Happy,
    Angry,
}

#[derive(PgEnum)]
#[schemacheck(type = "modo", allow(missing-type, reason = "comes with the next release"))]
pub enum Missing {
    Happy,
}

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case")]
pub enum Status {
    Sent,
    Lost,
}

#[derive(Model)]
#[schemacheck(table = "messages", allow(unknown-label, missing-label, reason = "being migrated"))]
pub struct Labels {
    status: Status,
}

#[derive(Model)]
#[schemacheck(table = "messages")]
pub struct LabelsOfField<T> {
    id: T,
    #[schemacheck(allow(unknown-label, missing-label, reason = "being migrated"))]
    status: Status,
}

#[derive(PgType)]
#[schemacheck(type = "adress", allow(missing-type, reason = "comes with the next release"))]
pub struct NoType {
    street: String,
}

#[derive(PgType)]
#[schemacheck(type = "address", allow(type-mismatch, reason = "decoded by hand"))]
pub struct Address {
    street: i32,
    zip: i32,
}

#[derive(PgType)]
#[schemacheck(type = "email")]
pub struct Email(#[schemacheck(allow(type-mismatch, reason = "decoded by hand"))] i64);

#[derive(Model)]
#[schemacheck(table = "orders", allow(missing-constraint, missing-default, extra-column, reason = "soon"))]
#[schemacheck(unique("status"))]
#[schemacheck(exact)]
pub struct Promises {
    #[schemacheck(default = "1")]
    id: i64,
    #[schemacheck(references = "users(age)")]
    user_id: i64,
}

#[derive(Model)]
#[schemacheck(table = "orders", index("note"))]
#[schemacheck(allow(missing-index, reason = "soon"))]
#[schemacheck(allow(column-order, reason = "soon"))]
pub struct PromisesOfFields {
    #[schemacheck(default = "1", allow(missing-default, reason = "soon"))]
    id: i64,
    #[schemacheck(references = "users(age)", allow(missing-constraint, reason = "soon"))]
    user_id: i64,
    #[schemacheck(type = "text", allow(type-mismatch, reason = "soon"))]
    number: String,
    #[schemacheck(not_null, allow(nullable-column, reason = "soon"))]
    note: String,
    #[schemacheck(nullable, allow(not-null-column, reason = "soon"))]
    status: String,
}

#[derive(Model)]
#[schemacheck(table = "billing.invoices", rename_all = "camelCase")]
#[schemacheck(exact(order), allow(column-order, reason = "soon"))]
pub struct Order {
    user_id: i64,
    id: i32,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Author {
    author_id: i64,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Text {
    title: i32,
    body: String,
}

#[derive(Model)]
#[schemacheck(table = "articles", allow(missing-column, type-mismatch, nullable-column, reason = "soon"))]
pub struct Flattens {
    #[schemacheck(flatten)]
    author: Author,
    #[schemacheck(flatten)]
    text: Text,
}

#[derive(Model)]
#[schemacheck(table = "articles")]
#[schemacheck(allow(type-mismatch, nullable-column, reason = "soon"))]
pub struct FlattensTypes {
    #[schemacheck(flatten)]
    text: Option<Text>,
}

/// The words of the struct inside hold for it, wherever it is flattened.
#[derive(Model)]
#[schemacheck(embedded)]
pub struct OwnWords {
    #[schemacheck(allow(missing-column, reason = "soon"))]
    author_id: i64,
    #[schemacheck(allow(type-mismatch, reason = "decoded by hand"))]
    title: i32,
    #[schemacheck(allow(nullable-column, reason = "never NULL"))]
    body: String,
}

#[derive(Model)]
#[schemacheck(table = "articles")]
pub struct FlattensOwnWords {
    #[schemacheck(flatten)]
    own: OwnWords,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Generated {
    id: i64,
    state: Option<String>,
}

#[derive(Model)]
#[schemacheck(table = "articles", allow(generated-column-written, not-null-column, reason = "soon"))]
#[schemacheck(allow(missing-required-column, reason = "soon"))]
#[schemacheck(insert)]
pub struct FlattensInsert {
    #[schemacheck(flatten)]
    generated: Generated,
}

fn main() {}
