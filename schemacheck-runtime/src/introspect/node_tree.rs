//! Conditions as PostgreSQL stores them: the text of a `pg_node_tree`. Unlike what `pg_get_constraintdef()` makes of it,
//! it can be had without waiting for a lock.
//!
//! Source: `src/backend/nodes/outfuncs.c`, PostgreSQL 13 to 18. Whatever is not known here is [`Expr::Unknown`].

use std::collections::{BTreeMap, BTreeSet};

use schemacheck_core::expr::{Const, Expr};

/// The operators `=` of `pg_operator.dat` that compare strings: `texteq`, `bpchareq`, `nameeq`, `nameeqtext`,
/// `texteqname`; `booleq`; and those of any two integers, `int2eq` to `int82eq`.
const EQUALS: &[u32] = &[98, 1054, 93, 254, 260, 91, 94, 96, 410, 15, 416, 532, 533, 1862, 1868];
/// Their negators `<>`, in the same order.
const DIFFERS: &[u32] = &[531, 1057, 643, 259, 265, 85, 519, 518, 411, 36, 417, 538, 539, 1863, 1869];
/// The casts `int8(int4)`, `int8(int2)` and `int4(int2)`, which change no value.
const WIDEN: &[u32] = &[481, 754, 313];
/// `arraycontained`, the operator `<@` of any two arrays.
const CONTAINED: u32 = 2752;
/// The first number that is not the server's own.
const FIRST_NORMAL: u32 = 16384;

const BOOL: u32 = 16;
const NAME: u32 = 19;
const INTEGERS: [u32; 3] = [20, 21, 23];
const TEXT: u32 = 25;
const UNKNOWN: u32 = 705;
const BPCHAR: u32 = 1042;
const VARCHAR: u32 = 1043;

/// Nodes that lie deeper are not read.
const MAX_DEPTH: usize = 200;

/// What a tree names by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// The relation's columns by `attnum`; none for a domain.
    pub(super) columns: BTreeMap<i32, String>,
    /// The types `citext`, and their operators `=`.
    pub(super) citext: BTreeSet<u32>,
    pub(super) citext_equals: BTreeSet<u32>,
}

/// The condition of a tree.
pub(super) fn condition(text: &str, names: &Names) -> Expr {
    let mut reader = Reader { rest: text };
    match reader.item(0) {
        Some(item) => names.expr(&item),
        None => unknown(),
    }
}

/// A call of a function that does not exist: what reads as no condition that is known.
fn unknown() -> Expr {
    Expr::Unknown("unknown()".to_owned())
}

/// A piece of a tree.
enum Item<'a> {
    Node(&'a str, Vec<(&'a str, Vec<Item<'a>>)>),
    List(Vec<Item<'a>>),
    Word(&'a str),
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// The next token: a bracket, or what stands between blanks and brackets. A backslash protects what follows it.
    fn token(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start();
        let is_bracket = |c: char| matches!(c, '{' | '}' | '(' | ')' | '[' | ']');
        let first = self.rest.chars().next()?;
        let mut end = first.len_utf8();
        if !is_bracket(first) {
            let mut protected = false;
            end = self.rest.len();
            for (at, c) in self.rest.char_indices() {
                if protected {
                    protected = false;
                } else if c == '\\' {
                    protected = true;
                } else if c.is_whitespace() || is_bracket(c) {
                    end = at;
                    break;
                }
            }
        }
        let (token, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(token)
    }

    fn peek(&self) -> Option<&'a str> {
        Reader { rest: self.rest }.token()
    }

    fn item(&mut self, depth: usize) -> Option<Item<'a>> {
        if depth > MAX_DEPTH {
            return None;
        }
        match self.token()? {
            "{" => {
                let name = self.token()?;
                let mut fields = Vec::new();
                loop {
                    match self.token()? {
                        "}" => return Some(Item::Node(name, fields)),
                        field => {
                            let key = field.strip_prefix(':')?;
                            let mut values = Vec::new();
                            while self.peek()? != "}" && !self.peek()?.starts_with(':') {
                                values.push(self.item(depth + 1)?);
                            }
                            fields.push((key, values));
                        }
                    }
                }
            }
            open @ ("(" | "[") => {
                let close = if open == "(" { ")" } else { "]" };
                let mut items = Vec::new();
                while self.peek()? != close {
                    items.push(self.item(depth + 1)?);
                }
                self.token()?;
                Some(Item::List(items))
            }
            "}" | ")" | "]" => None,
            word => Some(Item::Word(word)),
        }
    }
}

impl<'a> Item<'a> {
    /// The name of a node.
    fn name(&self) -> &'a str {
        match self {
            Self::Node(name, _) => name,
            _ => "",
        }
    }

    fn values(&self, key: &str) -> &[Item<'a>] {
        match self {
            Self::Node(_, fields) => {
                fields.iter().find(|(name, _)| *name == key).map_or(&[], |(_, values)| values)
            }
            _ => &[],
        }
    }

    fn get(&self, key: &str) -> Option<&Item<'a>> {
        self.values(key).first()
    }

    fn word(&self, key: &str) -> Option<&'a str> {
        match self.get(key)? {
            Item::Word(word) => Some(word),
            _ => None,
        }
    }

    fn number<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.word(key)?.parse().ok()
    }

    fn list(&self, key: &str) -> &[Item<'a>] {
        match self.get(key) {
            Some(Item::List(items)) => items,
            _ => &[],
        }
    }
}

