//! What the catalogs say of relations, by number, and the relations that it makes once the numbers have names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemacheck_core::catalog::{
    Action, Column, Constraint, ConstraintKind, Generated, Identity, Index, IndexKey, IndexKeyKind, RelKind,
    Relation,
};
use schemacheck_core::{PgType, QualifiedName};

use super::row::{Results, Row};
use super::texts::{Holder, Texts};
use super::trigger::Trigger;
use crate::error::Error;

/// The number of the collation `"default"`, which every collatable type of the server but `name` has.
const DEFAULT_COLLATION: u32 = 100;

/// The number of an object.
pub(super) type Oid = u32;

/// The facts of all relations that were asked for.
#[derive(Debug, Default)]
pub(super) struct Facts {
    relations: BTreeMap<Oid, RawRelation>,
}

#[derive(Debug)]
struct RawRelation {
    name: QualifiedName,
    kind: RelKind,
    columns: Vec<RawColumn>,
    constraints: Vec<RawConstraint>,
    indexes: Vec<RawIndex>,
    /// What runs before each row of an insert, in the order in which it runs.
    triggers: Vec<Trigger>,
}

#[derive(Debug)]
struct RawColumn {
    number: i16,
    name: String,
    ty: Oid,
    typmod: i32,
    dimensions: u32,
    not_null: bool,
    expression: Option<String>,
    identity: Option<Identity>,
    /// `attgenerated`, if it is generated: whether its value is stored.
    generated: Option<bool>,
    collation: Oid,
}

#[derive(Debug)]
struct RawConstraint {
    name: String,
    contype: char,
    validated: bool,
    deferrable: bool,
    deferred: bool,
    columns: Vec<i16>,
    index: Oid,
    target: Oid,
    target_columns: Vec<i16>,
    on_update: Option<Action>,
    on_delete: Option<Action>,
    match_full: bool,
    delete_columns: Vec<i16>,
    definition: Option<String>,
    enforced: bool,
    period: bool,
}

#[derive(Debug)]
struct RawIndex {
    number: Oid,
    name: String,
    method: String,
    unique: bool,
    nulls_not_distinct: bool,
    valid: bool,
    columns: Vec<i16>,
    key_columns: usize,
    opclasses: Vec<Oid>,
    collations: Vec<Oid>,
    options: Vec<i16>,
    predicate: Option<String>,
    /// The expressions of the key, by place from 1.
    expressions: BTreeMap<i32, String>,
}

impl Facts {
    /// Reads the answer to `snapshot_relations.sql`.
    pub(super) fn relations(results: &Results) -> Result<Self, Error> {
        let mut facts = Self::default();
        for row in results.rows(0) {
            let relation = RawRelation {
                name: QualifiedName::new(row.str(1)?, row.str(2)?),
                kind: RelKind::from_relkind(row.str(3)?)
                    .ok_or_else(|| Error::answer("unknown kind of relation"))?,
                columns: Vec::new(),
                constraints: Vec::new(),
                indexes: Vec::new(),
                triggers: Vec::new(),
            };
            facts.relations.insert(row.int(0)?, relation);
        }
        Ok(facts)
    }

    /// The numbers of all relations.
    pub(super) fn numbers(&self) -> Vec<Oid> {
        self.relations.keys().copied().collect()
    }

    /// Adds the answer to `snapshot_facts.sql`.
    pub(super) fn add(&mut self, results: &Results, texts: &Texts) -> Result<(), Error> {
        for row in results.rows(0) {
            self.relation(row)?.columns.push(read_column(row, texts)?);
        }
        for row in results.rows(1) {
            let name = row.str(1)?;
            let columns = self.relation(row)?.columns.iter_mut();
            columns.filter(|column| column.name == name).for_each(|column| column.not_null = false);
        }
        for row in results.rows(2) {
            self.relation(row)?.constraints.push(read_constraint(row, texts)?);
        }
        for row in results.rows(3) {
            self.relation(row)?.indexes.push(read_index(row, texts)?);
        }
        for row in results.rows(4) {
            let arguments = row.str(4)?.split('\u{1}').map(str::to_owned).collect();
            let trigger = Trigger::new(row.str(1)?, row.str(2)?, row.str(3)?, arguments, row.str(5)?);
            self.relation(row)?.triggers.push(trigger);
        }
        Ok(())
    }

