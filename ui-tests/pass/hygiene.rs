//! The user's own names stand in for nothing, and no lint fires in the user's crate.
#![forbid(warnings, unsafe_code, clippy::all, clippy::pedantic)]
#![deny(
    let_underscore_drop,
    missing_debug_implementations,
    missing_docs,
    non_camel_case_types,
    non_upper_case_globals,
    private_bounds,
    private_interfaces,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences,
    clippy::clone_on_ref_ptr,
    clippy::default_numeric_fallback,
    clippy::impl_trait_in_params,
    clippy::indexing_slicing,
    clippy::items_after_statements,
    clippy::missing_trait_methods,
    clippy::mod_module_files,
    clippy::nursery,
    clippy::panic,
    clippy::pub_use,
    clippy::same_name_method,
    clippy::shadow_unrelated,
    clippy::unwrap_used
)]

/// Every sort of derive, beside names that are those of the standard library and of generated code.
pub mod models {
    /// Not the one of the prelude.
    #[derive(Debug)]
    pub struct Option;
    /// Likewise.
    #[derive(Debug)]
    pub struct Result;
    /// Likewise.
    #[derive(Debug)]
    pub struct Vec;
    /// Likewise.
    #[derive(Debug)]
    pub struct Box;
    /// Likewise.
    pub trait Sized {}
    /// Likewise.
    pub trait Default {}
    /// Likewise.
    pub trait Into {}
    /// Likewise.
    pub trait Fn {}
    /// A name of the generated code.
    pub trait Model {}
    /// Likewise.
    pub trait AcceptsColumn {}
    /// No crate.
    pub mod core {}
    /// Likewise.
    pub mod std {}
    /// Likewise.
    pub mod schemacheck {}
    /// Likewise.
    pub mod flatten {}

    type String = ::std::string::String;
    type Maybe<T> = ::std::option::Option<T>;
    type List<T> = ::std::vec::Vec<T>;
    type Time = chrono::DateTime<chrono::Utc>;
    const PATH: usize = 4;
    const RECORD: usize = 4;
    const KEEP: usize = 4;

    /// A model that reads.
    #[derive(Debug, ::schemacheck::Model)]
    #[schemacheck(table = "users")]
    pub struct User {
        /// A column.
        pub id: i64,
        /// A column.
        pub r#type: String,
        /// A column.
        pub nickname: ::std::option::Option<String>,
        /// A column.
        pub avatar: Maybe<[u8; PATH]>,
        /// A column.
        pub tags: [String; RECORD],
        /// A column.
        #[schemacheck(column = "moods")]
        pub feelings: [Mood; KEEP],
    }

    /// An enum of `PostgreSQL`.
    #[derive(Debug, ::schemacheck::PgEnum)]
    #[schemacheck(type = "mood", rename_all = "snake_case")]
    pub enum Mood {
        /// A label.
        Happy,
        /// A label.
        Sad,
        /// A label.
        SoSo,
    }

    /// An enum in a plain column.
    #[derive(Debug, ::schemacheck::PgEnum)]
    #[schemacheck(repr = "text", rename_all = "snake_case")]
    pub enum Status {
        /// A label.
        Sent,
        /// A label.
        Delivered,
        /// A label.
        Seen,
    }

    /// An enum in a column of numbers.
    #[derive(Debug, ::schemacheck::PgEnum)]
    #[schemacheck(repr = "int2", non_exhaustive)]
    pub enum Priority {
        /// A number.
        Low = 1,
        /// A number.
        High = 2,
    }

