//! Names within flattened structs, of tables, and of other structs stand in nobody's way.
#![forbid(warnings, unsafe_code, clippy::all, clippy::pedantic)]
use schemacheck::{Model, PgType};

/// Fields whose names differ in underscores alone.
#[derive(Model)]
#[schemacheck(embedded)]
pub struct Lines {
    #[schemacheck(column = "title")]
    pub line1: String,
    #[schemacheck(column = "slug")]
    pub line_1: String,
    #[schemacheck(column = "state")]
    pub r#type: String,
    #[schemacheck(column = "body")]
    pub type_: Option<String>,
}

#[derive(Model)]
#[schemacheck(table = "articles")]
pub struct Article {
    #[schemacheck(flatten)]
    pub lines: Lines,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Note {
    pub note: Option<String>,
}

#[derive(Model)]
#[schemacheck(table = "gen")]
pub struct Gen {
    #[schemacheck(flatten)]
    pub note: Note,
}

#[derive(Model)]
#[schemacheck(table = "r#type")]
pub struct Raw {
    #[schemacheck(flatten)]
    pub note: Note,
}

/// A wrapper within a wrapper.
#[derive(Model)]
pub struct WithCount<T> {
    #[schemacheck(flatten)]
    pub record: T,
    #[schemacheck(computed)]
    pub total: i64,
}

#[derive(Model)]
pub struct Page {
    #[schemacheck(flatten)]
    pub rows: WithCount<Article>,
    #[schemacheck(computed)]
    pub page: i64,
}

pub mod derived {
    #[derive(schemacheck::PgType)]
    #[schemacheck(type = "address")]
    pub struct Home {
        pub street: String,
        pub zip: i32,
        pub city: String,
    }
}

/// Another struct of that name, which decodes itself.
pub struct Home;

#[derive(Model)]
#[schemacheck(table = "customers")]
pub struct Customer {
    pub home: Option<Home>,
    pub visit: Option<Home>,
}

#[derive(PgType)]
#[schemacheck(transparent)]
pub struct Unused(pub i64);

fn main() {}
