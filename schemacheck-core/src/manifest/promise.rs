//! Promises: what the code relies on beyond names and types. Judged at the build and at the start.

use std::fmt;

use crate::catalog::Action;

/// What the code relies on of a relation as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Promise {
    /// The primary key is on exactly these columns.
    PrimaryKey(Vec<String>),
    /// A valid unique index on exactly these columns, in any order: what `ON CONFLICT` asks for.
    Unique {
        /// The columns.
        columns: Vec<String>,
        /// The predicate of a partial index; without one, the index covers every row.
        predicate: Option<String>,
    },
    /// A valid index that begins with these columns, in this order.
    Index(Vec<String>),
}

impl Promise {
    /// The word in attributes and records.
    pub fn word(&self) -> &'static str {
        match self {
            Self::PrimaryKey(_) => "primary_key",
            Self::Unique { .. } => "unique",
            Self::Index(_) => "index",
        }
    }

    /// The columns.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::PrimaryKey(columns) | Self::Unique { columns, .. } | Self::Index(columns) => columns,
        }
    }

    /// The predicate, if there is one.
    pub fn predicate(&self) -> Option<&str> {
        match self {
            Self::Unique { predicate, .. } => predicate.as_deref(),
            Self::PrimaryKey(_) | Self::Index(_) => None,
        }
    }

    /// The promise of a record's word.
    pub fn from_parts(word: &str, columns: Vec<String>, predicate: Option<String>) -> Option<Self> {
        match (word, predicate) {
            ("primary_key", None) => Some(Self::PrimaryKey(columns)),
            ("unique", predicate) => Some(Self::Unique { columns, predicate }),
            ("index", None) => Some(Self::Index(columns)),
            _ => None,
        }
    }
}

/// As it stands in the attribute.
impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<String> = self.columns().iter().map(|column| format!("{column:?}")).collect();
        write!(f, "{}({}", self.word(), columns.join(", "))?;
        if let Some(predicate) = self.predicate() {
            write!(f, ", where = {predicate:?}")?;
        }
        f.write_str(")")
    }
}

/// How completely a struct names the columns of its relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exact {
    /// Every column has a field.
    Columns,
    /// And the fields stand in the relation's order: for rows that are read by position.
    Order,
}

impl Exact {
    /// The word in a record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Columns => "columns",
            Self::Order => "order",
        }
    }

    /// That of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Columns, Self::Order].into_iter().find(|exact| exact.word() == word)
    }
}

/// What the code relies on of one column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnPromises {
    /// The type, in any spelling of SQL: `varchar(20)`.
    pub ty: Option<String>,
    /// So many characters fit.
    pub max_length: Option<u32>,
    /// There is a default.
    pub default: Option<DefaultPromise>,
    /// A foreign key leads to this column.
    pub references: Option<Reference>,
    /// Whether NULL is refused (`not_null`) or accepted (`nullable`).
    pub not_null: Option<bool>,
}

impl ColumnPromises {
    /// Whether nothing is promised.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is relied on of a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultPromise {
    /// That there is one.
    Any,
    /// That it is this, in SQL.
    Is(String),
}

/// The column that a foreign key leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The schema, if it was written.
    pub schema: Option<String>,
    /// The relation.
    pub relation: String,
    /// The column.
    pub column: String,
    /// The action of `ON DELETE`, if it was written.
    pub on_delete: Option<Action>,
}

/// A column that an insert need not supply, though the catalog requires it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Optional {
    /// The column.
    pub column: String,
    /// What fills it.
    pub reason: String,
}

/// The labels that a Rust enum writes into a plain column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelSet {
    /// In the order of the variants.
    pub labels: Vec<String>,
    /// Whether values without a variant are read too.
    pub non_exhaustive: bool,
}
