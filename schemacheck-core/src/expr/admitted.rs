//! Which values a CHECK admits for a column.

use super::{Check, Const, Expr};
use crate::catalog::{Catalog, Column, ConstraintKind, RelKind, Relation};
use crate::pg_type::{PgType, TypeDef, TypeKind};

/// The values, NULL aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Any other is refused.
    pub labels: Vec<String>,
    /// Whether each of them is admitted: false where something that is not understood may refuse more.
    pub exact: bool,
}

impl Admitted {
    fn none() -> Self {
        Self { labels: Vec::new(), exact: true }
    }

    fn and(self, other: Self) -> Self {
        let labels = self.labels.into_iter().filter(|label| other.labels.contains(label)).collect();
        Self { labels, exact: self.exact && other.exact }
    }

    fn or(mut self, other: Self) -> Self {
        let new = other.labels.into_iter().filter(|label| !self.labels.contains(label));
        self.labels.extend(new.collect::<Vec<_>>());
        Self { exact: self.exact && other.exact, ..self }
    }
}

/// Which strings a condition admits for a column; of an array, for its elements. Nothing where it admits more than can
/// be listed, or is not understood.
///
/// A CHECK whose condition is NULL is satisfied: so a list with a NULL in it refuses nothing.
pub fn admitted(expr: &Expr, column: &str) -> Option<Admitted> {
    match expr {
        Expr::Bool(false) => Some(Admitted::none()),
        Expr::IsNull(name) if name == column => Some(Admitted::none()),
        Expr::In(name, values) | Expr::Within(name, values) if name == column => {
            let label = |value: &Const| match value {
                Const::Str(label) => Some(label.clone()),
                Const::Null | Const::Bool(_) | Const::Number(_) => None,
            };
            let labels = values.iter().map(label).collect::<Option<Vec<_>>>()?;
            Some(Admitted { labels, exact: true })
        }
        Expr::Or(arms) => {
            let arms = arms.iter().map(|arm| admitted(arm, column)).collect::<Option<Vec<_>>>()?;
            arms.into_iter().reduce(Admitted::or)
        }
        Expr::And(arms) => {
            let (mut found, mut exact) = (None::<Admitted>, true);
            for arm in arms {
                match (admitted(arm, column), found.take()) {
                    (Some(own), Some(known)) => found = Some(known.and(own)),
                    (Some(own), None) => found = Some(own),
                    (None, known) => {
                        found = known;
                        exact &= leaves_alone(arm, column);
                    }
                }
            }
            found.map(|found| Admitted { exact: found.exact && exact, ..found })
        }
        Expr::Bool(true)
        | Expr::Column(_)
        | Expr::IsNull(_)
        | Expr::In(..)
        | Expr::Within(..)
        | Expr::Not(_)
        | Expr::Unknown(_) => None,
    }
}

/// Whether a condition that has to hold too refuses no string of the column.
fn leaves_alone(expr: &Expr, column: &str) -> bool {
    match expr {
        Expr::Bool(value) => *value,
        Expr::Column(name) | Expr::IsNull(name) | Expr::In(name, _) | Expr::Within(name, _) => name != column,
        Expr::Not(inner) => matches!(&**inner, Expr::IsNull(_)) || leaves_alone(inner, column),
        Expr::And(arms) | Expr::Or(arms) => arms.iter().all(|arm| leaves_alone(arm, column)),
        Expr::Unknown(_) => false,
    }
}

/// Which strings a column's type takes for equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// The same ones.
    Nothing,
    /// `character(n)`: blanks at the end do not count.
    Blanks,
    /// `citext`: case does not count.
    Case,
}

impl Fold {
    /// That of a type that holds strings; nothing of any other type.
    pub fn of(ty: &PgType) -> Option<Self> {
        match (ty.is_builtin(), &*ty.name) {
            (true, "text" | "varchar" | "name") => Some(Self::Nothing),
            (true, "bpchar") => Some(Self::Blanks),
            (false, "citext") => Some(Self::Case),
            _ => None,
        }
    }
}

/// Whether two labels are the same to the column. In doubt they are: what the locale does to letters beyond ASCII is
/// not known here.
///
/// Also evaluated by the compiler, for the types whose labels only it knows.
pub const fn same_label(a: &str, b: &str, fold: Fold) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (mut a_len, mut b_len) = (a.len(), b.len());
    if matches!(fold, Fold::Blanks) {
        while a_len > 0 && a[a_len - 1] == b' ' {
            a_len -= 1;
        }
        while b_len > 0 && b[b_len - 1] == b' ' {
            b_len -= 1;
        }
    }
    let folds_case = matches!(fold, Fold::Case);
    if folds_case && (!a.is_ascii() || !b.is_ascii()) {
        return true;
    }
    if a_len != b_len {
        return false;
    }
    let mut at = 0;
    while at < a_len {
        let is_same = if folds_case { a[at].eq_ignore_ascii_case(&b[at]) } else { a[at] == b[at] };
        if !is_same {
            return false;
        }
        at += 1;
    }
    true
}

/// What is known of the labels that a column admits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelFacts {
    /// The labels.
    pub admitted: Admitted,
    /// Which of them are equal.
    pub fold: Fold,
}

impl LabelFacts {
    /// Whether the column admits the label.
    pub fn admits(&self, label: &str) -> bool {
        self.admitted.labels.iter().any(|known| same_label(known, label, self.fold))
    }
}

impl Relation {
    /// Which labels a column admits, by the relation's checks and by those of the column's domains. `writes` says
    /// whether it is asked for what may be written: a check that is `NOT VALID` holds for that alone. Nothing where
    /// nothing is known.
    pub fn admitted(&self, column: &Column, catalog: &Catalog, writes: bool) -> Option<LabelFacts> {
        // A foreign table's checks are promises of another server; a collation of somebody's own may take anything for
        // equal.
        let collated = column.collation.as_ref().is_some_and(|collation| collation.schema != "pg_catalog");
        if self.kind == RelKind::ForeignTable || collated {
            return None;
        }
        let fold = Fold::of(catalog.base_type(&column.ty))?;
        let mut found = None;
        let mut add = |definition: &str, name: &str, holds: bool| {
            let check = Check::parse(definition);
            let holds = holds && check.holds_for_all;
            if !check.enforced || !holds && !writes {
                return;
            }
            let Some(mut own) = admitted(&check.expr, name) else { return };
            own.exact &= holds;
            found = Some(match found.take() {
                Some(known) => Admitted::and(known, own),
                None => own,
            });
        };
        for constraint in &self.constraints {
            if let (ConstraintKind::Check(definition), true) = (&constraint.kind, constraint.enforced) {
                add(definition, &column.name, constraint.validated);
            }
        }
        let mut ty = &column.ty;
        for _ in 0..64 {
            match catalog.types.get(&ty.qualified_name()) {
                Some(TypeDef { kind: TypeKind::Domain { base, checks, .. }, .. }) if !ty.is_array() => {
                    for (_, definition) in checks {
                        add(definition, "value", true);
                    }
                    ty = base;
                }
                _ => break,
            }
        }
        Some(LabelFacts { admitted: found?, fold })
    }
}
