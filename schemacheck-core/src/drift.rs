//! Catalog against catalog: how a snapshot and a database, or two databases, differ, object by object.
//!
//! Objects are matched by name. What two servers spell differently without meaning anything else (the order of
//! columns, server and extension versions) is an information, never a reason to fail.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, Column, Constraint, ConstraintKind, Index, IndexKeyKind, Relation};
use crate::code::Severity;
use crate::finding::{Finding, ObjectChange, wording};
use crate::pg_type::TypeKind;

/// One difference, before it is worded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `table`, `column`, `index`, ...
    pub kind: &'static str,
    /// Which attribute of it; nothing for the object as a whole.
    pub attribute: Option<&'static str>,
    /// The dotted name.
    pub object: String,
    /// What the first catalog has; nothing if it has no such object.
    pub before: Option<String>,
    /// What the second catalog has; nothing if it has no such object.
    pub after: Option<String>,
    /// Whether it means nothing to a program.
    pub harmless: bool,
}

/// How the database differs from the snapshot, as findings of the code `stale-snapshot`.
pub fn stale(snapshot: &Catalog, database: &Catalog) -> Vec<Finding> {
    differences(snapshot, database).iter().map(wording::stale).collect()
}

/// All differences between two catalogs.
pub fn differences(before: &Catalog, after: &Catalog) -> Vec<Difference> {
    let mut out = Differences::default();
    let path = |catalog: &Catalog| catalog.search_path.join(", ");
    out.attribute("search path", "search_path", None, path(before), path(after));
    let schemas = |catalog: &Catalog| catalog.schemas.join(", ");
    out.attribute("covered schemas", "schemas", None, schemas(before), schemas(after));
    out.objects(
        &before.relations,
        &after.relations,
        |r| (r.kind.word(), r.name.to_string()),
        Differences::relation,
    );
    out.objects(
        &before.types,
        &after.types,
        |t| (t.kind.word(), t.name.to_string()),
        |out, a, b| {
            out.attribute(
                a.kind.word(),
                &a.name.to_string(),
                Some("definition"),
                type_text(&a.kind),
                type_text(&b.kind),
            );
        },
    );
    let extensions = |catalog: &Catalog| -> BTreeMap<String, String> {
        catalog.server.extensions.iter().cloned().collect()
    };
    out.objects(&extensions(before), &extensions(after), |_| ("extension", String::new()), |_, _, _| ());
    out.ledgers(before, after);
    out.harmless = true;
    out.attribute(
        "server",
        "version",
        Some("major"),
        before.server.major.to_string(),
        after.server.major.to_string(),
    );
    out.found
}

#[derive(Debug, Default)]
struct Differences {
    found: Vec<Difference>,
    harmless: bool,
}

impl Differences {
    fn attribute(
        &mut self,
        kind: &'static str,
        object: &str,
        attribute: Option<&'static str>,
        before: String,
        after: String,
    ) {
        if before != after {
            self.push(kind, object, attribute, Some(before), Some(after));
        }
    }

    fn push(
        &mut self,
        kind: &'static str,
        object: &str,
        attribute: Option<&'static str>,
        before: Option<String>,
        after: Option<String>,
    ) {
        let harmless = self.harmless;
        self.found.push(Difference { kind, attribute, object: object.to_owned(), before, after, harmless });
    }

