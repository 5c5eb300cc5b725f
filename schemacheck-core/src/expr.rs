//! Boolean SQL expressions as far as they are understood: what a CHECK admits, what a partial index covers.
//!
//! Read from what the server deparses (`ruleutils.c`, PostgreSQL 14 to 18) or from what people write by hand. Two
//! spellings of one condition are equal: casts that change no value, parentheses, the order of arms and whether a list
//! is spelled `IN`, `= ANY` or with `OR` do not matter. Whatever is not understood is kept as text, never guessed at.

use std::fmt;

mod admitted;
mod implies;
mod parse;
mod token;

pub use admitted::{Admitted, Fold, LabelFacts, admitted, same_label};

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expr {
    /// `TRUE` or `FALSE`.
    Bool(bool),
    /// A boolean column.
    Column(String),
    /// `column IS NULL`
    IsNull(String),
    /// `column IN (...)`, sorted; with one value `column = value`.
    In(String, Vec<Const>),
    /// `column <@ ARRAY[...]`, sorted: every element is one of these.
    Within(String, Vec<Const>),
    /// `NOT ...`
    Not(Box<Expr>),
    /// `... AND ...`, sorted.
    And(Vec<Expr>),
    /// `... OR ...`, sorted.
    Or(Vec<Expr>),
    /// Something else, in one spelling.
    Unknown(String),
}

/// A constant, whatever it is cast to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Const {
    /// `NULL`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it is spelled.
    Number(String),
    /// A string.
    Str(String),
}

/// A CHECK constraint, as `pg_get_constraintdef()` prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The condition.
    pub expr: Expr,
    /// Whether every row that can be read satisfies it: false for `NOT VALID`, for `NOT ENFORCED`, and for `NO INHERIT`,
    /// since rows of inheriting tables are read along.
    pub holds_for_all: bool,
    /// Whether new rows are held against it: false for `NOT ENFORCED`.
    pub enforced: bool,
}

impl Check {
    /// Reads `CHECK ((...)) NOT VALID`. Never fails: what is not understood is [`Expr::Unknown`].
    pub fn parse(definition: &str) -> Self {
        let mut text = definition.trim();
        let mut check = Self { expr: Expr::Bool(true), holds_for_all: true, enforced: true };
        loop {
            let strip = |suffix: &str| {
                let at = text.len().checked_sub(suffix.len())?;
                let (rest, end) = text.split_at_checked(at)?;
                end.eq_ignore_ascii_case(suffix).then(|| rest.trim_end())
            };
            if let Some(rest) = strip(" NOT VALID").or_else(|| strip(" NO INHERIT")) {
                check.holds_for_all = false;
                text = rest;
            } else if let Some(rest) = strip(" NOT ENFORCED") {
                (check.holds_for_all, check.enforced) = (false, false);
                text = rest;
            } else {
                break;
            }
        }
        let condition = match text.split_at_checked("CHECK".len()) {
            Some((word, rest))
                if word.eq_ignore_ascii_case("CHECK") && rest.trim_start().starts_with('(') =>
            {
                rest
            }
            _ => text,
        };
        check.expr = Expr::parse(condition);
        check
    }
}

impl Expr {
    /// Reads a condition. Never fails: what is not understood is [`Expr::Unknown`].
    pub fn parse(text: &str) -> Self {
        parse::condition(text)
    }