/// What stands on one side of an operator.
enum Operand {
    Column(String),
    Const(Const),
    List(Vec<Const>),
}

impl Names {
    fn expr(&self, item: &Item<'_>) -> Expr {
        self.known(item).unwrap_or_else(unknown)
    }

    fn known(&self, item: &Item<'_>) -> Option<Expr> {
        match item.name() {
            "BOOLEXPR" => {
                let args = item.list("args").iter().map(|arg| self.expr(arg));
                match (item.word("boolop")?, item.list("args")) {
                    ("and", _) => Some(Expr::all(args)),
                    ("or", _) => Some(Expr::any(args)),
                    ("not", [arg]) => Some(Expr::negated(self.expr(arg))),
                    _ => None,
                }
            }
            "NULLTEST" => {
                let Operand::Column(column) = self.operand(item.get("arg")?)? else { return None };
                match item.word("nulltesttype")? {
                    "0" => Some(Expr::IsNull(column)),
                    "1" => Some(Expr::negated(Expr::IsNull(column))),
                    _ => None,
                }
            }
            "OPEXPR" => self.operation(item, Kind::Plain),
            "SCALARARRAYOPEXPR" => match item.word("useOr")? {
                "true" => self.operation(item, Kind::AnyOf),
                _ => self.operation(item, Kind::AllOf),
            },
            _ => match self.operand(item)? {
                Operand::Column(column) => Some(Expr::Column(column)),
                Operand::Const(Const::Bool(value)) => Some(Expr::Bool(value)),
                Operand::Const(_) | Operand::List(_) => None,
            },
        }
    }

    fn operation(&self, item: &Item<'_>, kind: Kind) -> Option<Expr> {
        let operator: u32 = item.number("opno")?;
        // A collation of somebody's own may take anything for equal.
        if item.number::<u32>("inputcollid")? >= FIRST_NORMAL {
            return None;
        }
        let [left, right] = item.list("args") else { return None };
        let (left, right) = (self.operand(left)?, self.operand(right)?);
        let is_equals = EQUALS.contains(&operator) || self.citext_equals.contains(&operator);
        let differs = DIFFERS.contains(&operator);
        match (kind, left, right) {
            (Kind::Plain, Operand::Column(column), Operand::Const(value))
            | (Kind::Plain, Operand::Const(value), Operand::Column(column))
                if is_equals || differs =>
            {
                let is = Expr::is_in(column, vec![value]);
                Some(if differs { Expr::negated(is) } else { is })
            }
            (Kind::AnyOf, Operand::Column(column), Operand::List(values)) if is_equals => {
                Some(Expr::is_in(column, values))
            }
            (Kind::AllOf, Operand::Column(column), Operand::List(values)) if differs => {
                Some(Expr::negated(Expr::is_in(column, values)))
            }
            (Kind::Plain, Operand::Column(column), Operand::List(values)) if operator == CONTAINED => {
                Some(Expr::is_within(column, values))
            }
            _ => None,
        }
    }

