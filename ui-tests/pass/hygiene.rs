//! The user's own names stand in for nothing, and no lint fires in the user's crate.
#![forbid(warnings, unsafe_code, clippy::all, clippy::pedantic)]

pub mod models {
    pub struct Option;
    pub struct Result;
    pub struct Vec;
    pub struct Box;
    pub struct Sized;
    pub mod core {}
    pub mod std {}
    pub mod schemacheck {}

    type String = ::std::string::String;
    const PATH: usize = 4;
    const RECORD: usize = 4;
    const KEEP: usize = 4;

    #[derive(::schemacheck::Model)]
    #[schemacheck(table = "users")]
    pub struct User {
        pub id: i64,
        pub r#type: String,
        pub nickname: ::std::option::Option<String>,
        pub avatar: ::std::option::Option<[u8; PATH]>,
        pub tags: [String; RECORD],
        #[schemacheck(column = "moods")]
        pub moods: [Mood; KEEP],
    }

    #[derive(::schemacheck::PgEnum)]
    #[schemacheck(type = "mood", rename_all = "snake_case")]
    pub enum Mood {
        Happy,
        Sad,
        SoSo,
    }

    #[derive(::schemacheck::PgType)]
    #[schemacheck(transparent)]
    pub struct Id(pub i64);

    #[derive(::schemacheck::PgType)]
    #[schemacheck(type = "address")]
    pub struct Address {
        pub street: String,
        pub zip: i32,
        pub city: ::std::option::Option<String>,
    }

    #[derive(::schemacheck::PgType)]
    #[schemacheck(type = "visit", rename_all = "camelCase")]
    pub struct Visit<'a> {
        pub place: &'a Address,
        pub earlier: ::std::vec::Vec<Address>,
        pub moods: [Mood; KEEP],
        pub contact: Email,
        #[schemacheck(types = "off", reason = "decoded by hand")]
        pub stayed_on: u64,
    }

    #[derive(::schemacheck::PgType)]
    #[schemacheck(type = "email")]
    pub struct Email(pub String);

    // Without the features of the drivers that care, a domain is written from what it is based on without a word.
    #[derive(::schemacheck::Model)]
    #[schemacheck(table = "users", update)]
    pub struct UserChange {
        pub email: ::std::option::Option<String>,
    }

    #[derive(::schemacheck::PgType)]
    #[schemacheck(type = "office")]
    pub struct Office {
        pub email: String,
        #[schemacheck(types = "off", reason = "decoded by hand")]
        pub work_email: String,
        pub emails: ::std::vec::Vec<String>,
    }

    #[derive(::schemacheck::Model)]
    #[schemacheck(table = "customers")]
    pub struct Customer<'a> {
        pub address: Address,
        pub addresses: &'a [Address],
        pub home: ::std::option::Option<Address>,
        pub visit: ::std::option::Option<Visit<'a>>,
        pub emails: [Email; PATH],
    }
}

fn main() {}
