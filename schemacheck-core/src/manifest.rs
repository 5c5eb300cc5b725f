//! What Rust expects: one manifest a model, an enum or a type.

use crate::catalog::{Catalog, Column, RelKind, Relation};
use crate::code::Code;
use crate::pg_type::PgType;

mod promise;
mod tenant;
mod type_facts;

pub use promise::{ColumnPromises, DefaultPromise, Exact, LabelSet, Optional, Promise, Reference};

/// What one Rust type expects of the database, and what the build knew about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The package that defines the type.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The Rust path, from `module_path!()`: `notifications::models::Notification`.
    pub path: String,
    /// The source file, as rustc prints it.
    pub file: String,
    /// The line of the type's name, counted from 1.
    pub line: u32,
    /// What sort of Rust type it is.
    pub sort: Sort,
    /// What a finding did to the build.
    pub mode: BuildMode,
    /// What the program does with it.
    pub kinds: Vec<Kind>,
    /// Whether `kinds` is the default because none was written.
    pub implied_kind: bool,
    /// The named database that it belongs to; nothing for the default one.
    pub database: Option<String>,
    /// The schema as written in the attribute.
    pub schema: Option<String>,
    /// The schema in which the build found it.
    pub resolved: Option<String>,
    /// The relation; of an enum or a type its name.
    pub relation: String,
    /// What kind of relation the build saw.
    pub relation_kind: Option<RelKind>,
    /// The digest of the snapshot's facts that the build saw.
    pub digest: Option<String>,
    /// A model's columns, in the order of its fields; of a composite type the attributes, of a domain itself.
    pub columns: Vec<Expected>,
    /// An enum's labels, in the order of its variants.
    pub labels: Vec<Label>,
    /// Whether an enum may lack variants for labels that the database has.
    pub non_exhaustive: bool,
    /// Flattened structs, in the order of their fields.
    pub groups: Vec<Group>,
    /// Whether the compiler will add the columns of flattened structs: only while a struct is expanded, never in a record.
    pub awaits_columns: bool,
    /// Columns that an insert need not supply.
    pub optional: Vec<Optional>,
    /// What the code relies on of the relation.
    pub promises: Vec<Promise>,
    /// Whether the fields name every column.
    pub exact: Option<Exact>,
    /// Ways out that hold for the whole type.
    pub overrides: Vec<Override>,
}

/// What sort of Rust type a manifest is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// A struct with a relation.
    #[default]
    Model,
    /// An enum with a PostgreSQL enum.
    Enum,
    /// A struct with a composite type or a domain.
    Type,
}

impl Sort {
    /// The word in a record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Enum => "enum",
            Self::Type => "type",
        }
    }

    /// The sort of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Model, Self::Enum, Self::Type].into_iter().find(|sort| sort.word() == word)
    }
}

/// What `SCHEMACHECK_BUILD` said when the type was built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BuildMode {
    /// A finding stopped the build.
    #[default]
    Enforce,
    /// It was a warning.
    Warn,
    /// Nothing was read, and nothing found.
    Off,
}

impl BuildMode {
    /// The word in records and in the variable.
    pub fn word(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Warn => "warn",
            Self::Off => "off",
        }
    }

    /// The mode of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Enforce, Self::Warn, Self::Off].into_iter().find(|mode| mode.word() == word)
    }
}

/// Whether a Rust type holds the type that the snapshot had, as the compiler found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// It does, or there is nothing to check.
    #[default]
    Fits,
    /// It does not, and the build let it through with a warning.
    LetThrough,
    /// The compiler could not check it.
    Unchecked,
}

impl Fit {
    /// The word in records.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::LetThrough => "let-through",
            Self::Unchecked => "unchecked",
        }
    }

    /// The meaning of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Fits, Self::LetThrough, Self::Unchecked].into_iter().find(|fit| fit.word() == word)
    }
}

/// What a program does with a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Rows are read into it.
    Read,
    /// Rows are inserted from it.
    Insert,
    /// Rows are updated from it.
    Update,
}

impl Kind {
    /// The word in attributes and records.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Insert => "insert",
            Self::Update => "update",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Read, Self::Insert, Self::Update].into_iter().find(|kind| kind.word() == word)
    }
}

/// One expected column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The column, to the letter.
    pub column: String,
    /// The field, without `r#`; of a tuple struct its number; of a flattened struct the way to it: `times.created_at`.
    pub field: String,
    /// The field's line, counted from 1; of a flattened struct that of the flattening field.
    pub line: u32,
    /// The field's type as written.
    pub rust_type: String,
    /// Whether the field's type can hold NULL, as the trait system says; nothing where it cannot say, such as for a
    /// type parameter.
    pub accepts_null: Option<bool>,
    /// What the snapshot said of the column; nothing if the build looked at none.
    pub built: Option<Built>,
    /// Whether the field's type holds the type that the snapshot had. Of a flattened struct's column the group says it,
    /// since the compiler answers for all of them at once; only what it could not check stands here.
    pub fit: Fit,
    /// The flattened struct that it came through: a place in [`Manifest::groups`].
    pub group: Option<usize>,
    /// Whether an insert writes DEFAULT for `None`, and not NULL.
    pub none_is_default: bool,
    /// Whether an update writes NULL for `None`, and does not leave the column as it is.
    pub none_is_null: bool,
    /// The kinds of the model that leave the field out.
    pub left_out: Vec<Kind>,
    /// The labels of a Rust enum that is kept in a plain column.
    pub labels: Option<LabelSet>,
    /// What the code relies on of the column.
    pub promises: ColumnPromises,
    /// Ways out that hold for this field.
    pub overrides: Vec<Override>,
}

