//! What the role of a connection may not do: only what is lacking is kept, since most roles may do all that they need.

use std::collections::{BTreeMap, BTreeSet};

use crate::ident::QualifiedName;

/// What is lacking, of a whole connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Privileges {
    /// `current_user`
    pub role: String,
    /// Relations on which something is lacking, or whose row security applies to the role.
    pub relations: BTreeMap<QualifiedName, Lacking>,
    /// Sequences that the role may not use, by the column that takes its default from one.
    pub sequences: Vec<Sequence>,
    /// What views read and may not.
    pub sources: Vec<Source>,
    /// Schemas that `search_path` names and the role may not use: what is in them is not found by its name alone.
    pub closed_schemas: Vec<String>,
}

/// What is lacking on a relation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// Whether the schema may not be used at all.
    pub schema: bool,
    /// By privilege, the columns on which the role has it; one that it has on all of them is not listed.
    pub granted: BTreeMap<Privilege, BTreeSet<String>>,
    /// The privileges that row security makes useless: it applies, and no policy lets a row through.
    pub no_policy: BTreeSet<Privilege>,
    /// The privileges that are of no use since row security applies and the session has `row_security = off`: the server
    /// refuses each query.
    pub row_security_off: BTreeSet<Privilege>,
}

/// What may be done with a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Privilege {
    /// Reading.
    Select,
    /// Inserting.
    Insert,
    /// Updating.
    Update,
}

impl Privilege {
    /// The word in SQL.
    pub fn word(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
        }
    }
}

/// A relation that a view reads, with the rights of its owner or of who asks, and may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The view.
    pub view: QualifiedName,
    /// What it reads.
    pub name: QualifiedName,
    /// The view's owner; nothing for a `security_invoker` view, which asks for the rights of the role.
    pub owner: Option<String>,
}

/// A sequence that the role may not use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// The sequence.
    pub name: QualifiedName,
    /// The relation whose column takes its default from it.
    pub relation: QualifiedName,
    /// That column.
    pub column: String,
}