    fn operand(&self, item: &Item<'_>) -> Option<Operand> {
        match item.name() {
            "VAR" if item.word("varno")? == "1" && item.word("varlevelsup")? == "0" => {
                let column = self.columns.get(&item.number("varattno")?)?;
                Some(Operand::Column(column.clone()))
            }
            "COERCETODOMAINVALUE" => Some(Operand::Column("value".to_owned())),
            "CONST" => self.constant(item),
            "FUNCEXPR" if WIDEN.contains(&item.number("funcid")?) => match item.list("args") {
                [arg] => self.operand(arg),
                _ => None,
            },
            "RELABELTYPE" => {
                let inner = self.operand(item.get("arg")?)?;
                let to: u32 = item.number("resulttype")?;
                // As `citext` or `character`, other values are equal than as text.
                let is_plain = [TEXT, VARCHAR, NAME].contains(&to) || is_plain_array(to);
                (is_plain || !matches!(inner, Operand::Column(_))).then_some(inner)
            }
            "COLLATE" | "COLLATEEXPR" if item.number::<u32>("collOid")? < FIRST_NORMAL => {
                self.operand(item.get("arg")?)
            }
            "ARRAY" | "ARRAYEXPR" if item.word("multidims")? == "false" => {
                let constant = |item: &Item<'_>| match self.operand(item)? {
                    Operand::Const(value) => Some(value),
                    Operand::Column(_) | Operand::List(_) => None,
                };
                Some(Operand::List(item.list("elements").iter().map(constant).collect::<Option<_>>()?))
            }
            "ARRAYCOERCEEXPR" if item.get("elemexpr")?.name() == "RELABELTYPE" => {
                match self.operand(item.get("arg")?)? {
                    list @ Operand::List(_) => Some(list),
                    column @ Operand::Column(_) if is_plain_array(item.number("resulttype")?) => Some(column),
                    Operand::Column(_) | Operand::Const(_) => None,
                }
            }
            _ => None,
        }
    }

    fn constant(&self, item: &Item<'_>) -> Option<Operand> {
        let ty: u32 = item.number("consttype")?;
        if item.word("constisnull")? == "true" {
            return Some(Operand::Const(Const::Null));
        }
        let [_, Item::List(bytes)] = item.values("constvalue") else { return None };
        // Signed, as C prints a char.
        let byte = |item: &Item<'_>| match item {
            Item::Word(word) => word.parse::<i16>().ok().and_then(|n| u8::try_from(n.rem_euclid(256)).ok()),
            _ => None,
        };
        let bytes: Vec<u8> = bytes.iter().map(byte).collect::<Option<_>>()?;
        match ty {
            BOOL => Some(Operand::Const(Const::Bool(bytes.iter().any(|byte| *byte != 0)))),
            _ if INTEGERS.contains(&ty) => {
                let number = i64::from_le_bytes(bytes.try_into().ok()?);
                Some(Operand::Const(Const::Number(number.to_string())))
            }
            NAME => {
                let end = bytes.iter().position(|byte| *byte == 0)?;
                Some(Operand::Const(Const::Str(String::from_utf8(bytes[..end].to_vec()).ok()?)))
            }
            _ if self.is_string(ty) => {
                let (text, rest) = varlena(&bytes)?;
                rest.is_empty().then(|| string(text).map(Operand::Const))?
            }
            _ => self.array(&bytes).map(Operand::List),
        }
    }

    fn is_string(&self, ty: u32) -> bool {
        [TEXT, VARCHAR, BPCHAR, UNKNOWN].contains(&ty) || self.citext.contains(&ty)
    }

    /// The strings or integers of an array of one dimension without NULLs: `ArrayType` of `utils/array.h`.
    fn array(&self, bytes: &[u8]) -> Option<Vec<Const>> {
        let (body, rest) = varlena(bytes)?;
        let words: Vec<u32> = body
            .get(..20)?
            .chunks_exact(4)
            .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
            .collect();
        let [dimensions, nulls, element, count, _] = words[..] else { return None };
        if !rest.is_empty() || dimensions != 1 || nulls != 0 {
            return None;
        }
        let count = usize::try_from(count).ok()?;
        let mut body = &body[20..];
        if INTEGERS.contains(&element) {
            // Without padding: each integer's length is its alignment.
            let length = body.len().checked_div(count).filter(|length| [2, 4, 8].contains(length))?;
            let values = body.chunks_exact(length).map(integer).collect();
            return (body.len() == count * length).then_some(values);
        }
        if !self.is_string(element) {
            return None;
        }
        let mut values = Vec::new();
        while !body.is_empty() {
            let (text, after) = varlena(body)?;
            values.push(string(text)?);
            // Each begins at a multiple of 4.
            let padding = text.len().wrapping_neg() % 4;
            body = after.get(padding.min(after.len())..)?;
        }
        (values.len() == count).then_some(values)
    }
}

/// Which operator a node is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    AnyOf,
    AllOf,
}

/// `text[]`, `varchar[]`, `name[]`.
fn is_plain_array(ty: u32) -> bool {
    [1009, 1015, 1003].contains(&ty)
}

/// The contents of a datum with a header of 4 bytes, and what follows it. On a server that is not little-endian the
/// header does not fit, and nothing is known.
fn varlena(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let header = bytes.get(..4)?;
    let header = u32::from_le_bytes([header[0], header[1], header[2], header[3]]);
    let length = usize::try_from(header >> 2).ok().filter(|length| header & 3 == 0 && *length >= 4)?;
    let (datum, rest) = bytes.split_at_checked(length)?;
    Some((&datum[4..], rest))
}

/// An integer of any length up to 8 bytes, the lowest first.
fn integer(bytes: &[u8]) -> Const {
    let negative = bytes.last().is_some_and(|byte| *byte >= 0x80);
    let mut whole = [if negative { 0xff } else { 0 }; 8];
    whole[..bytes.len()].copy_from_slice(bytes);
    Const::Number(i64::from_le_bytes(whole).to_string())
}

/// A string in the database's encoding: what is no UTF-8 is not known here.
fn string(bytes: &[u8]) -> Option<Const> {
    String::from_utf8(bytes.to_vec()).ok().map(Const::Str)
}

#[cfg(test)]
mod tests;
