//! Models in all the shapes that structs have.
#![forbid(warnings, unsafe_code, clippy::all, clippy::pedantic)]
use std::borrow::Cow;
use std::marker::PhantomData;

use schemacheck::{AcceptsColumn, AcceptsNull, Guard, Model, PgEnum, PgType, pg};

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
pub enum Mood {
    Happy,
    Sad,
    SoSo,
}

pub trait Store {
    type Key;
}

/// Lifetimes, parameters of all sorts, bounds and where clauses.
#[derive(Model)]
#[schemacheck(table = "users", read, update)]
pub struct Generic<'a, 'b: 'a, T, U: Clone + Send = String, S: Store + ?Sized = dyn Store<Key = i64>, const N: usize = 1>
where
    T: 'a + AcceptsColumn<pg::Int8>,
    S::Key: Copy,
    for<'c> &'c U: Into<String>,
{
    pub id: T,
    pub age: S::Key,
    pub tags: [U; N],
    pub nickname: Option<&'a &'b str>,
    pub email: Cow<'b, str>,
    #[schemacheck(skip)]
    pub store: PhantomData<fn(&'a S)>,
    #[schemacheck(computed)]
    pub total: Option<&'a T>,
}

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Key<'a, T: 'a, const N: usize>
where
    T: Clone,
{
    pub id: T,
    pub tags: &'a [Cow<'a, str>],
    #[schemacheck(skip)]
    pub path: [u8; N],
}

#[derive(Model)]
pub struct WithCount<T> {
    #[schemacheck(flatten)]
    pub record: T,
    #[schemacheck(computed)]
    pub total: i64,
}

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct Counted<'a, T: Clone + 'a> {
    #[schemacheck(flatten)]
    pub key: Key<'a, i64, 4>,
    #[schemacheck(flatten)]
    pub record: T,
    pub mood: Mood,
}

