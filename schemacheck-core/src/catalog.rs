//! What PostgreSQL has: relations, their columns, constraints and indexes, and types.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::ident::QualifiedName;
use crate::ledger::{Ledger, UntrustedLedger};
use crate::pg_type::{PgType, TypeDef, TypeKind};
use crate::privilege::Privileges;

/// The facts of a database, or of that part of one that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// `current_schemas(true)`: where a name without a schema is looked for, first hit first.
    pub search_path: Vec<String>,
    /// The schemas that were looked at as a whole.
    pub schemas: Vec<String>,
    /// Whether that is every schema of the database but the system's, also those that will be made later.
    pub every_schema: bool,
    /// Single relations from other schemas that were asked for by name.
    pub include: Vec<QualifiedName>,
    /// Relations by name.
    pub relations: BTreeMap<QualifiedName, Relation>,
    /// Materialized views without data, which no query can read. Of a live database alone.
    pub unpopulated: BTreeSet<QualifiedName>,
    /// Types that a schema defines, by name.
    pub types: BTreeMap<QualifiedName, TypeDef>,
    /// Whether the names below were asked for: then none means that there is none.
    pub knows_names: bool,
    /// Names of relations that are known to exist without their facts: for suggestions only.
    pub known_relations: Vec<QualifiedName>,
    /// Names of types that are known to exist without their facts: for suggestions only.
    pub known_types: Vec<QualifiedName>,
    /// The server.
    pub server: Server,
    /// The ledgers of migration tools.
    pub ledgers: Vec<Ledger>,
    /// Tables that look like ledgers and were left unread. Of a live database alone.
    pub untrusted_ledgers: Vec<UntrustedLedger>,
    /// What the role may not do, as far as it was asked for.
    pub privileges: Privileges,
}

/// What is kept of the server itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// The major version, such as 15; 0 if unknown.
    pub major: u32,
    /// Installed extensions: name and schema, by name.
    pub extensions: Vec<(String, String)>,
}

impl Catalog {
    /// The relation that a name means: in its schema, or in the first schema of the search path that has one.
    pub fn relation(&self, schema: Option<&str>, name: &str) -> Option<&Relation> {
        self.resolve(schema, name, |name| self.relations.get(name))
    }

    /// The type that a name means, likewise.
    pub fn type_def(&self, schema: Option<&str>, name: &str) -> Option<&TypeDef> {
        self.resolve(schema, name, |name| self.types.get(name))
    }

    fn resolve<'a, T>(
        &'a self,
        schema: Option<&str>,
        name: &str,
        get: impl Fn(&QualifiedName) -> Option<&'a T>,
    ) -> Option<&'a T> {
        match schema {
            Some(schema) => get(&QualifiedName::new(schema, name)),
            None => self.search_path.iter().find_map(|schema| get(&QualifiedName::new(schema, name))),
        }
    }

    /// What is known of a type, or of an array's element; nothing of the server's own, most of all types.
    fn type_of(&self, ty: &PgType) -> Option<&TypeDef> {
        if ty.is_builtin() { None } else { self.types.get(&ty.qualified_name()) }
    }

    /// The type below all domains: what the wire protocol reports, and what the Rust type has to hold.
    ///
    /// Arrays of domains keep the domain: the server reports those as arrays of the domain's own type.
    pub fn base_type<'a>(&'a self, declared: &'a PgType) -> &'a PgType {
        let mut ty = declared;
        // A domain cannot be based on itself, so the chain ends; the bound guards against an edited snapshot.
        for _ in 0..64 {
            match self.type_of(ty) {
                Some(TypeDef { kind: TypeKind::Domain { base, .. }, .. }) if !ty.is_array() => ty = base,
                _ => break,
            }
        }
        ty
    }

    /// Whether the column refuses NULL, by itself or through a domain of its type.
    pub fn refuses_null(&self, column: &Column) -> bool {
        column.not_null || self.domain_refuses_null(&column.ty)
    }

    /// Whether the type is a domain that refuses NULL, by itself or through a domain below it.
    pub fn domain_refuses_null(&self, declared: &PgType) -> bool {
        let mut ty = declared;
        for _ in 0..64 {
            match self.type_of(ty) {
                Some(TypeDef { kind: TypeKind::Domain { base, not_null, .. }, .. }) if !ty.is_array() => {
                    if *not_null {
                        return true;
                    }
                    ty = base;
                }
                _ => break,
            }
        }
        false
    }

    /// Whether an insert has to supply a value: NULL is refused, and the server has nothing of its own to put there.
    pub fn requires_value(&self, column: &Column) -> bool {
        let default = column.default.as_deref();
        // `DEFAULT NULL` is kept only where it hides a domain's default, and supplies nothing.
        let is_null = default.is_some_and(|text| text == "NULL" || text.starts_with("NULL::"));
        let has_own =
            default.is_some() && !is_null || column.identity.is_some() || column.generated.is_some();
        // A domain that is based on one with a default got its own copy when it was made.
        let from_domain = default.is_none()
            && !column.ty.is_array()
            && matches!(
                self.type_of(&column.ty),
                Some(TypeDef { kind: TypeKind::Domain { default: Some(_), .. }, .. })
            );
        !has_own && !from_domain && self.refuses_null(column) && !self.is_filled(column)
    }

    /// Whether a trigger puts a value into the column before a row is inserted. `NOT NULL` is checked behind it, the
    /// domain of the column's type before it.
    pub fn is_filled(&self, column: &Column) -> bool {
        column.filled_by.is_some() && !self.domain_refuses_null(&column.ty)
    }

    /// Every relation name that is known, with or without facts.
    pub fn relation_names(&self) -> impl Iterator<Item = &QualifiedName> {
        self.relations.keys().chain(&self.known_relations)
    }

    /// Every type name that is known, with or without facts.
    pub fn type_names(&self) -> impl Iterator<Item = &QualifiedName> {
        self.types.keys().chain(&self.known_types)
    }
}

