//! diesel reads a column as the SQL type that the program gives it in `table!`: here what `diesel print-schema` writes
//! there, which is the name of the column's type in camel case, out of `diesel::sql_types`.

use std::marker::PhantomData;

use diesel::connection::Connection as _;
use diesel::expression::{SqlLiteral, TypedExpressionType};
use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::QueryId;
use diesel::query_dsl::methods::LoadQuery;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, SingleValue};
use diesel::{RunQueryDsl as _, dsl};

use crate::samples::Sample;

/// The SQL types, under the names of the markers.
pub(crate) mod sql_types {
    pub(crate) use diesel::sql_types::{
        Bool, Bpchar, Bytea, Cidr, Citext, Date, Datemultirange, Daterange, Float4, Float8, Inet, Int2, Int4,
        Int4multirange, Int4range, Int8, Int8multirange, Int8range, Interval, Json, Jsonb, Macaddr, Macaddr8,
        Money, Numeric, Nummultirange, Numrange, Oid, PgLsn, Text, Time, Timestamp, Timestamptz,
        Tsmultirange, Tsrange, Tstzmultirange, Tstzrange, Uuid, Varchar,
    };
    // It is `Binary`, for MySQL; and of the same name is a type of pgvector.
    pub(crate) use diesel::sql_types::Bit;
    pub(crate) use pgvector::sql_types::{HalfVector as Halfvec, SparseVector as Sparsevec, Vector};
    // What a careful user writes; `print-schema` says `Char`, which is `Text`.
    pub(crate) use diesel::sql_types::CChar as Char;

    /// Where `diesel` has no SQL type, and the program's own is decoded by the program alone.
    pub(crate) enum NoType {}
    pub(crate) use NoType as Box;
    pub(crate) use NoType as Circle;
    pub(crate) use NoType as Cube;
    pub(crate) use NoType as Hstore;
    pub(crate) use NoType as Jsonpath;
    pub(crate) use NoType as Line;
    pub(crate) use NoType as Lquery;
    pub(crate) use NoType as Lseg;
    pub(crate) use NoType as Ltree;
    pub(crate) use NoType as Ltxtquery;
    pub(crate) use NoType as Name;
    pub(crate) use NoType as Path;
    pub(crate) use NoType as Point;
    pub(crate) use NoType as Polygon;
    pub(crate) use NoType as Tid;
    pub(crate) use NoType as Timetz;
    pub(crate) use NoType as Tsquery;
    pub(crate) use NoType as Tsvector;
    pub(crate) use NoType as Varbit;
    pub(crate) use NoType as Xml;
}

type Read = fn(&mut PgConnection, &str) -> Result<(), String>;

/// A Rust type as one SQL type.
pub(crate) struct DieselReading {
    typname: &'static str,
    is_array: bool,
    pub(crate) read: Option<Read>,
    pub(crate) write: Option<Read>,
}

impl DieselReading {
    pub(crate) fn new(
        typname: &'static str,
        is_array: bool,
        (read, write): (Option<Read>, Option<Read>),
    ) -> Self {
        Self { typname, is_array, read, write }
    }

    pub(crate) fn is_for(&self, sample: &Sample) -> bool {
        (self.typname, self.is_array) == (sample.typname, sample.is_array)
    }
}

pub(crate) fn connect(url: &str) -> PgConnection {
    PgConnection::establish(url).expect("diesel connects")
}

/// As [`crate::drivers::Can`].
pub(crate) struct CanRead<T, S>(PhantomData<(T, S)>);
pub(crate) struct CanWrite<T, S>(PhantomData<(T, S)>);

pub(crate) trait Cannot {
    fn diesel() -> Option<Read> {
        None
    }
}

impl<T, S> Cannot for CanRead<T, S> {}
impl<T, S> Cannot for CanWrite<T, S> {}

impl<T, S> CanRead<T, S>
where
    S: TypedExpressionType,
    SqlLiteral<S>: for<'q> LoadQuery<'q, PgConnection, T>,
{
    pub(crate) fn diesel() -> Option<Read> {
        Some(|connection, column| read::<T, S>(connection, column).map(drop))
    }
}

impl<T, S> CanWrite<T, S>
where
    S: QueryId + SingleValue + TypedExpressionType + 'static,
    SqlLiteral<S>: for<'q> LoadQuery<'q, PgConnection, T>,
    T: ToSql<S, Pg>,
    Pg: HasSqlType<S>,
{
    pub(crate) fn diesel() -> Option<Read> {
        Some(|connection, column| {
            let value = read::<T, S>(connection, column)?;
            let update = diesel::sql_query(format!("UPDATE copies SET {column} = $1")).bind::<S, T>(value);
            update.execute(connection).map(drop).map_err(|error| error.to_string())
        })
    }
}

fn read<T, S>(connection: &mut PgConnection, column: &str) -> Result<T, String>
where
    S: TypedExpressionType,
    SqlLiteral<S>: for<'q> LoadQuery<'q, PgConnection, T>,
{
    let select = dsl::sql::<S>(&format!("SELECT {column} FROM samples"));
    select.get_result(connection).map_err(|error| error.to_string())
}

/// A Rust type as each SQL type.
macro_rules! readings {
    ($rust:ty; $($marker:ident $typname:literal;)*) => {
        vec![
            $($crate::diesel::reading!($rust, $typname, $marker),)*
            // As `print-schema` writes it.
            $crate::diesel::reading!($rust, "char", Text),
        ]
        .into_iter()
        .flatten()
        .collect()
    };
}
pub(crate) use readings;

macro_rules! reading {
    ($rust:ty, $typname:literal, $sql:ident) => {{
        use $crate::diesel::{CanRead, CanWrite, Cannot as _, DieselReading, sql_types};
        [
            DieselReading::new(
                $typname,
                false,
                (CanRead::<$rust, sql_types::$sql>::diesel(), CanWrite::<$rust, sql_types::$sql>::diesel()),
            ),
            DieselReading::new(
                $typname,
                true,
                (
                    CanRead::<$rust, Array<sql_types::$sql>>::diesel(),
                    CanWrite::<$rust, Array<sql_types::$sql>>::diesel(),
                ),
            ),
        ]
    }};
}
pub(crate) use reading;