    /// The relation whose number stands first in the row.
    fn relation(&mut self, row: Row<'_>) -> Result<&mut RawRelation, Error> {
        let missing = || Error::answer("it holds facts of a relation that was not asked for");
        self.relations.get_mut(&row.int(0)?).ok_or_else(missing)
    }

    /// What other objects they name by number.
    pub(super) fn wanted(&self) -> Wanted {
        let mut wanted = Wanted::default();
        for relation in self.relations.values() {
            for column in &relation.columns {
                wanted.types.insert(column.ty);
                if column.typmod >= 0 {
                    wanted.modifiers.insert((column.ty, column.typmod));
                }
                wanted.collations.insert(column.collation);
            }
            for constraint in relation.constraints.iter().filter(|constraint| constraint.contype == 'f') {
                if !self.relations.contains_key(&constraint.target) {
                    wanted.targets.insert(constraint.target);
                }
            }
            for index in &relation.indexes {
                wanted.opclasses.extend(&index.opclasses);
                wanted.collations.extend(&index.collations);
            }
        }
        wanted
    }

    /// The relations.
    pub(super) fn resolve(self, names: &Names) -> Result<Vec<Relation>, Error> {
        // Every relation's columns by number, for those that foreign keys refer to.
        let targets: HashMap<Oid, Target> =
            self.relations.iter().map(|(oid, raw)| (*oid, raw.target())).collect();
        self.relations.into_iter().map(|(oid, raw)| raw.resolve(&targets[&oid], names, &targets)).collect()
    }
}

/// What a foreign key refers to: a relation, and the names of its columns by number.
#[derive(Clone, Debug)]
struct Target {
    name: QualifiedName,
    columns: BTreeMap<i16, String>,
}

impl RawRelation {
    fn target(&self) -> Target {
        let columns = self.columns.iter().map(|column| (column.number, column.name.clone())).collect();
        Target { name: self.name.clone(), columns }
    }

    /// The relation; `own` is what it is as the target of a foreign key.
    fn resolve(
        mut self,
        own: &Target,
        names: &Names,
        targets: &HashMap<Oid, Target>,
    ) -> Result<Relation, Error> {
        self.columns.sort_by_key(|column| column.number);
        let collation_of = |number: i16| {
            self.columns.iter().find(|column| column.number == number).map(|column| column.collation)
        };
        let mut indexes = Vec::with_capacity(self.indexes.len());
        let mut constraints = Vec::with_capacity(self.constraints.len());
        for raw in &self.constraints {
            let serving = self.indexes.iter().find(|index| index.number == raw.index);
            constraints.push(raw.resolve(own, serving, names, targets)?);
        }
        for raw in self.indexes {
            let number = raw.number;
            let mut index = raw.resolve(own, collation_of, names)?;
            let serves = |c: &&RawConstraint| c.index == number && matches!(c.contype, 'p' | 'u' | 'x');
            index.constraint = self.constraints.iter().find(serves).map(|constraint| constraint.name.clone());
            indexes.push(index);
        }
        let mut columns =
            self.columns.into_iter().map(|raw| raw.resolve(names)).collect::<Result<Vec<Column>, _>>()?;
        for column in columns.iter_mut().filter(|column| column.not_null && column.generated.is_none()) {
            let filling = self.triggers.iter().find(|trigger| trigger.fills(&column.name));
            column.filled_by = filling.map(|trigger| trigger.name.clone());
        }
        constraints.sort_by(|a, b| a.name.cmp(&b.name));
        indexes.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Relation { name: self.name, kind: self.kind, columns, constraints, indexes })
    }
}

impl RawColumn {
    fn resolve(self, names: &Names) -> Result<Column, Error> {
        let ty = names.types.get(&self.ty).ok_or_else(|| nameless("type"))?;
        let collation = if self.collation == 0 || self.collation == ty.collation {
            None
        } else {
            Some(names.collation(self.collation)?)
        };
        let (default, generated) = match self.generated {
            Some(stored) => {
                (None, Some(Generated { stored, expression: self.expression.unwrap_or_default() }))
            }
            None => (self.expression, None),
        };
        Ok(Column {
            name: self.name,
            ty: PgType {
                schema: schemacheck_core::pg_type::type_word(&ty.name.schema),
                name: schemacheck_core::pg_type::type_word(&ty.name.name),
                typmod: self.typmod,
                dimensions: if ty.is_array { self.dimensions.max(1) } else { 0 },
                modifier: names.modifiers.get(&(self.ty, self.typmod)).cloned(),
            },
            not_null: self.not_null,
            default,
            identity: self.identity,
            generated,
            collation,
            filled_by: None,
        })
    }
}