    /// What holds them.
    #[derive(Debug, ::schemacheck::Model)]
    #[schemacheck(table = "messages")]
    pub struct Message<'a, T> {
        /// A column.
        pub id: Id,
        /// A column.
        pub status: &'a Status,
        /// A column.
        pub delivery: Maybe<Wrapped<Status>>,
        /// A column.
        pub priority: Priority,
        /// A column.
        pub folder: T,
    }

    /// A newtype.
    #[derive(Debug, ::schemacheck::PgType)]
    #[schemacheck(transparent)]
    pub struct Id(pub i64);

    /// A generic one.
    #[derive(Debug, ::schemacheck::PgType)]
    #[schemacheck(transparent)]
    pub struct Wrapped<T>(pub T);

    /// A composite type.
    #[derive(Debug, ::schemacheck::PgType)]
    #[schemacheck(type = "address")]
    pub struct Address {
        /// An attribute.
        pub street: String,
        /// An attribute.
        pub zip: i32,
        /// An attribute.
        pub city: Maybe<String>,
    }

    /// One of several sorts of attributes.
    #[derive(Debug, ::schemacheck::PgType)]
    #[schemacheck(type = "visit", rename_all = "camelCase")]
    pub struct Visit<'a> {
        /// An attribute.
        pub place: &'a Address,
        /// An attribute.
        pub earlier: List<Address>,
        /// An attribute.
        pub moods: [Mood; KEEP],
        /// An attribute.
        pub contact: Email,
        /// An attribute.
        #[schemacheck(types = "off", reason = "decoded by hand")]
        pub stayed_on: u64,
    }

    /// A domain.
    #[derive(Debug, ::schemacheck::PgType)]
    #[schemacheck(type = "email")]
    pub struct Email(pub String);

    /// Without the features of the drivers that care, a domain is written from what it is based on without a word.
    #[derive(Debug, ::schemacheck::Model)]
    #[schemacheck(table = "users", update)]
    pub struct UserChange {
        /// A column.
        pub email: Maybe<String>,
    }

    /// Domains within a composite type.
    #[derive(Debug, ::schemacheck::PgType)]
    #[schemacheck(type = "office")]
    pub struct Office {
        /// An attribute.
        pub email: String,
        /// An attribute.
        #[schemacheck(types = "off", reason = "decoded by hand")]
        pub work_email: String,
        /// An attribute.
        pub emails: ::std::vec::Vec<String>,
    }

    /// What holds them.
    #[derive(Debug, ::schemacheck::Model)]
    #[schemacheck(table = "customers")]
    pub struct Customer<'a> {
        /// A column.
        pub address: Address,
        /// A column.
        pub addresses: &'a [Address],
        /// A column.
        pub home: Maybe<Address>,
        /// A column.
        pub visit: Maybe<Visit<'a>>,
        /// A column.
        pub emails: [Email; PATH],
    }

    /// Columns that several tables have.
    #[derive(Debug, ::schemacheck::Model)]
    #[schemacheck(embedded)]
    pub struct Times<T> {
        /// A column.
        pub created_at: T,
        /// A column.
        pub updated_at: Maybe<Time>,
    }

    /// Columns within columns.
    #[derive(Debug, ::schemacheck::Model)]
    #[schemacheck(embedded)]
    pub struct Text<'a> {
        /// A column.
        pub slug: &'a str,
        /// More columns.
        #[schemacheck(flatten)]
        pub times: Times<Time>,
    }

    /// A model that inserts, with all that it promises.
    #[derive(Debug, ::schemacheck::Model)]
    #[schemacheck(table = "articles", insert, none = "default")]
    #[schemacheck(optional("slug", reason = "a trigger"), primary_key("id"))]
    pub struct NewArticle<'a> {
        /// A column.
        pub title: &'a str,
        /// A column.
        pub state: Maybe<String>,
        /// More columns.
        #[schemacheck(flatten)]
        pub text: Text<'a>,
    }

    /// A model with flattened structs.
    #[derive(Debug, ::schemacheck::Model)]
    #[schemacheck(table = "articles")]
    pub struct Article<'a, T> {
        /// A column.
        pub id: Id,
        /// More columns.
        #[schemacheck(flatten)]
        pub text: ::std::option::Option<Text<'a>>,
        /// Nobody knows which columns.
        #[schemacheck(flatten)]
        pub rest: T,
        /// No column.
        #[schemacheck(computed)]
        pub rank: f64,
    }

    /// A struct without a table.
    #[derive(Debug, ::schemacheck::Model)]
    pub struct WithCount<T> {
        /// More columns.
        #[schemacheck(flatten)]
        pub record: T,
        /// More columns.
        #[schemacheck(flatten)]
        pub user: User,
        /// No column.
        #[schemacheck(computed)]
        pub total: i64,
    }

    /// Every promise.
    #[derive(Debug, ::schemacheck::Model)]
    #[schemacheck(table = "orders", exact(order), primary_key("id"))]
    #[schemacheck(unique("user_id", where = "status = 'new'"), index("status", "placed_at"))]
    pub struct Order {
        /// A column.
        #[schemacheck(type = "int8", default)]
        pub id: i64,
        /// A column.
        #[schemacheck(references = "users(id)", on_delete = "cascade", not_null)]
        pub user_id: i64,
        /// A column.
        #[schemacheck(type = "varchar(20)", max_length = 20)]
        pub number: String,
        /// A column.
        #[schemacheck(default = "'new'")]
        pub status: String,
        /// A column.
        #[schemacheck(nullable)]
        pub note: Maybe<String>,
        /// A column.
        pub total: rust_decimal::Decimal,
        /// A column.
        pub placed_at: Time,
    }

    /// A model of another database.
    #[derive(Debug, ::schemacheck::Model)]
    #[schemacheck(database = "billing", table = "payments")]
    pub struct Payment(
        #[schemacheck(column = "id")] pub i64,
        #[schemacheck(column = "note")] pub Maybe<String>,
        #[schemacheck(column = "mood")] pub Due,
    );

    /// Its enum.
    #[derive(Debug, ::schemacheck::PgEnum)]
    #[schemacheck(database = "billing", type = "mood", rename_all = "snake_case")]
    pub enum Due {
        /// A label.
        Paid,
        /// A label.
        Due,
    }

    mod private {
        /// What nobody outside sees.
        #[derive(Debug, ::schemacheck::Model)]
        #[schemacheck(embedded)]
        pub(super) struct Hidden {
            pub(super) title: ::std::string::String,
        }
    }

    #[derive(Debug, ::schemacheck::Model)]
    #[schemacheck(table = "articles")]
    struct Unseen {
        #[schemacheck(flatten)]
        hidden: private::Hidden,
    }

    /// Uses what is private.
    #[must_use]
    pub const fn size() -> usize {
        let _: fn(&Unseen) -> &String = |unseen| &unseen.hidden.title;
        size_of::<Unseen>()
    }
}

/// A binary has one.
pub const fn main() {}
