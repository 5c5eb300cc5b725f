//! What rustc says of a flattened struct. `{Self}` is its placeholder: of a missing column the type that stands for the
//! table and has its name, of a wrong type the field's.

use super::{BuildMessage, explain, tick};
use crate::catalog::Relation;
use crate::code::Code;

/// The table has no such column.
pub fn flattened_missing_column(owner: &str, field: &str, column: &str) -> BuildMessage {
    BuildMessage {
        before: format!("cannot find column {} in table `", tick(column)),
        after: format!("`, which flattened {} reads into field {}", tick(owner), tick(field)),
        plain: String::new(),
        label: format!("reads column {}", tick(column)),
        notes: vec![explain(Code::MissingColumn)],
    }
}

/// The table's column is of a type, or can be NULL, where the field cannot hold it.
pub fn flattened_wrong_type(owner: &str, field: &str, column: &str) -> BuildMessage {
    BuildMessage {
        before: format!("field {} of flattened {} is `", tick(field), tick(owner)),
        after: format!("`, which cannot hold column {} of this table", tick(column)),
        plain: String::new(),
        label: format!("cannot hold column {}", tick(column)),
        notes: vec![
            "the column is `{C}`".to_owned(),
            format!(
                "`#[schemacheck(types = \"off\", reason = \"...\")]` on field {} turns this check off",
                tick(field)
            ),
            explain(Code::TypeMismatch),
        ],
    }
}

/// A flattened struct does not fit, as a warning, which cannot say more.
pub fn flattened_unfit(field: &str, written: &str, relation: &Relation) -> String {
    format!(
        "flattened field {}, a {}, does not fit {} {}\n\
         note: a build without `SCHEMACHECK_BUILD=warn` says which columns",
        tick(field),
        tick(written),
        relation.kind,
        tick(&relation.name.to_string())
    )
}