impl RawConstraint {
    fn resolve(
        &self,
        own: &Target,
        serving: Option<&RawIndex>,
        names: &Names,
        targets: &HashMap<Oid, Target>,
    ) -> Result<Constraint, Error> {
        let definition =
            || self.definition.clone().ok_or_else(|| Error::answer("a constraint has no definition"));
        let action =
            |action: Option<Action>| action.ok_or_else(|| Error::answer("unknown referential action"));
        let kind = match self.contype {
            'p' => ConstraintKind::PrimaryKey(own.names(&self.columns)?),
            'u' => ConstraintKind::Unique {
                columns: own.names(&self.columns)?,
                nulls_not_distinct: serving.is_some_and(|index| index.nulls_not_distinct),
            },
            'f' => {
                let target = targets.get(&self.target).or_else(|| names.targets.get(&self.target));
                let target = target.ok_or_else(|| Error::answer("a foreign key without target"))?;
                ConstraintKind::ForeignKey {
                    columns: own.names(&self.columns)?,
                    target: target.name.clone(),
                    target_columns: target.names(&self.target_columns)?,
                    on_update: action(self.on_update)?,
                    on_delete: action(self.on_delete)?,
                    match_full: self.match_full,
                    delete_columns: own.names(&self.delete_columns)?,
                }
            }
            'c' => ConstraintKind::Check(definition()?),
            'x' => ConstraintKind::Exclusion(definition()?),
            other => return Err(Error::answer(format!("unknown kind of constraint `{other}`"))),
        };
        Ok(Constraint {
            name: self.name.clone(),
            kind,
            validated: self.validated,
            enforced: self.enforced,
            period: self.period,
            deferrable: self.deferrable,
            deferred: self.deferred,
        })
    }
}

impl RawIndex {
    fn resolve(
        mut self,
        own: &Target,
        collation_of: impl Fn(i16) -> Option<Oid>,
        names: &Names,
    ) -> Result<Index, Error> {
        let mut keys = Vec::with_capacity(self.key_columns);
        for (at, (place, number)) in (1..).zip(&self.columns).take(self.key_columns).enumerate() {
            let what = match number {
                0 => {
                    let expression = self.expressions.remove(&place);
                    let missing = || Error::answer("an expression of an index is missing");
                    IndexKeyKind::Expression(expression.ok_or_else(missing)?)
                }
                number => IndexKeyKind::Column(own.column(*number)?),
            };
            let option = self.options.get(at).copied().unwrap_or_default();
            let collation = self.collations.get(at).copied().unwrap_or_default();
            let usual = collation_of(*number).unwrap_or(DEFAULT_COLLATION);
            keys.push(IndexKey {
                what,
                descending: option & 1 != 0,
                nulls_first: option & 2 != 0,
                opclass: self.opclasses.get(at).and_then(|number| names.opclasses.get(number)).cloned(),
                collation: match collation == 0 || collation == usual {
                    true => None,
                    false => Some(names.collation(collation)?),
                },
            });
        }
        let included = self.columns.get(self.key_columns..).unwrap_or_default();
        Ok(Index {
            name: self.name,
            method: self.method,
            keys,
            include: own.names(included)?,
            unique: self.unique,
            nulls_not_distinct: self.nulls_not_distinct,
            valid: self.valid,
            predicate: self.predicate,
            constraint: None,
        })
    }
}

impl Target {
    fn column(&self, number: i16) -> Result<String, Error> {
        self.columns.get(&number).cloned().ok_or_else(|| {
            Error::answer(format!("the relation {} has no column of number {number}", self.name))
        })
    }

    fn names(&self, numbers: &[i16]) -> Result<Vec<String>, Error> {
        numbers.iter().map(|number| self.column(*number)).collect()
    }
}

fn read_column(row: Row<'_>, texts: &Texts) -> Result<RawColumn, Error> {
    let number: i16 = row.int(1)?;
    Ok(RawColumn {
        number,
        name: row.string(2)?,
        ty: row.int(3)?,
        typmod: row.int(4)?,
        dimensions: row.int(5)?,
        not_null: row.bool(6)?,
        expression: match row.bool(10)? {
            true => Some(texts.of(Holder::Default, row.int(0)?, i32::from(number))?),
            false => None,
        },
        identity: Identity::from_letter(row.str(7)?),
        generated: match row.str(8)? {
            "" => None,
            letter => Some(letter == "s"),
        },
        collation: row.int(9)?,
    })
}