    /// Objects of one sort, matched by name; `both` compares those that are on both sides.
    fn objects<K: Ord + std::fmt::Display, T>(
        &mut self,
        before: &BTreeMap<K, T>,
        after: &BTreeMap<K, T>,
        describe: impl Fn(&T) -> (&'static str, String),
        both: impl Fn(&mut Self, &T, &T),
    ) {
        for (name, old) in before {
            match after.get(name) {
                Some(new) => both(self, old, new),
                None => self.push(describe(old).0, &name.to_string(), None, Some("there".into()), None),
            }
        }
        for (name, new) in after.iter().filter(|(name, _)| !before.contains_key(name)) {
            self.push(describe(new).0, &name.to_string(), None, None, Some("there".into()));
        }
    }

    fn relation(&mut self, a: &Relation, b: &Relation) {
        let name = a.name.to_string();
        self.attribute("relation", &name, Some("kind"), a.kind.word().into(), b.kind.word().into());
        let columns = |relation: &Relation| -> BTreeMap<String, Column> {
            relation.columns.iter().map(|c| (format!("{name}.{}", c.name), c.clone())).collect()
        };
        let (old, new) = (columns(a), columns(b));
        self.objects(&old, &new, |_| ("column", String::new()), |out, x, y| out.column(&name, x, y));
        let order = |relation: &Relation, other: &BTreeMap<String, Column>| -> String {
            let common =
                relation.columns.iter().filter(|c| other.contains_key(&format!("{name}.{}", c.name)));
            common.map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ")
        };
        self.harmless = true;
        self.attribute("relation", &name, Some("column order"), order(a, &new), order(b, &old));
        self.harmless = false;
        let constraints = |relation: &Relation| -> BTreeMap<String, String> {
            relation.constraints.iter().map(|c| (format!("{name}.{}", c.name), constraint_text(c))).collect()
        };
        self.objects(&constraints(a), &constraints(b), |_| ("constraint", String::new()), |_, _, _| ());
        self.definitions("constraint", &constraints(a), &constraints(b));
        let indexes = |relation: &Relation| -> BTreeMap<String, String> {
            relation.indexes.iter().map(|i| (format!("{name}.{}", i.name), index_text(i))).collect()
        };
        self.objects(&indexes(a), &indexes(b), |_| ("index", String::new()), |_, _, _| ());
        self.definitions("index", &indexes(a), &indexes(b));
    }

    fn definitions(
        &mut self,
        kind: &'static str,
        before: &BTreeMap<String, String>,
        after: &BTreeMap<String, String>,
    ) {
        for (name, old) in before {
            if let Some(new) = after.get(name) {
                self.attribute(kind, name, Some("definition"), old.clone(), new.clone());
            }
        }
    }

    fn column(&mut self, relation: &str, a: &Column, b: &Column) {
        let object = format!("{relation}.{}", a.name);
        let mut field = |attribute, before: String, after: String| {
            self.attribute("column", &object, Some(attribute), before, after);
        };
        field("type", a.ty.to_string(), b.ty.to_string());
        let null = |column: &Column| if column.not_null { "not null" } else { "nullable" }.to_owned();
        field("nullable", null(a), null(b));
        let default = |column: &Column| column.default.clone().unwrap_or_else(|| "none".into());
        field("default", default(a), default(b));
        let identity =
            |column: &Column| column.identity.map_or("none", |identity| identity.word()).to_owned();
        field("identity", identity(a), identity(b));
        let generated = |column: &Column| match &column.generated {
            Some(generated) => {
                format!("{} ({})", if generated.stored { "stored" } else { "virtual" }, generated.expression)
            }
            None => "none".into(),
        };
        field("generated", generated(a), generated(b));
        let collation =
            |column: &Column| column.collation.as_ref().map_or("default".into(), ToString::to_string);
        field("collation", collation(a), collation(b));
        let filled = |column: &Column| column.filled_by.clone().unwrap_or_else(|| "nothing".into());
        field("filled by", filled(a), filled(b));
    }

    fn ledgers(&mut self, before: &Catalog, after: &Catalog) {
        // A snapshot keeps one ledger, the first; several in one database are other people's.
        let Some(old) = before.ledgers.first() else {
            if let Some(new) = after.ledgers.first() {
                self.push("ledger", &new.table.to_string(), None, None, Some("there".into()));
            }
            return;
        };
        match after.ledgers.iter().find(|ledger| ledger.table == old.table) {
            Some(new) if new.readable => {
                let name = old.table.to_string();
                let extra = |a: &[String], b: &[String]| -> Vec<String> {
                    b.iter().filter(|migration| !a.contains(migration)).cloned().collect()
                };
                for migration in extra(&old.applied, &new.applied) {
                    self.push("migration", &format!("{name}: {migration}"), None, None, Some("there".into()));
                }
                for migration in extra(&new.applied, &old.applied) {
                    self.push("migration", &format!("{name}: {migration}"), None, Some("there".into()), None);
                }
            }
            _ => self.push("ledger", &old.table.to_string(), None, Some("there".into()), None),
        }
    }
}

fn constraint_text(constraint: &Constraint) -> String {
    let list = |columns: &[String]| columns.join(", ");
    let mut text = match &constraint.kind {
        ConstraintKind::PrimaryKey(columns) => format!("primary key ({})", list(columns)),
        ConstraintKind::Unique { columns, nulls_not_distinct } => {
            format!(
                "unique{} ({})",
                if *nulls_not_distinct { " nulls not distinct" } else { "" },
                list(columns)
            )
        }
        ConstraintKind::ForeignKey {
            columns,
            target,
            target_columns,
            on_update,
            on_delete,
            match_full,
            delete_columns,
        } => {
            let only = if delete_columns.is_empty() {
                String::new()
            } else {
                format!(" ({})", list(delete_columns))
            };
            format!(
                "foreign key ({}) references {target} ({}) on update {} on delete {}{only}{}",
                list(columns),
                list(target_columns),
                on_update.word(),
                on_delete.word(),
                if *match_full { " match full" } else { "" }
            )
        }
        ConstraintKind::Check(text) | ConstraintKind::Exclusion(text) => text.clone(),
    };
    for (holds, words) in [
        (constraint.deferrable, " deferrable"),
        (constraint.deferred, " initially deferred"),
        (constraint.period, " over periods"),
        (!constraint.enforced, " not enforced"),
        // What is not enforced cannot be valid.
        (!constraint.validated && constraint.enforced, " not valid"),
    ] {
        if holds {
            text.push_str(words);
        }
    }
    text
}

fn index_text(index: &Index) -> String {
    let keys: Vec<String> = index
        .keys
        .iter()
        .map(|key| {
            let mut text = match &key.what {
                IndexKeyKind::Column(column) => column.clone(),
                IndexKeyKind::Expression(expression) => format!("({expression})"),
            };
            text.extend(key.collation.as_ref().map(|collation| format!(" collate {collation}")));
            text.extend(key.opclass.as_ref().map(|opclass| format!(" {opclass}")));
            text.push_str(if key.descending { " desc" } else { "" });
            text.push_str(if key.nulls_first { " nulls first" } else { "" });
            text
        })
        .collect();
    let mut text = format!(
        "{}{} using {} ({})",
        if index.valid { "" } else { "invalid " },
        if index.unique { "unique" } else { "index" },
        index.method,
        keys.join(", ")
    );
    if index.nulls_not_distinct {
        text.push_str(" nulls not distinct");
    }
    if !index.include.is_empty() {
        text.push_str(&format!(" include ({})", index.include.join(", ")));
    }
    text.extend(index.predicate.as_ref().map(|predicate| format!(" where {predicate}")));
    text.extend(index.constraint.as_ref().map(|constraint| format!(" of constraint {constraint}")));
    text
}

fn type_text(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Enum { labels } => format!("enum ({})", labels.join(", ")),
        TypeKind::Domain { base, not_null, default, checks } => {
            let mut text = format!("domain over {base}");
            text.push_str(if *not_null { " not null" } else { "" });
            text.extend(default.as_ref().map(|default| format!(" default {default}")));
            text.extend(checks.iter().map(|(name, check)| format!(" {name} {check}")));
            text
        }
        TypeKind::Composite { attributes } => {
            let attributes: Vec<String> =
                attributes.iter().map(|(name, ty)| format!("{name} {ty}")).collect();
            format!("composite ({})", attributes.join(", "))
        }
        TypeKind::Range { subtype } => format!("range of {subtype}"),
    }
}

