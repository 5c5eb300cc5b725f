//! [`Code`]: the name of each sort of finding, the same word in reports, attributes, JSON and `explain`.

use std::fmt;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Info,
    /// Works today, or works in part.
    Warning,
    /// The program will fail: the build, the release or the start stops.
    Error,
}

impl Severity {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

macro_rules! codes {
    ($($variant:ident = $id:literal, $severity:ident, $line:literal;)*) => {
        /// The sorts of finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $line] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The kebab-case word.
            pub fn id(self) -> &'static str {
                match self { $(Code::$variant => $id,)* }
            }

            /// How grave it is unless a rule or an attribute says otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)* }
            }

            /// What it means, in one line.
            pub fn description(self) -> &'static str {
                match self { $(Code::$variant => $line,)* }
            }

            /// The page that `cargo schemacheck explain` shows, in Markdown.
            pub fn page(self) -> &'static str {
                match self { $(Code::$variant => include_str!(concat!("../pages/", $id, ".md")),)* }
            }
        }
    };
}

codes! {
    MissingRelation = "missing-relation", Error, "a model names a relation that does not exist";
    MissingColumn = "missing-column", Error, "a model names a column that its relation does not have";
    MissingType = "missing-type", Error, "a Rust type names a PostgreSQL type that does not exist";
    TypeMismatch = "type-mismatch", Error, "a column has a type that the field cannot hold";
    NullableColumn = "nullable-column", Error, "a column can be NULL and its field cannot";
    NotNullColumn = "not-null-column", Error, "a column refuses NULL where the model relies on NULL";
    MissingRequiredColumn = "missing-required-column", Error, "an insert supplies no value for a column that needs one";
    GeneratedColumnWritten = "generated-column-written", Error, "a model writes a column that only the server may write";
    UnknownLabel = "unknown-label", Error, "a Rust enum has a variant whose label the database does not have";
    MissingLabel = "missing-label", Error, "the database has a label without a variant in the Rust enum";
    MissingDefault = "missing-default", Error, "a default that a model relies on is missing, or another one";
    ExtraColumn = "extra-column", Error, "a relation has a column without a field, where the model names all";
    ColumnOrder = "column-order", Error, "the fields of a model that is read by position stand in another order";
    MissingConstraint = "missing-constraint", Error, "a constraint that a model relies on does not exist";
    MissingIndex = "missing-index", Warning, "an index that a model relies on does not exist";
    MissingPrivilege = "missing-privilege", Error, "the role may not do what a model does";
    OtherSchema = "other-schema", Info, "a name without schema is found in another schema than at the build";
    RelationKind = "relation-kind", Info, "a relation is of another kind than at the build";
    UnpopulatedView = "unpopulated-view", Warning, "a materialized view that is read has no data";
    StaleSnapshot = "stale-snapshot", Error, "the snapshot, the program or the database differ from each other";
    LedgerAhead = "ledger-ahead", Info, "the migration ledger has migrations that the build's snapshot had not";
    LedgerBehind = "ledger-behind", Info, "the migration ledger lacks migrations that the build's snapshot had";
    LedgerStamped = "ledger-stamped", Info, "the migration ledger lists as applied what is not there";
    LedgerFailed = "ledger-failed", Warning, "the migration ledger lists a migration as failed or unfinished";
    LedgerOtherHead = "ledger-other-head", Info, "the migration ledger is at another head than the build's snapshot";
    LedgerUnread = "ledger-unread", Info, "a table that looks like a migration ledger was not read, since others may change it";
    LedgerOther = "ledger-other", Info, "the migration ledger lists nothing that the build's snapshot had: another application's";
    Unreadable = "unreadable", Error, "the database could not be looked at";
    OtherDatabase = "other-database", Error, "the database, or a model that was chosen, is probably not the one that is meant";
    Unjudged = "unjudged", Warning, "the build did not check types and NULL of what a program names";
    NoModels = "no-models", Error, "there is no model to check";
}

impl Code {
    /// The code of a kebab-case word.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.id() == id)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_that_begins_with_it() {
        for code in Code::ALL {
            assert_eq!(Code::from_id(code.id()), Some(*code));
            let title = format!("# {code}\n");
            assert!(code.page().starts_with(&title), "pages/{code}.md does not begin with its code");
            assert!(code.page().contains("\n## "), "pages/{code}.md has no section");
        }
    }
}
