//! What the attributes and derives of other libraries say of an item. They fill in what no word of ours said.
//!
//! What is not understood is passed over: a mistake in an attribute of theirs is theirs to report.

mod attribute;
mod case;
mod db_enum;
mod derives;
mod diesel;
mod field;
mod model;
mod postgres;
mod sea_orm;
mod sqlx;
mod types;

pub(crate) use case::Spelling;
pub(crate) use field::{Judged, Role, Words};
pub(crate) use model::{Container, Table};
pub(crate) use types::{Holds, LabelRule, TEXT, TypeWords, label};