/// A relation: a row of `pg_class` that can be read like a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Schema and name.
    pub name: QualifiedName,
    /// Which of the five kinds.
    pub kind: RelKind,
    /// Its columns by `attnum`, dropped ones left out.
    pub columns: Vec<Column>,
    /// Its constraints, by name. Empty where they were not asked for.
    pub constraints: Vec<Constraint>,
    /// Its indexes, by name. Empty where they were not asked for.
    pub indexes: Vec<Index>,
}

impl Relation {
    /// The column of that name, to the letter.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// The kinds of relation, from `pg_class.relkind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelKind {
    /// `r`
    Table,
    /// `p`
    PartitionedTable,
    /// `v`
    View,
    /// `m`
    MaterializedView,
    /// `f`
    ForeignTable,
}

impl RelKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Table, Self::PartitionedTable, Self::View, Self::MaterializedView, Self::ForeignTable];

    /// The kind of a `pg_class.relkind` letter; nothing for indexes, sequences and the like.
    pub fn from_relkind(letter: &str) -> Option<Self> {
        Some(match letter {
            "r" => Self::Table,
            "p" => Self::PartitionedTable,
            "v" => Self::View,
            "m" => Self::MaterializedView,
            "f" => Self::ForeignTable,
            _ => return None,
        })
    }

    /// The word in snapshots and messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::PartitionedTable => "partitioned table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::ForeignTable => "foreign table",
        }
    }

    /// The kind of a snapshot's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether `attnotnull` says something: PostgreSQL calls all columns of views nullable, and takes a foreign
    /// table's word for it.
    pub fn has_nullability(self) -> bool {
        matches!(self, Self::Table | Self::PartitionedTable)
    }
}

impl fmt::Display for RelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A column: a row of `pg_attribute` with `attnum` above 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// `attname`
    pub name: String,
    /// Its declared type.
    pub ty: PgType,
    /// `attnotnull`, unless a constraint that is `NOT VALID` or a table that inherits leaves room for NULL.
    pub not_null: bool,
    /// The default, deparsed; of a generated column nothing. Where nothing was deparsed, `Some("")` says that there
    /// is one.
    pub default: Option<String>,
    /// `attidentity`
    pub identity: Option<Identity>,
    /// `attgenerated`, with the deparsed expression.
    pub generated: Option<Generated>,
    /// The collation, where it is not the type's own.
    pub collation: Option<QualifiedName>,
    /// A trigger that gives a column that refuses NULL its value before a row is inserted, by name. Of a catalog that
    /// the guard reads nothing: it does not ask for triggers.
    pub filled_by: Option<String>,
}

/// `attidentity`: `GENERATED ... AS IDENTITY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// `a`: `GENERATED ALWAYS`
    Always,
    /// `d`: `GENERATED BY DEFAULT`
    ByDefault,
}