fn read_constraint(row: Row<'_>, texts: &Texts) -> Result<RawConstraint, Error> {
    let contype = row.str(2)?.chars().next().unwrap_or_default();
    Ok(RawConstraint {
        name: row.string(1)?,
        contype,
        validated: row.bool(3)?,
        deferrable: row.bool(4)?,
        deferred: row.bool(5)?,
        columns: row.ints(6)?,
        index: row.int(7)?,
        target: row.int(8)?,
        target_columns: row.ints(9)?,
        on_update: Action::from_letter(row.str(10)?),
        on_delete: Action::from_letter(row.str(11)?),
        match_full: row.str(12)? == "f",
        delete_columns: row.ints(13)?,
        definition: match contype {
            'c' | 'x' => Some(texts.of(Holder::Constraint, row.int(14)?, 0)?),
            _ => None,
        },
        enforced: row.bool(15)?,
        period: row.bool(16)?,
    })
}

fn read_index(row: Row<'_>, texts: &Texts) -> Result<RawIndex, Error> {
    let number = row.int(1)?;
    let columns: Vec<i16> = row.ints(7)?;
    let places = (1..).zip(&columns).filter(|(_, column)| **column == 0).map(|(place, _)| place);
    Ok(RawIndex {
        number,
        name: row.string(2)?,
        method: row.string(3)?,
        unique: row.bool(4)?,
        nulls_not_distinct: row.bool(5)?,
        valid: row.bool(6)?,
        key_columns: row.int(8)?,
        opclasses: row.ints(9)?,
        collations: row.ints(10)?,
        options: row.ints(11)?,
        predicate: match row.bool(12)? {
            true => Some(texts.of(Holder::Predicate, number, 0)?),
            false => None,
        },
        expressions: places
            .map(|place| Ok((place, texts.of(Holder::Key, number, place)?)))
            .collect::<Result<_, Error>>()?,
        columns,
    })
}

/// Numbers that facts hold and that have to be given names.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) types: BTreeSet<Oid>,
    /// Type and typmod.
    pub(super) modifiers: BTreeSet<(Oid, i32)>,
    pub(super) collations: BTreeSet<Oid>,
    pub(super) opclasses: BTreeSet<Oid>,
    pub(super) targets: BTreeSet<Oid>,
}

/// What numbers mean.
#[derive(Debug, Default)]
pub(super) struct Names {
    types: HashMap<Oid, NamedType>,
    modifiers: HashMap<(Oid, i32), String>,
    collations: HashMap<Oid, QualifiedName>,
    opclasses: HashMap<Oid, String>,
    targets: HashMap<Oid, Target>,
}

#[derive(Debug)]
struct NamedType {
    /// Of an array its element's.
    name: QualifiedName,
    is_array: bool,
    collation: Oid,
}

impl Names {
    /// Reads the answer to `snapshot_names.sql`.
    pub(super) fn read(results: &Results) -> Result<Self, Error> {
        let mut names = Self::default();
        for row in results.rows(0) {
            let name = QualifiedName::new(row.str(1)?, row.str(2)?);
            let ty = NamedType { name, is_array: row.bool(3)?, collation: row.int(4)? };
            names.types.insert(row.int(0)?, ty);
        }
        for row in results.rows(1) {
            if let Some(modifier) = row.opt(2)?.filter(|modifier| !modifier.is_empty()) {
                names.modifiers.insert((row.int(0)?, row.int(1)?), modifier.to_owned());
            }
        }
        for row in results.rows(2) {
            names.collations.insert(row.int(0)?, QualifiedName::new(row.str(1)?, row.str(2)?));
        }
        for row in results.rows(3) {
            names.opclasses.insert(row.int(0)?, row.string(1)?);
        }
        for row in results.rows(4) {
            let name = || -> Result<Target, Error> {
                Ok(Target { name: QualifiedName::new(row.str(1)?, row.str(2)?), columns: BTreeMap::new() })
            };
            let target = match names.targets.entry(row.int(0)?) {
                std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::hash_map::Entry::Vacant(entry) => entry.insert(name()?),
            };
            target.columns.insert(row.int(3)?, row.string(4)?);
        }
        Ok(names)
    }

    fn collation(&self, number: Oid) -> Result<QualifiedName, Error> {
        self.collations.get(&number).cloned().ok_or_else(|| nameless("collation"))
    }
}

fn nameless(what: &str) -> Error {
    Error::answer(format!("a {what} has a number and no name"))
}
