//! The crate `sea-orm`, from version 2 on: its own types, and what it alone makes of common ones. Most types of its
//! prelude are aliases of other crates' types, which come with the features of those.

use std::collections::{BTreeMap, HashMap};

use sea_orm::TryGetableFromJson;
use sea_orm::value::{
    ChronoUnixTimestamp, ChronoUnixTimestampMillis, TextUuid, TimeUnixTimestamp, TimeUnixTimestampMillis,
};
use uuid::fmt::{Braced, Hyphenated, Simple, Urn};

use schemacheck_core::record::REFUSES_NULL;

use super::derived::Derived;
use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    ChronoUnixTimestamp: Int8;
    ChronoUnixTimestampMillis: Int8;
    TimeUnixTimestamp: Int8;
    TimeUnixTimestampMillis: Int8;
    // As `String`.
    TextUuid: Text, Varchar, Bpchar, Name, Citext;
    Braced: Uuid;
    Hyphenated: Uuid;
    Simple: Uuid;
    Urn: Uuid;
    // What is no `oid` is read as `i32`.
    u32: Int4;
}

// A program cannot implement sea-orm's traits for them.
impl Derived for ChronoUnixTimestamp {}
impl Derived for ChronoUnixTimestampMillis {}
impl Derived for TimeUnixTimestamp {}
impl Derived for TimeUnixTimestampMillis {}
impl Derived for TextUuid {}

// They decode through serde whatever `K` and `V` are.
impl<K, V> AcceptsColumn<pg::Json> for HashMap<K, V> {
    const NULL: u8 = REFUSES_NULL;
}
impl<K, V> AcceptsColumn<pg::Jsonb> for HashMap<K, V> {
    const NULL: u8 = REFUSES_NULL;
}
impl<K, V> AcceptsColumn<pg::Json> for BTreeMap<K, V> {
    const NULL: u8 = REFUSES_NULL;
}
impl<K, V> AcceptsColumn<pg::Jsonb> for BTreeMap<K, V> {
    const NULL: u8 = REFUSES_NULL;
}

// One column with a list of JSON, and no array of columns.
impl<T: TryGetableFromJson> AcceptsColumn<pg::Json> for Vec<T> {
    const NULL: u8 = REFUSES_NULL;
}
impl<T: TryGetableFromJson> AcceptsColumn<pg::Jsonb> for Vec<T> {
    const NULL: u8 = REFUSES_NULL;
}