/// Made by macros: types, tables and attributes are handed over.
macro_rules! model {
    ($(#[$meta:meta])* $vis:vis struct $name:ident from $table:literal { $($(#[$of_field:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        #[derive(Model)]
        #[schemacheck(table = $table)]
        $(#[$meta])*
        $vis struct $name {
            $($(#[$of_field])* pub $field: $ty),*
        }
    };
}

macro_rules! optional {
    ($name:ident, $column:literal, $ty:ty) => {
        #[derive(Model)]
        #[schemacheck(table = "users")]
        pub struct $name {
            #[schemacheck(column = $column)]
            pub value: Option<$ty>,
        }
    };
    ($($name:ident $column:literal $ty:ident)*) => {
        $(optional!($name, $column, $ty);)*
    };
}

model! {
    /// Documented.
    #[derive(Debug, Clone)]
    #[schemacheck(primary_key("id"))]
    pub struct ByMacro from "users" {
        id: i64,
        #[schemacheck(column = "nickname")]
        name: Option<String>,
        tags: Vec<Option<Cow<'static, str>>>,
        #[schemacheck(flatten)]
        times: Times<chrono::DateTime<chrono::Utc>>,
        #[schemacheck(types = "off", reason = "decoded by hand")]
        public_id: u128,
    }
}

model!(pub(crate) struct Private from "billing.invoices" { id: i32 });

optional!(Nickname "nickname" String Born "born_on" MyDate);
optional!(Age, "age", <i64 as std::ops::Neg>::Output);

pub type MyDate = chrono::NaiveDate;

#[derive(Model, Debug, Clone)]
#[schemacheck(embedded)]
pub struct Times<T> {
    pub created_at: T,
}

/// Everything under a condition that holds.
#[cfg_attr(feature = "full", derive(Model))]
#[cfg_attr(feature = "full", schemacheck(table = "users"))]
pub struct Conditional {
    #[cfg_attr(feature = "full", schemacheck(column = "id"))]
    pub key: i64,
    #[cfg_attr(feature = "full", schemacheck(skip))]
    pub more: u8,
    #[cfg(feature = "full")]
    pub mood: Mood,
    /// No column has this name, and no such field is there.
    #[cfg(not(feature = "full"))]
    pub absent: NoType,
    #[cfg(feature = "full")]
    #[cfg_attr(not(feature = "full"), schemacheck(colum = "x"))]
    #[cfg_attr(feature = "full", schemacheck(column = "age"))]
    pub years: i64,
}

#[cfg_attr(feature = "full", derive(PgEnum), schemacheck(type = "mood", rename_all = "snake_case"))]
pub enum ConditionalMood {
    Happy,
    #[cfg_attr(feature = "full", schemacheck(rename = "sad"))]
    Unhappy,
    #[cfg(feature = "full")]
    SoSo,
    #[cfg(not(feature = "full"))]
    Angry,
}

#[cfg_attr(feature = "full", derive(PgType), schemacheck(transparent))]
pub struct ConditionalId(#[cfg(feature = "full")] pub i64, #[cfg(not(feature = "full"))] pub String);

/// Nothing under one that does not hold: it is wrong in every way.
#[cfg_attr(not(feature = "full"), derive(Model), schemacheck(table = "nowhere"))]
pub struct Off {
    #[cfg_attr(not(feature = "full"), schemacheck(colum = "x"))]
    pub nothing: Vec<u8>,
}

#[cfg_attr(not(feature = "full"), derive(PgType), schemacheck(type = "nothing"))]
pub struct OffType;

/// One name in several modules, of tables of one name in several schemas or not.
pub mod first {
    use schemacheck::Model;

    #[derive(Model)]
    #[schemacheck(table = "users")]
    pub struct Row {
        pub id: i64,
    }

    #[derive(Model)]
    #[schemacheck(embedded)]
    pub struct Part {
        pub email: String,
    }
}

pub mod second {
    use schemacheck::Model;

    #[derive(Model)]
    #[schemacheck(table = "billing.invoices")]
    pub struct Row {
        pub id: i32,
    }

    #[derive(Model)]
    #[schemacheck(embedded)]
    pub struct Part {
        pub age: i64,
    }

    pub mod third {
        #[derive(schemacheck::Model)]
        #[schemacheck(table = "users")]
        pub struct Row {
            pub nickname: Option<String>,
            #[schemacheck(flatten)]
            pub part: super::Part,
            #[schemacheck(flatten)]
            pub first: super::super::first::Part,
            #[schemacheck(flatten)]
            pub row: Option<super::Row>,
        }
    }
}

pub use first::Row as FirstRow;
pub use second::third::{self, Row};

/// In a tuple each column is named; a unit struct has none.
#[derive(Model)]
#[schemacheck(table = "users")]
pub struct Tuple<'a, T>(
    #[schemacheck(column = "id")] pub ConditionalId,
    #[schemacheck(column = "nickname", nullability = "off", reason = "never NULL")] pub &'a str,
    #[schemacheck(skip)] pub T,
    #[schemacheck(flatten)] pub first::Part,
);

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct Unit;

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct Braces {}

/// A type of the user's own, that cannot be named from outside of a function.
const _: () = {
    struct Hidden;
    impl AcceptsColumn<pg::Int8> for Hidden {}
    impl AcceptsNull for Hidden {}

    #[derive(Model)]
    #[schemacheck(table = "users")]
    struct InConst {
        id: Hidden,
        #[schemacheck(flatten)]
        part: first::Part,
    }
};

pub fn generic<T: Default, F: Fn() -> T>(make: F) -> usize {
    #[derive(Model)]
    #[schemacheck(table = "users")]
    struct Inside<U> {
        id: i64,
        age: U,
    }

    #[derive(Model)]
    #[schemacheck(embedded)]
    struct Embedded {
        nickname: Option<String>,
    }

    #[derive(Model)]
    #[schemacheck(table = "users")]
    struct Flattens {
        #[schemacheck(flatten)]
        embedded: Embedded,
    }

    #[derive(PgEnum)]
    #[schemacheck(type = "mood", rename_all = "snake_case")]
    enum Mood {
        Happy,
        Sad,
        SoSo,
    }

    let records = || [<Inside<i64> as Model>::record(), <Flattens as Model>::record()];
    drop(make());
    records().iter().map(|record| record.len()).sum()
}

impl Conditional {
    #[must_use]
    pub fn inner() -> usize {
        #[derive(Model)]
        #[schemacheck(table = "users")]
        struct InMethod {
            id: i64,
        }
        InMethod::record().len()
    }
}

fn main() {
    #[derive(Model)]
    #[schemacheck(table = "users")]
    struct Local<'a> {
        id: &'a i64,
    }

    assert!(generic(u8::default) > 0 && Conditional::inner() > 0);
    let models = Guard::new().only::<(
        (Local<'_>, Unit, Braces, FirstRow, second::Row, third::Row, Row),
        (Counted<'static, u8>, ByMacro, Private, Nickname, Born, Age, Conditional),
        Tuple<'_, u8>,
    )>();
    assert!(models.request().is_ok());
    let text = |record: &[u8]| String::from_utf8_lossy(record).into_owned();
    let record = text(<third::Row as Model>::record());
    assert!(record.contains("second::third::Row") && record.contains("nickname") && record.contains("age"), "{record}");
    assert!(!text(Conditional::record()).contains("absent"));
}
