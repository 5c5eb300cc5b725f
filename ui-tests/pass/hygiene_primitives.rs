//! Types with the names of those of the language, and constants with those of the generated code.
#![deny(warnings, unsafe_code, clippy::all, clippy::pedantic)]
#![allow(non_camel_case_types, non_upper_case_globals, reason = "the names are the point")]

use std::primitive;

pub struct bool;
pub struct u8;
pub struct u64;
pub struct usize;
pub struct str;
pub struct i64;
pub struct i32;

pub const __PARTS: primitive::bool = true;
pub const __PATH: primitive::bool = true;
pub const __RECORD: primitive::bool = true;
pub const schemacheck: primitive::bool = true;
pub const CHECKED: primitive::bool = true;
pub const NULL: primitive::bool = true;
pub const OK: primitive::bool = true;
pub const text: primitive::bool = true;
pub const name: primitive::bool = true;
pub const checks: primitive::bool = true;

macro_rules! concat {
    () => {};
}
macro_rules! module_path {
    () => {};
}
concat!();
module_path!();

#[derive(::schemacheck::Model)]
#[schemacheck(table = "users")]
pub struct User {
    pub id: primitive::i64,
    pub nickname: Option<String>,
    pub mood: Mood,
}

#[derive(::schemacheck::PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
pub enum Mood {
    Happy,
    Sad,
    SoSo,
}

#[derive(::schemacheck::PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case")]
pub enum Status {
    Sent,
    Delivered,
    Seen,
}

#[derive(::schemacheck::Model)]
#[schemacheck(table = "messages")]
pub struct Message {
    pub status: Status,
}

#[derive(::schemacheck::PgType)]
#[schemacheck(transparent)]
pub struct Id(pub primitive::i64);

#[derive(::schemacheck::PgType)]
#[schemacheck(type = "address")]
pub struct Address {
    pub street: String,
    pub zip: primitive::i32,
    pub city: String,
}

#[derive(::schemacheck::PgType)]
#[schemacheck(type = "home")]
pub struct Home(pub Address);

#[derive(::schemacheck::Model)]
#[schemacheck(embedded)]
pub struct Rest {
    pub title: String,
    pub words: Option<primitive::i32>,
}

#[derive(::schemacheck::Model)]
#[schemacheck(table = "articles", read, update, primary_key("id"))]
pub struct Article {
    pub id: Id,
    #[schemacheck(flatten)]
    pub rest: articles,
}

#[derive(::schemacheck::Model)]
#[schemacheck(embedded)]
/// The name of the table into which it is flattened.
pub struct articles {
    pub title: String,
}

#[derive(::schemacheck::Model)]
#[schemacheck(table = "articles", insert, optional("slug", reason = "a trigger"))]
pub struct NewArticle {
    #[schemacheck(flatten)]
    pub rest: articles,
}

pub fn main() {
    let _ = (size_of::<bool>(), Rest { title: String::new(), words: None }.words);
}