/// What the build's snapshot said of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The declared type.
    pub ty: PgType,
    /// The type below its domains, where that is another one.
    pub base: Option<PgType>,
    /// Whether NULL was refused, by the column or a domain.
    pub not_null: bool,
    /// The default, deparsed.
    pub default: Option<String>,
}

impl Built {
    /// What a catalog says of one of its columns.
    pub fn of(column: &Column, catalog: &Catalog) -> Self {
        let base = catalog.base_type(&column.ty);
        Self {
            ty: column.ty.clone(),
            base: (*base != column.ty).then(|| base.clone()),
            not_null: catalog.refuses_null(column),
            default: column.default.clone(),
        }
    }

    /// The type below all domains.
    pub fn base_type(&self) -> &PgType {
        self.base.as_ref().unwrap_or(&self.ty)
    }
}

/// One expected label of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The label, to the letter.
    pub label: String,
    /// The variant.
    pub variant: String,
    /// The variant's line, counted from 1.
    pub line: u32,
}

/// A flattened struct: whose columns came through it is said by the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The flattening field.
    pub field: String,
    /// The field's line, counted from 1.
    pub line: u32,
    /// The flattened type as written.
    pub rust_type: String,
    /// Whether it names a type parameter, so that its columns are unknown.
    pub is_open: bool,
    /// Whether an insert writes DEFAULT for `None` in any of its columns.
    pub none_is_default: bool,
    /// Whether its fields hold the types of their columns.
    pub fit: Fit,
}

/// A way out: the user decides how grave a finding is here, and says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Which findings.
    pub code: Code,
    /// What becomes of them.
    pub level: Level,
    /// Why.
    pub reason: String,
}

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is left out.
    Allow,
    /// It is a warning.
    Warn,
    /// It is an error.
    Deny,
}

impl Level {
    /// The word in attributes and records.
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// The level of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Allow, Self::Warn, Self::Deny].into_iter().find(|level| level.word() == word)
    }
}

impl Manifest {
    /// Fills in what the snapshot says: where the relation is, its kind, each column's type and nullability, and what a
    /// trigger fills.
    pub fn add_facts(&mut self, catalog: &Catalog) {
        match self.sort {
            Sort::Model => {
                let Some(relation) = catalog.relation(self.schema.as_deref(), &self.relation) else {
                    return;
                };
                self.resolved = Some(relation.name.schema.clone());
                self.relation_kind = Some(relation.kind);
                for expected in &mut self.columns {
                    expected.built =
                        relation.column(&expected.column).map(|column| Built::of(column, catalog));
                }
                if self.is(Kind::Insert) {
                    let filled = self.filled(relation, catalog);
                    self.optional.extend(filled);
                }
            }
            Sort::Enum => {
                let Some(def) = catalog.type_def(self.schema.as_deref(), &self.relation) else {
                    return;
                };
                self.resolved = Some(def.name.schema.clone());
            }
            Sort::Type => self.add_type_facts(catalog),
        }
    }

    /// The columns that a trigger fills, as optional ones: the guard does not ask for triggers, and would miss a value. A
    /// column that an update writes NULL into is refused there all the same.
    fn filled(&self, relation: &Relation, catalog: &Catalog) -> Vec<Optional> {
        let is_nulled = |name: &str| {
            let is_it = |expected: &&Expected| expected.column == name && expected.none_is_null;
            self.columns.iter().filter(is_it).any(|expected| self.does(Kind::Update, expected))
        };
        let is_new = |name: &str| !self.is_optional(name) && !is_nulled(name);
        let filled =
            relation.columns.iter().filter(|column| catalog.is_filled(column) && is_new(&column.name));
        let optional = |(column, trigger): (&Column, &String)| Optional {
            column: column.name.clone(),
            reason: format!("the trigger `{trigger}` fills it"),
        };
        filled.filter_map(|column| Some(optional((column, column.filled_by.as_ref()?)))).collect()
    }

    /// The name as messages spell it: with the schema that was written, else the one that the build found.
    pub fn object(&self) -> String {
        match self.schema.as_ref().or(self.resolved.as_ref()) {
            Some(schema) => format!("{schema}.{}", self.relation),
            None => self.relation.clone(),
        }
    }

    /// The level that was written for a code: on the field first, then on the type.
    pub fn level(&self, column: Option<&Expected>, code: Code) -> Option<Level> {
        let own = column.map_or(&[][..], |column| &column.overrides);
        own.iter().chain(&self.overrides).find(|o| o.code == code).map(|o| o.level)
    }

    /// Whether `columns` holds every column that the program means: not while a struct that flattens others is expanded,
    /// and never where one of those is a type parameter.
    pub fn knows_all_columns(&self) -> bool {
        !self.awaits_columns && !self.groups.iter().any(|group| group.is_open)
    }

    /// Whether something is promised of the relation's constraints or indexes.
    pub fn relies_on_constraints(&self) -> bool {
        !self.promises.is_empty() || self.columns.iter().any(|column| column.promises.references.is_some())
    }

    /// Whether the program does this with it.
    pub fn is(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether the program does this with a column.
    pub fn does(&self, kind: Kind, expected: &Expected) -> bool {
        self.is(kind) && !expected.left_out.contains(&kind)
    }

    /// Whether an insert need not supply this column.
    pub fn is_optional(&self, column: &str) -> bool {
        self.optional.iter().any(|optional| optional.column == column)
    }

    /// Whether it writes rows.
    pub fn writes(&self) -> bool {
        self.is(Kind::Insert) || self.is(Kind::Update)
    }
}
