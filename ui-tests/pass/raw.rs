//! Raw identifiers everywhere: no name in the database begins with `r#`.
#![deny(warnings, unsafe_code, clippy::all, clippy::pedantic)]
#![allow(non_camel_case_types, reason = "key words are lower case")]
use schemacheck::{Guard, Model, PgEnum, PgType};

/// Of a struct, its fields, its parameters and lifetimes.
#[derive(Model)]
#[schemacheck(table = "users")]
pub struct r#match<'r#a, r#type> {
    pub r#type: &'r#a str,
    pub r#id: r#type,
    #[schemacheck(column = "age")]
    pub r#fn: r#i64,
    #[schemacheck(flatten)]
    pub r#mod: r#struct::r#impl,
}

pub mod r#struct {
    #[derive(schemacheck::Model)]
    #[schemacheck(embedded, rename_all = "camelCase")]
    pub struct r#impl {
        pub r#mood: crate::r#enum,
        #[schemacheck(column = "moods")]
        pub r#dyn: Vec<crate::r#enum>,
    }
}

#[derive(PgEnum)]
#[schemacheck(type = "mood")]
pub enum r#enum {
    #[schemacheck(rename = "happy")]
    r#Happy,
    #[schemacheck(rename = "sad")]
    r#Loop,
    #[schemacheck(rename = "so_so")]
    r#For,
}

#[derive(PgType)]
#[schemacheck(type = "address")]
pub struct r#use {
    pub r#street: String,
    pub r#zip: i32,
    pub r#city: String,
}

#[derive(Model)]
#[schemacheck(table = "customers")]
pub struct r#crate_ {
    pub r#address: r#use,
}

fn main() {
    let record = String::from_utf8_lossy(<r#match<'_, u8> as Model>::record()).into_owned();
    // Types are shown as they are written.
    for name in ["::match\"", "\"type||", "\"id||", "\"age|fn|", "[\"mood\",null", "\"field\": \"mod\""] {
        assert!(record.contains(name), "{name}: {record}");
    }
    assert!(Guard::new().only::<(r#match<'_, i64>, r#crate_)>().request().is_ok());
}