impl Difference {
    /// Missing, extra or changed, seen from the first catalog.
    pub fn change(&self) -> ObjectChange {
        match (&self.before, &self.after) {
            (Some(_), None) => ObjectChange::Missing,
            (None, Some(_)) => ObjectChange::Extra,
            _ => ObjectChange::Changed,
        }
    }

    /// How grave it is for a snapshot.
    pub fn severity(&self) -> Severity {
        if self.harmless { Severity::Info } else { Severity::Error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PgType;
    use crate::compare::testing::{column, table};

    fn found(before: &Catalog, after: &Catalog) -> Vec<String> {
        stale(before, after).iter().map(Finding::headline).collect()
    }

    #[test]
    fn equal_catalogs_do_not_differ() {
        let catalog = table("public.users", &[column("id", "int8")]);
        assert_eq!(found(&catalog, &catalog.clone()), [""; 0]);
    }

    #[test]
    fn each_object_is_named_with_both_sides() {
        let before = table("public.users", &[column("id", "int4"), column("gone", "text")]);
        let mut after = table("public.users", &[column("id", "int8"), column("new", "text")]);
        after.relations.extend(table("public.more", &[]).relations);
        assert_eq!(
            found(&before, &after),
            [
                "error[stale-snapshot]: column `public.users.gone` is in the snapshot, not in the database",
                "error[stale-snapshot]: column `public.users.id` has another type: `integer` in the snapshot, \
                 `bigint` in the database",
                "error[stale-snapshot]: column `public.users.new` is in the database, not in the snapshot",
                "error[stale-snapshot]: table `public.more` is in the database, not in the snapshot",
            ]
        );
    }

    #[test]
    fn column_order_and_server_version_are_informations() {
        let before = table("public.users", &[column("a", "int4"), column("b", "text")]);
        let mut after = table("public.users", &[column("b", "text"), column("a", "int4")]);
        after.server.major = 16;
        for finding in stale(&before, &after) {
            assert_eq!(finding.severity, Severity::Info, "{}", finding.message);
        }
        assert_eq!(stale(&before, &after).len(), 2);
    }

    #[test]
    fn every_attribute_of_a_column_is_compared() {
        let before = table("public.users", &[column("a", "int4")]);
        let changes: [fn(&mut Column); 7] = [
            |c| c.ty = PgType::builtin("int8"),
            |c| c.not_null = true,
            |c| c.default = Some("1".into()),
            |c| c.identity = Some(crate::catalog::Identity::Always),
            |c| c.generated = Some(crate::catalog::Generated { stored: true, expression: "1".into() }),
            |c| c.collation = Some(crate::QualifiedName::new("pg_catalog", "C")),
            |c| c.filled_by = Some("users_slug".into()),
        ];
        for change in changes {
            let mut column = column("a", "int4");
            change(&mut column);
            assert_eq!(stale(&before, &table("public.users", &[column])).len(), 1);
        }
    }
}
