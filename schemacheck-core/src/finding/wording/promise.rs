//! What a model relies on beyond names and types, and what there is in its place.

use super::build::BuildMessage;
use super::{explain, join, list, similar_column, tick};
use crate::catalog::{Action, Column, Constraint, ConstraintKind, Index, IndexKeyKind, Relation};
use crate::code::{Code, Severity};
use crate::finding::{Finding, ObjectChange, Place};
use crate::ident::{QualifiedName, quote};
use crate::manifest::{DefaultPromise, Expected, Manifest, Promise, Reference};
use crate::pg_type::PgType;

/// What comes nearest to a constraint or index that is missing.
#[derive(Clone, Copy, Debug)]
pub enum Nearest<'a> {
    /// On these columns and unique, but checked at the end of a transaction.
    Deferrable(&'a Constraint),
    /// On these columns, but not valid.
    Invalid(&'a Index),
    /// On these columns, but with a predicate, or another one.
    Partial(&'a Index),
    /// On these columns, but not unique.
    NotUnique(&'a Index),
    /// On other columns.
    OtherColumns(&'a Index),
}

impl Nearest<'_> {
    fn help(self, relation: &Relation) -> String {
        let name = |index: &Index| tick(&index.name);
        match self {
            Self::Deferrable(constraint) => format!(
                "the constraint {} is deferrable: make it again with `NOT DEFERRABLE`",
                tick(&constraint.name)
            ),
            Self::Invalid(index) => {
                let sql = format!("REINDEX INDEX CONCURRENTLY {}", index_name(relation, index));
                let sql = if relation.kind == crate::RelKind::PartitionedTable {
                    "every partition needs its part of the index, attached".to_owned()
                } else {
                    tick(&sql)
                };
                format!("the index {} is not valid: {sql}", name(index))
            }
            Self::Partial(index) => match index.predicate.as_deref().unwrap_or_default() {
                "" => format!("the index {} is partial", name(index)),
                predicate => {
                    format!("the index {} is partial: {}", name(index), tick(&format!("WHERE {predicate}")))
                }
            },
            Self::NotUnique(index) => format!("the index {} is on these columns and not unique", name(index)),
            Self::OtherColumns(index) => format!("the index {} is on {}", name(index), keys(index)),
        }
    }
}

fn index_name(relation: &Relation, index: &Index) -> String {
    QualifiedName::new(&relation.name.schema, &index.name).to_sql()
}

/// The keys of an index, as a sentence names them.
fn keys(index: &Index) -> String {
    let keys = index.keys.iter().map(|key| match &key.what {
        IndexKeyKind::Column(name) => tick(name),
        // At the start no expression is known.
        IndexKeyKind::Expression(text) if text.is_empty() => "an expression".to_owned(),
        IndexKeyKind::Expression(text) => tick(text),
    });
    join(&keys.collect::<Vec<_>>())
}

fn columns(promise: &Promise) -> String {
    let names: Vec<&str> = promise.columns().iter().map(String::as_str).collect();
    list(&names, 32)
}

/// The columns in SQL.
fn sql_columns(promise: &Promise) -> String {
    promise.columns().iter().map(|column| quote(column)).collect::<Vec<_>>().join(", ")
}

/// A finding about a promise of the whole relation: `what` is missing. Its `expected` is the promise as it was written.
fn missing(
    manifest: &Manifest,
    promise: &Promise,
    relation: &Relation,
    code: Code,
    kind: &'static str,
    what: &str,
) -> Finding {
    let names = promise.columns().join(", ");
    let word = if matches!(promise, Promise::PrimaryKey(_)) { " primary key " } else { "" };
    let mut object = format!("{}{word}({names})", relation.name);
    let mut message = format!("cannot find {what} on {}", columns(promise));
    if let Some(predicate) = promise.predicate() {
        object.push_str(&format!(" where {predicate}"));
        message.push_str(&format!(" where {}", tick(predicate)));
    }
    message.push_str(&format!(" in {} {}", relation.kind, tick(&relation.name.to_string())));
    Finding::new(code, kind, ObjectChange::Missing, object, message)
        .expected(promise.to_string())
        .at(Place::of(manifest))
}

/// What to do about what is missing: what comes nearest, then the statement that makes it; of a relation that can have
/// none, that it cannot.
fn remedy(
    finding: Finding,
    relation: &Relation,
    can_have: bool,
    nearest: Option<Nearest<'_>>,
    sql: String,
) -> Finding {
    if !can_have {
        return finding
            .note(format!("a {} has none: promise it on a model of the table below", relation.kind));
    }
    let finding = match nearest {
        Some(nearest) => finding.help(nearest.help(relation)),
        None => finding,
    };
    match nearest {
        // Another index beside these would not help, or is not needed.
        Some(Nearest::Deferrable(_) | Nearest::Invalid(_)) => finding,
        _ => finding.help(format!("make it in a migration: {}", tick(&sql))),
    }
}

/// No primary key on these columns. `there` are the columns of the one that there is.
pub fn missing_primary_key(
    manifest: &Manifest,
    promise: &Promise,
    relation: &Relation,
    there: Option<&[String]>,
    nearest: Option<Nearest<'_>>,
) -> Finding {
    let finding =
        missing(manifest, promise, relation, Code::MissingConstraint, "constraint", "a primary key");
    let can_have = relation.kind.has_nullability();
    let sql = format!("ALTER TABLE {} ADD PRIMARY KEY ({})", relation.name.to_sql(), sql_columns(promise));
    match there {
        Some(there) if nearest.is_none() => {
            let names: Vec<&str> = there.iter().map(String::as_str).collect();
            finding.actual(there.join(", ")).help(format!("the primary key is on {}", list(&names, 32)))
        }
        _ => remedy(finding, relation, can_have, nearest, sql),
    }
}

/// No unique index that serves `ON CONFLICT` on these columns.
pub fn missing_unique(
    manifest: &Manifest,
    promise: &Promise,
    relation: &Relation,
    can_have: bool,
    nearest: Option<Nearest<'_>>,
) -> Finding {
    let finding =
        missing(manifest, promise, relation, Code::MissingConstraint, "constraint", "a unique index");
    let mut sql = format!("CREATE UNIQUE INDEX ON {} ({})", relation.name.to_sql(), sql_columns(promise));
    if let Some(predicate) = promise.predicate() {
        sql.push_str(&format!(" WHERE {predicate}"));
    }
    let finding = remedy(finding, relation, can_have, nearest, sql);
    match (nearest, promise.predicate()) {
        (Some(Nearest::Partial(_)), None) => finding
            .note("a partial index serves `ON CONFLICT` only with its own predicate: `where = \"...\"`"),
        (Some(Nearest::Deferrable(_)), _) => finding
            .note("`ON CONFLICT` refuses columns with a deferrable constraint, also beside another index"),
        _ => finding,
    }
}

/// No index that begins with these columns.
pub fn missing_index(
    manifest: &Manifest,
    promise: &Promise,
    relation: &Relation,
    can_have: bool,
    nearest: Option<Nearest<'_>>,
) -> Finding {
    let finding = missing(manifest, promise, relation, Code::MissingIndex, "index", "an index");
    let sql = format!("CREATE INDEX CONCURRENTLY ON {} ({})", relation.name.to_sql(), sql_columns(promise));
    // The server builds an index of a partitioned table within a transaction alone.
    let sql = match relation.kind {
        crate::RelKind::PartitionedTable => sql.replace(" CONCURRENTLY", ""),
        _ => sql,
    };
    remedy(finding, relation, can_have, nearest, sql)
}

/// A promise names a column that does not exist.
pub fn promised_column(manifest: &Manifest, promise: &Promise, column: &str, relation: &Relation) -> Finding {
    let message = format!(
        "cannot find column {} in {} {}",
        tick(column),
        relation.kind,
        tick(&relation.name.to_string())
    );
    let object = format!("{}.{column}", relation.name);
    let mut finding = Finding::new(Code::MissingColumn, "column", ObjectChange::Missing, object, message)
        .expected(promise.to_string())
        .at(Place::of(manifest));
    finding.help.extend(similar_column(column, relation));
    finding
}

/// A relation's column has no field, and the model is to name all.
pub fn extra_column(
    manifest: &Manifest,
    relation: &Relation,
    column: &Column,
    severity: Severity,
) -> Finding {
    let object = format!("{}.{}", relation.name, column.name);
    let message = format!("column {} has no field in {}", tick(&object), tick(&manifest.path));
    Finding::new(Code::ExtraColumn, "column", ObjectChange::Extra, object, message)
        .severity(severity)
        .actual(column.ty.to_string())
        .at(Place::of(manifest))
        .note("`exact` says that every column has a field")
}

/// The fields stand in another order than the columns. `place` counts from 1.
pub fn column_order(
    manifest: &Manifest,
    relation: &Relation,
    place: usize,
    expected: &str,
    actual: &str,
) -> Finding {
    let names = |names: &mut dyn Iterator<Item = &str>| names.collect::<Vec<_>>().join(", ");
    let message = format!(
        "column {place} of {} {} is {}, but {} reads {} there",
        relation.kind,
        tick(&relation.name.to_string()),
        tick(actual),
        tick(&manifest.path),
        tick(expected)
    );
    let order: Vec<&str> = relation.columns.iter().map(|column| column.name.as_str()).collect();
    Finding::new(Code::ColumnOrder, "relation", ObjectChange::Changed, relation.name.to_string(), message)
        .attribute("order")
        .expected(names(&mut manifest.columns.iter().map(|column| column.column.as_str())))
        .actual(order.join(", "))
        .at(Place::of(manifest))
        .note(format!("the columns are {}", list(&order, 32)))
}

/// The same of a struct whose columns only the compiler knows, as lines of its error.
pub fn column_order_lines(path: &str, relation: &Relation) -> String {
    let order: Vec<&str> = relation.columns.iter().map(|column| column.name.as_str()).collect();
    format!(
        "the fields of {}, flattened ones included, stand in another order than the columns of {} {}\n\
         note: the columns are {}\nnote: {}",
        tick(path),
        relation.kind,
        tick(&relation.name.to_string()),
        list(&order, 32),
        explain(Code::ColumnOrder)
    )
}

/// A finding about what a field promises.
fn of_column(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    code: Code,
    attribute: &'static str,
    message: impl FnOnce(&str, &str) -> String,
) -> Finding {
    let object = format!("{}.{}", relation.name, expected.column);
    let message = message(&tick(&object), &tick(&manifest.path));
    Finding::new(code, "column", ObjectChange::Changed, object, message)
        .attribute(attribute)
        .at(Place::of_column(manifest, expected))
}

/// `ALTER TABLE ... ALTER COLUMN ...`, in backticks.
fn alter(relation: &Relation, column: &str, action: &str) -> String {
    tick(&format!("ALTER TABLE {} ALTER COLUMN {} {action}", relation.name.to_sql(), quote(column)))
}

/// The declared type is another one than the promised one.
pub fn other_type(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    actual: &PgType,
    promised: &str,
) -> Finding {
    of_column(manifest, expected, relation, Code::TypeMismatch, "type", |column, model| {
        format!("column {column} is {}, but {model} relies on {}", tick(&actual.to_string()), tick(promised))
    })
    .expected(promised)
    .actual(actual.to_string())
}

/// The column holds fewer characters than promised.
pub fn too_short(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    declared: &PgType,
    base: &PgType,
    (holds, promised): (u32, u32),
) -> Finding {
    let characters = |n: u32| if n == 1 { "1 character".to_owned() } else { format!("{n} characters") };
    let finding = of_column(manifest, expected, relation, Code::TypeMismatch, "length", |column, model| {
        format!("column {column} holds {}, but {model} relies on {promised}", characters(holds))
    })
    .expected(promised.to_string())
    .actual(holds.to_string())
    .note(format!("the column is {}", tick(&declared.to_string())));
    match declared == base {
        true => finding,
        false => finding.note(format!("which is based on {}", tick(&base.to_string()))),
    }
}

/// `max_length` on a column that holds no text.
pub fn not_of_text(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    declared: &PgType,
) -> Finding {
    of_column(manifest, expected, relation, Code::TypeMismatch, "length", |column, _| {
        format!("column {column} is {}, and `max_length` is for text", tick(&declared.to_string()))
    })
    .expected("text")
    .actual(declared.to_string())
}

/// The default that is relied on is missing, or another one.
pub fn missing_default(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    promise: &DefaultPromise,
    actual: Option<&str>,
) -> Finding {
    // What fills the column in place of a default; no default begins with this word.
    let generated = |actual: Option<&str>| actual.is_some_and(|actual| actual.starts_with("GENERATED "));
    let finding =
        of_column(manifest, expected, relation, Code::MissingDefault, "default", |column, model| {
            let there = match actual {
                Some(text) if generated(actual) => format!("is {}", tick(text)),
                Some(actual) => format!("has the default {}", tick(actual)),
                None => "has no default".to_owned(),
            };
            match promise {
                DefaultPromise::Any => format!("column {column} {there}, but {model} relies on one"),
                DefaultPromise::Is(text) => {
                    format!("column {column} {there}, but {model} relies on {}", tick(text))
                }
            }
        });
    let finding = match promise {
        DefaultPromise::Any => finding.expected("a default"),
        DefaultPromise::Is(text) => finding.expected(text),
    };
    let finding = match actual {
        Some(actual) => finding.actual(actual),
        None => finding,
    };
    if matches!(relation.kind, crate::RelKind::View | crate::RelKind::MaterializedView) {
        let kind = relation.kind;
        return finding.note(format!(
            "PostgreSQL does not tell the defaults of the tables below a {kind}: promise it on a model of the table"
        ));
    }
    if generated(actual) {
        return finding.note("an identity column or a generated one has no default");
    }
    let text = match promise {
        DefaultPromise::Any => "...",
        DefaultPromise::Is(text) => text,
    };
    let action = format!("SET DEFAULT {text}");
    finding.help(format!("set it in a migration: {}", alter(relation, &expected.column, &action)))
}

/// No foreign key leads from the column to where it is promised to.
pub fn missing_reference(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    promise: &Reference,
    nearest: Option<&Constraint>,
) -> Finding {
    let schema = promise.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
    let target = format!("{schema}{}({})", promise.relation, promise.column);
    let on_delete = |action: Action| format!("ON DELETE {}", action.word().to_uppercase());
    let mut wanted = target.clone();
    if let Some(action) = promise.on_delete {
        wanted.push_str(&format!(" {}", on_delete(action)));
    }
    let finding =
        of_column(manifest, expected, relation, Code::MissingConstraint, "references", |column, _| {
            format!("cannot find a foreign key from column {column} to {}", tick(&wanted))
        })
        .expected(&wanted);
    if !relation.kind.has_nullability() {
        let kind = relation.kind;
        return finding.note(format!("a {kind} has none: promise it on a model of the table below"));
    }
    let Some(constraint) = nearest else {
        let schema = promise.schema.as_ref().map(|schema| quote(schema) + ".").unwrap_or_default();
        let mut sql = format!(
            "ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES {schema}{} ({})",
            relation.name.to_sql(),
            quote(&expected.column),
            quote(&promise.relation),
            quote(&promise.column)
        );
        if let Some(action) = promise.on_delete {
            sql.push_str(&format!(" {}", on_delete(action)));
        }
        return finding.help(format!("make it in a migration: {}", tick(&sql)));
    };
    let ConstraintKind::ForeignKey { columns, target, target_columns, on_delete: action, .. } =
        &constraint.kind
    else {
        return finding;
    };
    let there = format!("{}({}) {}", target, target_columns.join(", "), on_delete(*action));
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let state = if constraint.enforced { "" } else { ", and it is `NOT ENFORCED`" };
    finding.actual(&there).help(format!(
        "the foreign key {} leads from {} to {}{state}",
        tick(&constraint.name),
        list(&names, 32),
        tick(&there)
    ))
}

/// `not_null` on a column that can be NULL.
pub fn nullable_promise(manifest: &Manifest, expected: &Expected, relation: &Relation) -> Finding {
    of_column(manifest, expected, relation, Code::NullableColumn, "nullable", |column, model| {
        format!("column {column} is nullable, but {model} relies on `NOT NULL`")
    })
    .expected("not null")
    .actual("nullable")
    .help(format!("set it in a migration: {}", alter(relation, &expected.column, "SET NOT NULL")))
}

/// `nullable` on a column that refuses NULL. `by_domain`: not the column itself does, but its type.
pub fn not_null_column(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    column: &Column,
) -> Finding {
    let finding =
        of_column(manifest, expected, relation, Code::NotNullColumn, "nullable", |column, model| {
            format!("column {column} is `NOT NULL`, but {model} relies on NULL")
        })
        .expected("nullable")
        .actual("not null");
    match column.not_null {
        true => finding
            .help(format!("drop it in a migration: {}", alter(relation, &expected.column, "DROP NOT NULL"))),
        false => finding.note(format!("the domain {} refuses NULL", tick(&column.ty.to_string()))),
    }
}

/// `nullable` on a column of a view, in a field that cannot hold NULL: for the compiler to say.
pub fn cannot_hold_promised_null(object: &str, field: &str, written: &str) -> BuildMessage {
    BuildMessage::new(
        format!("column {} is `nullable`, but field {} is ", tick(object), tick(field)),
        written,
        "cannot hold NULL".to_owned(),
        vec![
            format!("use `Option<{written}>`, or leave out the word `nullable`"),
            explain(Code::NullableColumn),
        ],
    )
}

/// The text of `type = "..."` is no type.
pub fn bad_type(text: &str, problem: &str) -> String {
    format!("{} is no type of PostgreSQL: {problem}", tick(text))
}

/// `type` and `max_length` of one field contradict each other.
pub fn too_short_a_type(ty: &str, holds: u32, promised: u32) -> String {
    format!("{} holds {holds} characters, and `max_length` promises {promised}", tick(ty))
}