impl Identity {
    /// The identity of an `attidentity` letter.
    pub fn from_letter(letter: &str) -> Option<Self> {
        match letter {
            "a" => Some(Self::Always),
            "d" => Some(Self::ByDefault),
            _ => None,
        }
    }

    /// The word in a snapshot.
    pub fn word(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::ByDefault => "by default",
        }
    }
}

/// `attgenerated`: `GENERATED ALWAYS AS (expression)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Whether its value is stored (`s`) or computed at each read (`v`, from PostgreSQL 18).
    pub stored: bool,
    /// The deparsed expression; empty where nothing was deparsed.
    pub expression: String,
}

/// A constraint of a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// `conname`
    pub name: String,
    /// What it demands.
    pub kind: ConstraintKind,
    /// `convalidated`: false while it is `NOT VALID`.
    pub validated: bool,
    /// `conenforced`, from 18: false for `NOT ENFORCED`.
    pub enforced: bool,
    /// `conperiod`, from 18: the last column is one of `WITHOUT OVERLAPS` or `PERIOD`.
    pub period: bool,
    /// `condeferrable`
    pub deferrable: bool,
    /// `condeferred`
    pub deferred: bool,
}

/// The constraints that a program can depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConstraintKind {
    /// `p`: the columns in key order.
    PrimaryKey(Vec<String>),
    /// `u`: the columns in key order, and whether NULLs count as equal (`NULLS NOT DISTINCT`, from 15).
    Unique {
        /// In key order.
        columns: Vec<String>,
        /// `indnullsnotdistinct`
        nulls_not_distinct: bool,
    },
    /// `f`
    ForeignKey {
        /// Referencing columns.
        columns: Vec<String>,
        /// The referenced relation.
        target: QualifiedName,
        /// Referenced columns, in the same order.
        target_columns: Vec<String>,
        /// `confupdtype`
        on_update: Action,
        /// `confdeltype`
        on_delete: Action,
        /// `confmatchtype` is `f`.
        match_full: bool,
        /// `confdelsetcols`, from 15: the columns of `ON DELETE SET NULL (...)`; empty for all of them.
        delete_columns: Vec<String>,
    },
    /// `c`: the deparsed definition.
    Check(String),
    /// `x`: the deparsed definition.
    Exclusion(String),
}

/// A referential action, from `confupdtype` and `confdeltype`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// `a`
    NoAction,
    /// `r`
    Restrict,
    /// `c`
    Cascade,
    /// `n`
    SetNull,
    /// `d`
    SetDefault,
}

impl Action {
    /// Every action, with its letter and the words of SQL.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::NoAction, "a", "no action"),
        (Self::Restrict, "r", "restrict"),
        (Self::Cascade, "c", "cascade"),
        (Self::SetNull, "n", "set null"),
        (Self::SetDefault, "d", "set default"),
    ];

    /// The action of a catalog letter.
    pub fn from_letter(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, l, _)| *l == letter).map(|(action, _, _)| action)
    }

    /// The action of a snapshot's words.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, _, w)| *w == word).map(|(action, _, _)| action)
    }

    /// The words of SQL, in lower case.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(action, _, _)| *action == self).map_or("", |(_, _, word)| word)
    }
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The name of its own `pg_class` row, in the relation's schema.
    pub name: String,
    /// `amname`: `btree`, `gin`, ...
    pub method: String,
    /// The key, in order.
    pub keys: Vec<IndexKey>,
    /// Columns of `INCLUDE`.
    pub include: Vec<String>,
    /// `indisunique`
    pub unique: bool,
    /// `indnullsnotdistinct`, from 15.
    pub nulls_not_distinct: bool,
    /// `indisvalid`: false for what a failed `CREATE INDEX CONCURRENTLY` leaves.
    pub valid: bool,
    /// The predicate of a partial index, deparsed.
    pub predicate: Option<String>,
    /// The constraint that it serves, whose name it usually shares.
    pub constraint: Option<String>,
}

/// One key of an index: a column, or an expression, which has no column name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexKey {
    /// The column's name, or the deparsed expression.
    pub what: IndexKeyKind,
    /// What `pg_index.indoption` says: `DESC`.
    pub descending: bool,
    /// Likewise: `NULLS FIRST`.
    pub nulls_first: bool,
    /// The operator class where it is not the type's default.
    pub opclass: Option<String>,
    /// The collation where it is not the column's.
    pub collation: Option<QualifiedName>,
}

/// What an index key indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexKeyKind {
    /// A column, by name.
    Column(String),
    /// An expression, deparsed.
    Expression(String),
}
