//! One marker a PostgreSQL type, for [`AcceptsColumn`](super::AcceptsColumn). They have no values.

use std::marker::PhantomData;

macro_rules! markers {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $($(#[$doc])* #[derive(Debug)] pub enum $name {})*
    };
}

markers! {
    /// `bit`
    Bit
    /// `bool`
    Bool
    /// `box`
    Box
    /// `bpchar`
    Bpchar
    /// `bytea`
    Bytea
    /// `char`
    Char
    /// `cidr`
    Cidr
    /// `circle`
    Circle
    /// `date`
    Date
    /// `float4`
    Float4
    /// `float8`
    Float8
    /// `inet`
    Inet
    /// `int2`
    Int2
    /// `int4`
    Int4
    /// `int8`
    Int8
    /// `interval`
    Interval
    /// `json`
    Json
    /// `jsonb`
    Jsonb
    /// `line`
    Line
    /// `lseg`
    Lseg
    /// `macaddr`
    Macaddr
    /// `macaddr8`
    Macaddr8
    /// `money`
    Money
    /// `name`
    Name
    /// `numeric`
    Numeric
    /// `oid`
    Oid
    /// `path`
    Path
    /// `pg_lsn`
    PgLsn
    /// `point`
    Point
    /// `polygon`
    Polygon
    /// `text`
    Text
    /// `tid`
    Tid
    /// `time`
    Time
    /// `timestamp`
    Timestamp
    /// `timestamptz`
    Timestamptz
    /// `timetz`
    Timetz
    /// `tsquery`
    Tsquery
    /// `tsvector`
    Tsvector
    /// `uuid`
    Uuid
    /// `varbit`
    Varbit
    /// `varchar`
    Varchar
    /// `xml`
    Xml
    /// `citext`, of the extension, in whatever schema it lives.
    Citext
    /// `lquery`, of the extension, in whatever schema it lives.
    Lquery
    /// `ltree`, of the extension, in whatever schema it lives.
    Ltree
    /// `ltxtquery`, of the extension, in whatever schema it lives.
    Ltxtquery
}

/// An array of `E`, of any number of dimensions.
#[derive(Debug)]
pub struct Array<E>(PhantomData<E>);

/// A type that a schema defines, by the hash of its name: an enum, a composite type, a range.
#[derive(Debug)]
pub enum Named<const NAME: u64> {}
