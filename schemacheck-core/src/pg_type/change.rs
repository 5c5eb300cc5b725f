//! What it means for a built program that a column's type is another one than the build saw.

use super::PgType;

/// How far two types are apart for a program that was built against the first and meets the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The same type, modifier included.
    Same,
    /// Every driver reads the second through the Rust types of the first; only a length, a precision or a name differs.
    Compatible,
    /// Readable, but not the same values: some meaning is lost.
    Lossy,
    /// Drivers refuse it, or read other values.
    Incompatible,
}

/// Types that the drivers decode as text through one path (`String: FromSql` in postgres-types 0.2, `String: Type`
/// in sqlx-postgres 0.9).
const TEXT: &[&str] = &["text", "varchar", "bpchar", "name", "citext"];

/// Classes of the change from the type that the build saw to the type that there is now.
///
/// Domains are to be resolved to their base by the caller, since the wire protocol reports the base type.
pub fn change(built: &PgType, live: &PgType) -> Change {
    if built.is_array() != live.is_array() {
        return Change::Incompatible;
    }
    // The number of dimensions is a comment: the server never enforces it.
    let PgType { schema, name, typmod, modifier, dimensions: _ } = built;
    if (schema, name, typmod, modifier) == (&live.schema, &live.name, &live.typmod, &live.modifier) {
        return Change::Same;
    }
    if built.name == live.name {
        // Another schema: extension types and enums are looked up by name, wherever they live. What a built-in name
        // means elsewhere is unknown.
        return if built.is_builtin() == live.is_builtin() {
            Change::Compatible
        } else {
            Change::Incompatible
        };
    }
    let both = |a: &str, b: &str| (built.name == a && live.name == b) || (built.name == b && live.name == a);
    let text = |t: &PgType| TEXT.contains(&&*t.name) && (t.is_builtin() || t.name == "citext");
    if text(built) && text(live) {
        return Change::Compatible;
    }
    if !built.is_builtin() || !live.is_builtin() {
        return Change::Incompatible;
    }
    if both("json", "jsonb") {
        return Change::Lossy;
    }
    if both("bit", "varbit") {
        return Change::Compatible;
    }
    Change::Incompatible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(built: &PgType, live: &PgType, expect: Change) {
        assert_eq!(change(built, live), expect, "{built} -> {live}");
    }

    #[test]
    fn judges_by_class_not_by_spelling() {
        let t = PgType::builtin;
        check(&t("int4"), &t("int4"), Change::Same);
        check(&t("varchar").with_typmod(24), &t("varchar").with_typmod(54), Change::Compatible);
        check(&t("varchar").with_typmod(24), &t("text"), Change::Compatible);
        check(&t("text"), &PgType::named("public", "citext"), Change::Compatible);
        check(&t("numeric").with_typmod(655_366), &t("numeric"), Change::Compatible);
        check(&t("json"), &t("jsonb"), Change::Lossy);
        check(&t("int4"), &t("int8"), Change::Incompatible);
        check(&t("timestamp"), &t("timestamptz"), Change::Incompatible);
        check(&t("text"), &t("text").array(), Change::Incompatible);
        check(&t("text"), &PgType::named("public", "mood"), Change::Incompatible);
        check(&PgType::named("public", "mood"), &PgType::named("app", "mood"), Change::Compatible);
        check(&PgType::named("public", "text"), &t("text"), Change::Incompatible);
    }
}