    /// Whether nothing in it is [`Expr::Unknown`].
    pub fn is_understood(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::Not(inner) => inner.is_understood(),
            Self::And(arms) | Self::Or(arms) => arms.iter().all(Self::is_understood),
            Self::Bool(_) | Self::Column(_) | Self::IsNull(_) | Self::In(..) | Self::Within(..) => true,
        }
    }

    /// `column IN (values)`
    pub fn is_in(column: String, mut values: Vec<Const>) -> Self {
        values.sort();
        values.dedup();
        match values[..] {
            [Const::Bool(true)] => Self::Column(column),
            [Const::Bool(false)] => Self::negated(Self::Column(column)),
            _ => Self::In(column, values),
        }
    }

    /// `column <@ values`
    pub fn is_within(column: String, mut values: Vec<Const>) -> Self {
        values.sort();
        values.dedup();
        Self::Within(column, values)
    }

    /// `NOT expr`
    pub fn negated(expr: Self) -> Self {
        match expr {
            Self::Bool(value) => Self::Bool(!value),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// All of these.
    pub fn all(arms: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for arm in arms {
            match arm {
                Self::And(inner) => flat.extend(inner),
                Self::Bool(true) => {}
                other => flat.push(other),
            }
        }
        // `a <> 'x' AND a <> 'y'` is `a NOT IN ('x', 'y')`.
        let mut lists: Vec<(String, Vec<Const>)> = Vec::new();
        let mut rest = Vec::new();
        for arm in flat {
            match arm {
                Self::Not(inner) => match *inner {
                    Self::In(column, values) => join(&mut lists, column, values),
                    other => rest.push(Self::Not(Box::new(other))),
                },
                other => rest.push(other),
            }
        }
        rest.extend(lists.into_iter().map(|(column, values)| Self::negated(Self::is_in(column, values))));
        if rest.contains(&Self::Bool(false)) {
            return Self::Bool(false);
        }
        one_or(rest, true, Self::And)
    }

    /// Any of these.
    pub fn any(arms: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for arm in arms {
            match arm {
                Self::Or(inner) => flat.extend(inner),
                Self::Bool(false) => {}
                other => flat.push(other),
            }
        }
        // `a = 'x' OR a = 'y'` is `a IN ('x', 'y')`.
        let mut lists: Vec<(String, Vec<Const>)> = Vec::new();
        let mut rest = Vec::new();
        for arm in flat {
            match arm {
                Self::In(column, values) => join(&mut lists, column, values),
                other => rest.push(other),
            }
        }
        rest.extend(lists.into_iter().map(|(column, values)| Self::is_in(column, values)));
        if rest.contains(&Self::Bool(true)) {
            return Self::Bool(true);
        }
        one_or(rest, false, Self::Or)
    }
}

fn join(lists: &mut Vec<(String, Vec<Const>)>, column: String, values: Vec<Const>) {
    match lists.iter_mut().find(|(known, _)| *known == column) {
        Some((_, known)) => known.extend(values),
        None => lists.push((column, values)),
    }
}

/// Arms in order; `none` is the value without any.
fn one_or(mut arms: Vec<Expr>, none: bool, several: impl Fn(Vec<Expr>) -> Expr) -> Expr {
    arms.sort();
    arms.dedup();
    match arms.len() {
        0 => Expr::Bool(none),
        1 => arms.remove(0),
        _ => several(arms),
    }
}

/// SQL that is read back as the same expression.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, arms: &[Self], word: &str| {
            f.write_str("(")?;
            for (at, arm) in arms.iter().enumerate() {
                if at > 0 {
                    write!(f, " {word} ")?;
                }
                write!(f, "{arm}")?;
            }
            f.write_str(")")
        };
        match self {
            Self::Bool(true) => f.write_str("true"),
            Self::Bool(false) => f.write_str("false"),
            Self::Column(column) => f.write_str(&name(column)),
            Self::IsNull(column) => write!(f, "({} IS NULL)", name(column)),
            Self::In(column, values) => match &values[..] {
                [value] => write!(f, "({} = {value})", name(column)),
                _ => write!(f, "({} = ANY ({}))", name(column), Values(values)),
            },
            Self::Within(column, values) => write!(f, "({} <@ {})", name(column), Values(values)),
            Self::Not(inner) => write!(f, "(NOT {inner})"),
            Self::And(arms) => joined(f, arms, "AND"),
            Self::Or(arms) => joined(f, arms, "OR"),
            Self::Unknown(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for Const {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => f.write_str(number),
            Self::Str(text) => write!(f, "'{}'", text.replace('\'', "''")),
        }
    }
}

/// An array of constants.
struct Values<'a>(&'a [Const]);

impl fmt::Display for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ARRAY[")?;
        for (at, value) in self.0.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{value}")?;
        }
        f.write_str("]")
    }
}

/// A column's name, always quoted: so no word is taken for another one.
fn name(column: &str) -> String {
    format!("\"{}\"", column.replace('"', "\"\""))
}

#[cfg(test)]
mod tests;
