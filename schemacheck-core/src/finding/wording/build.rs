//! What rustc says of a type that does not fit: the derive has no finding for it, since the compiler judges.

use super::{explain, join, tick};
use crate::code::Code;
use crate::mapping;
use crate::pg_type::{PgType, TypeDef, TypeKind};

/// What rustc shows of a type or nullability error, in `#[diagnostic::on_unimplemented]`; `{Self}` is rustc's own
/// placeholder and everything else has to be escaped by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildMessage {
    /// The first line, with a placeholder for the field's type as rustc resolves it.
    pub before: String,
    /// After the placeholder.
    pub after: String,
    /// The first line without the resolved type, for a warning.
    pub plain: String,
    /// Under the underlined type.
    pub label: String,
    /// Below it.
    pub notes: Vec<String>,
}

impl BuildMessage {
    pub(super) fn new(before: String, written: &str, label: String, notes: Vec<String>) -> Self {
        let plain = format!("{before}`{written}`");
        Self { before: before + "`", after: "`".to_owned(), plain, label, notes }
    }
}

/// The column's type, as far as Rust goes: `kind` says what a named type is.
pub fn wrong_type(
    object: &str,
    field: &str,
    written: &str,
    declared: &PgType,
    base: &PgType,
    def: Option<&TypeDef>,
    accepted: &[String],
) -> BuildMessage {
    let shown = tick(&declared.to_string());
    let before = format!("column {} is {shown}, but field {} is ", tick(object), tick(field));
    let mut notes = Vec::new();
    if base != declared {
        notes.push(format!("the domain {shown} is based on {}", tick(&base.to_string())));
    }
    cannot_hold(before, written, base, def, accepted, notes)
}

/// A type that does not hold `base`: what holds it, and the way out. `notes` come first.
pub(super) fn cannot_hold(
    before: String,
    written: &str,
    base: &PgType,
    def: Option<&TypeDef>,
    accepted: &[String],
    mut notes: Vec<String>,
) -> BuildMessage {
    let (remark, base) = (mapping::remark(base), tick(&base.to_string()));
    match def {
        Some(TypeDef { kind: TypeKind::Enum { .. }, name }) => notes.push(format!(
            "accepted for the enum {}: a Rust enum with `#[derive(schemacheck::PgEnum)]` and \
             `#[schemacheck(type = {:?})]`",
            tick(&name.to_string()),
            name.to_string()
        )),
        Some(def) => notes.push(super::composite::named_type(def)),
        None => {
            if !accepted.is_empty() {
                notes.push(format!("accepted for {base}: {}", join(accepted)));
            }
            notes.extend(remark.map(|remark| format!("{base}: {remark}")));
        }
    }
    notes.push(
        "a newtype around an accepted type derives `schemacheck::PgType` with `#[schemacheck(transparent)]`"
            .into(),
    );
    notes
        .push("`#[schemacheck(types = \"off\", reason = \"...\")]` on the field turns this check off".into());
    notes.push(explain(Code::TypeMismatch));
    BuildMessage::new(before, written, format!("cannot hold {base}"), notes)
}

/// A nullable column in a field that cannot hold NULL.
///
/// `help` says what to write where that is not an `Option` around the type.
pub fn cannot_hold_null(object: &str, field: &str, written: &str, help: Option<&str>) -> BuildMessage {
    let help = help.map_or_else(|| format!("use `Option<{written}>`"), str::to_owned);
    BuildMessage::new(
        format!("column {} is nullable, but field {} is ", tick(object), tick(field)),
        written,
        "cannot hold NULL".to_owned(),
        vec![
            format!("{help}, or make the column `NOT NULL` in a migration"),
            "`#[schemacheck(nullability = \"off\", reason = \"...\")]` on the field turns this check off"
                .into(),
            explain(Code::NullableColumn),
        ],
    )
}
