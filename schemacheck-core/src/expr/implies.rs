//! Does one condition follow from another?

use super::{Const, Expr};

/// PostgreSQL takes longer lists as a whole (`MAX_SAOP_ARRAY_SIZE` in `src/backend/optimizer/util/predtest.c`).
const MOST_VALUES: usize = 100;

impl Expr {
    /// Whether rows that satisfy this condition satisfy `other`, as far as PostgreSQL proves it: so a partial index with
    /// `other` serves a statement with this condition. Never true where PostgreSQL says no (`predicate_implied_by()` in
    /// `src/backend/optimizer/util/predtest.c`, 14 to 18).
    pub fn implies(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        match (self, other) {
            (_, Self::And(arms)) => arms.iter().all(|arm| self.implies(arm)),
            (Self::Or(arms), _) => arms.iter().all(|arm| arm.implies(other)),
            (_, Self::Or(arms)) if arms.iter().any(|arm| self.implies(arm)) => true,
            (Self::And(arms), _) => arms.iter().any(|arm| arm.implies(other)),
            (Self::In(column, few), Self::In(of, many)) => column == of && is_within(few, many),
            (Self::Not(inner), Self::Not(of)) => match (&**inner, &**of) {
                (Self::In(column, many), Self::In(of, few)) => column == of && is_within(few, many),
                (Self::IsNull(_), _) | (_, Self::IsNull(_)) => self.refuses_null_as(other),
                _ => false,
            },
            (_, Self::Not(_)) => self.refuses_null_as(other),
            _ => false,
        }
    }

    /// Whether `other` is `column IS NOT NULL`, and this compares the column with a value: NULL satisfies no comparison.
    fn refuses_null_as(&self, other: &Self) -> bool {
        let Self::Not(other) = other else { return false };
        let Self::IsNull(column) = &**other else { return false };
        let compares = |expr: &Self| matches!(expr, Self::In(of, values) if of == column && !values.contains(&Const::Null));
        match self {
            // `NOT of` too, but PostgreSQL does not see it.
            Self::Column(of) => of == column,
            Self::Not(inner) => compares(inner),
            other => compares(other),
        }
    }
}

fn is_within(few: &[Const], many: &[Const]) -> bool {
    many.len().max(few.len()) <= MOST_VALUES
        && few.iter().all(|value| *value != Const::Null && many.contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_what() {
        for (condition, other, follows) in [
            ("a = 'x' AND b IS NULL", "b IS NULL", true),
            ("b IS NULL", "a = 'x' AND b IS NULL", false),
            ("a = 'x' AND b IS NULL AND done", "done AND a IN ('x', 'y')", true),
            ("a = 'x'", "a IN ('x', 'y')", true),
            ("a IN ('x', 'z')", "a IN ('x', 'y')", false),
            ("b = 'x'", "a IN ('x', 'y')", false),
            ("a = 'x'", "a IS NOT NULL", true),
            ("a = 'x'", "b IS NOT NULL", false),
            ("a IS NULL", "a IS NOT NULL", false),
            ("a <> 'x'", "a IS NOT NULL", true),
            ("a NOT IN ('x', 'y')", "a <> 'x'", true),
            ("a <> 'x'", "a NOT IN ('x', 'y')", false),
            ("b IS NULL", "a = 'x' OR b IS NULL", true),
            ("a = 'x' OR b IS NULL", "b IS NULL", false),
            ("(a = 'x' AND done) OR (a = 'y' AND done)", "done", true),
            ("n > 1 AND done", "n > 1", true),
            ("done", "done IS NOT NULL", true),
            ("NOT done", "done IS NOT NULL", false),
            ("n > 1", "n > 0", false),
        ] {
            assert_eq!(
                Expr::parse(condition).implies(&Expr::parse(other)),
                follows,
                "{condition} => {other}"
            );
        }
    }
}
