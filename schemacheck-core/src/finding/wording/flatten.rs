//! What rustc says of a flattened struct, where it underlines the field that flattens it. Of a wrong type `{Self}` is the
//! field's type, as rustc resolves it.

use super::{BuildMessage, explain, tick};
use crate::catalog::Relation;
use crate::code::Code;

/// The table has no such column.
pub fn flattened_missing_column(owner: &str, field: &str, column: &str) -> BuildMessage {
    BuildMessage {
        before: String::new(),
        after: String::new(),
        // Without the type that stands for the table: where several models flatten, rustc prints its whole path.
        plain: format!(
            "cannot find column {} in the table of this struct, which flattened {} reads into field {}",
            tick(column),
            tick(owner),
            tick(field)
        ),
        label: format!("reads column {}", tick(column)),
        notes: vec![explain(Code::MissingColumn)],
    }
}

/// The table's column is of a type that the field cannot hold.
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

/// The table's column can be NULL, and the field cannot hold that.
pub fn flattened_cannot_hold_null(owner: &str, field: &str, column: &str, written: &str) -> BuildMessage {
    BuildMessage {
        before: format!(
            "column {} of this table is nullable, but field {} of flattened {} is `",
            tick(column),
            tick(field),
            tick(owner)
        ),
        after: "`".to_owned(),
        plain: String::new(),
        label: format!("cannot hold NULL of column {}", tick(column)),
        notes: vec![
            format!("use `Option<{written}>`, or make the column `NOT NULL` in a migration"),
            format!(
                "`#[schemacheck(nullability = \"off\", reason = \"...\")]` on field {} turns this check off",
                tick(field)
            ),
            explain(Code::NullableColumn),
        ],
    }
}

/// A flattened struct does not fit, as a warning: which of its columns it is, only the error says.
pub fn flattened_unfit(written: &str, relation: &Relation, code: Code) -> String {
    let table = format!("{} {}", relation.kind, tick(&relation.name.to_string()));
    let flattened = format!("flattened {}", tick(written));
    let fact = match code {
        Code::MissingColumn => format!("cannot find all columns of {flattened} in {table}"),
        Code::NullableColumn => {
            format!("{table} has nullable columns whose fields in {flattened} cannot hold NULL")
        }
        _ => format!("{table} has columns that their fields in {flattened} cannot hold"),
    };
    format!(
        "{fact}\nnote: a build in which missing columns are errors names the columns\nnote: {}",
        explain(code)
    )
}
