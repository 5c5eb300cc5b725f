//! What is said beside a finding about a name that another library's attribute gave.

use super::tick;

/// The name of a column of a result, which no column of the table has.
pub fn may_be_an_alias(column: &str) -> String {
    format!(
        "if {} is the name of an expression in the query and not of a column, mark the field \
         `#[schemacheck(computed)]`",
        tick(column)
    )
}

/// A field whose name is not looked at by what reads it.
pub fn read_by_position() -> String {
    "diesel's `Queryable` goes by the order of the fields: where the column has another name, \
     `#[diesel(column_name = ...)]` says it"
        .to_owned()
}

/// Which table a struct is about that names none.
pub fn inferred_table(ident: &str, table: &str) -> String {
    format!("no `table_name` is written, so diesel's rule makes {} of {}", tick(table), tick(ident))
}

/// How a table is named where what another library says is not enough.
pub fn name_the_table() -> String {
    "`#[schemacheck(table = \"...\")]` names the table as the database does".to_owned()
}

/// An insert that is only a part of another one.
pub fn only_embedded() -> String {
    "if the struct is only embedded in other inserts, mark it `#[schemacheck(embedded)]`: then it is judged there"
        .to_owned()
}

/// A form for updates that derives what an insert needs, too.
pub fn only_updated() -> String {
    "if the struct only updates rows, leave `insert` out: `#[schemacheck(update)]`".to_owned()
}

/// A struct that was taken for one that is read, since no derive says what it is.
pub fn derives_unseen(ident: &str) -> String {
    format!(
        "{} was taken for a struct that is read: if rows are inserted or updated from it, `#[schemacheck(insert)]` or \
         `#[schemacheck(update)]` says so",
        tick(ident)
    )
}

/// A struct whose fields say their types of SQL, and that names no table.
pub fn result_shape(ident: &str) -> String {
    format!(
        "{} names no table: its fields have a `sql_type`, so it is the shape of a result of `sql_query`\n\
         help: leave out `schemacheck::Model`, since there is no table to hold it against\n\
         help: if its columns are those of one table, name it: `#[schemacheck(table = \"...\")]`",
        tick(ident)
    )
}
