//! One marker a PostgreSQL type, for [`AcceptsColumn`](super::AcceptsColumn). They have no values.

use std::marker::PhantomData;

/// Hands every marker to a macro of the caller's, as `Marker "typname";`, after what the caller adds: the markers are
/// defined by it, and the tests walk over all of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __every_marker {
    ($callback:ident! { $($before:tt)* }) => {
        $callback! {
            $($before)*
            Bit "bit";
            Bool "bool";
            Box "box";
            Bpchar "bpchar";
            Bytea "bytea";
            Char "char";
            Cidr "cidr";
            Circle "circle";
            Date "date";
            Datemultirange "datemultirange";
            Daterange "daterange";
            Float4 "float4";
            Float8 "float8";
            Inet "inet";
            Int2 "int2";
            Int4 "int4";
            Int4multirange "int4multirange";
            Int4range "int4range";
            Int8 "int8";
            Int8multirange "int8multirange";
            Int8range "int8range";
            Interval "interval";
            Json "json";
            Jsonb "jsonb";
            Jsonpath "jsonpath";
            Line "line";
            Lseg "lseg";
            Macaddr "macaddr";
            Macaddr8 "macaddr8";
            Money "money";
            Name "name";
            Numeric "numeric";
            Nummultirange "nummultirange";
            Numrange "numrange";
            Oid "oid";
            Path "path";
            PgLsn "pg_lsn";
            Point "point";
            Polygon "polygon";
            Text "text";
            Tid "tid";
            Time "time";
            Timestamp "timestamp";
            Timestamptz "timestamptz";
            Timetz "timetz";
            Tsmultirange "tsmultirange";
            Tsquery "tsquery";
            Tsrange "tsrange";
            Tstzmultirange "tstzmultirange";
            Tstzrange "tstzrange";
            Tsvector "tsvector";
            Uuid "uuid";
            Varbit "varbit";
            Varchar "varchar";
            Xml "xml";
            // Of extensions, in whatever schema they live.
            Citext "citext";
            Cube "cube";
            Halfvec "halfvec";
            Hstore "hstore";
            Lquery "lquery";
            Ltree "ltree";
            Ltxtquery "ltxtquery";
            Sparsevec "sparsevec";
            Vector "vector";
        }
    };
}

macro_rules! define {
    ($($name:ident $typname:literal;)*) => {
        $(
            #[doc = concat!("`", $typname, "`")]
            #[derive(Debug)]
            pub enum $name {}
        )*
    };
}

crate::__every_marker!(define! {});

/// An array of `E`, of any number of dimensions.
#[derive(Debug)]
pub struct Array<E>(PhantomData<E>);

/// A type that a schema defines, such as an enum, a composite type, a domain or a range: by the number that [`name`]
/// makes of its name.
///
/// ```
/// use schemacheck_runtime::{AcceptsColumn, pg};
///
/// struct Address {
///     street: String,
///     zip: i32,
/// }
/// impl AcceptsColumn<pg::Named<{ pg::name("public", "address") }>> for Address {}
/// ```
#[derive(Debug)]
pub enum Named<const NAME: u64> {}

/// A column of the type `P` whose field need not hold NULL. The compiler names it where a flattened struct does not fit.
#[derive(Debug)]
pub struct NotNull<P: ?Sized>(PhantomData<P>);

/// A column of the type `P` whose field has to hold NULL, likewise.
#[derive(Debug)]
pub struct Nullable<P: ?Sized>(PhantomData<P>);

/// How a flattened struct's row is there: always.
#[derive(Debug)]
pub enum Joined {}

/// How an optional flattened struct's row is there: perhaps not, as after a LEFT JOIN.
#[derive(Debug)]
pub enum LeftJoined {}
/// The number of a type's name in [`Named`]: the schema, and the name within it, both to the letter.
#[must_use]
pub const fn name(schema: &str, name: &str) -> u64 {
    schemacheck_core::fingerprint::type_hash(schema, name)
}
