//! Of `interval` and `point` nobody knows all that decodes them: a type that is no plain one is judged by name only.
use schemacheck::{AcceptsColumn, AcceptsNull, Model};

pub struct PgInterval;
pub struct PgPoint;

/// As `secrecy` and the like have it.
pub struct Secret<T>(pub T);
impl<T: AcceptsColumn<P>, P> AcceptsColumn<P> for Secret<T> {}
impl<T: AcceptsNull> AcceptsNull for Secret<T> {}

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct User {
    pub id: std::num::NonZeroI64,
    pub email: Secret<String>,
    pub nickname: Secret<Option<String>>,
    pub tags: std::sync::Arc<[String]>,
    pub settings: Box<serde_json::value::RawValue>,
    pub sleeps_for: Option<PgInterval>,
    pub home: Option<PgPoint>,
}

fn main() {}
