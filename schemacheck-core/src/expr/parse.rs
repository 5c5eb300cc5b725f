//! Tokens to expressions, by PostgreSQL's precedences (`gram.y`). A part that is not understood becomes text, and the
//! rest around it stays what it is.

use super::token::{Token, tokens};
use super::{Const, Expr};

/// Longer texts are not read: no condition that people write comes near.
const MAX_BYTES: usize = 1 << 18;
/// Neither is what is nested deeper.
const MAX_DEPTH: usize = 96;
/// Nor more operators side by side, `AND` and `OR` excepted: their text grows with the square.
const MAX_CHAIN: usize = 200;

/// Binding powers.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const IS: u8 = 4;
const COMPARISON: u8 = 5;
const LIKE: u8 = 6;
const OTHER: u8 = 7;
const PLUS: u8 = 8;
const TIMES: u8 = 9;
const POWER: u8 = 10;
const AT: u8 = 11;
const COLLATE: u8 = 12;
const SIGN: u8 = 13;
const CAST: u8 = 14;

/// The condition of a whole text.
pub(super) fn condition(text: &str) -> Expr {
    let read = (text.len() <= MAX_BYTES).then(|| tokens(text)).flatten();
    let Some(tokens) = read else {
        return Expr::Unknown(text.split_whitespace().collect::<Vec<_>>().join(" "));
    };
    let closing = closing(&tokens);
    let mut parser = Parser { tokens: &tokens, closing: &closing, at: 0, end: tokens.len(), depth: 0 };
    match parser.whole() {
        Some(value) => value.into_expr(),
        None => Expr::Unknown(spell(&tokens)),
    }
}

/// For each opening bracket the place of its closing one.
fn closing(tokens: &[Token]) -> Vec<Option<usize>> {
    let mut closing = vec![None; tokens.len()];
    let mut open: Vec<(usize, char)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign('(') => open.push((at, ')')),
            Token::Sign('[') => open.push((at, ']')),
            Token::Sign(sign @ (')' | ']')) => {
                if let Some((from, expected)) = open.pop()
                    && expected == *sign
                {
                    closing[from] = Some(at);
                }
            }
            _ => {}
        }
    }
    closing
}

fn spell(tokens: &[Token]) -> String {
    tokens.iter().map(Token::spell).collect::<Vec<_>>().join(" ")
}

/// What a part of an expression is.
enum Value {
    Column(String),
    Const(Const),
    List(Vec<Const>),
    Condition(Expr),
    /// Text in one spelling, in brackets where it needs some.
    Other(String),
}

impl Value {
    fn into_expr(self) -> Expr {
        match self {
            Self::Condition(expr) => expr,
            Self::Column(column) => Expr::Column(column),
            Self::Const(Const::Bool(value)) => Expr::Bool(value),
            other => Expr::Unknown(other.text()),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Column(column) => super::name(column),
            Self::Const(value) => value.to_string(),
            Self::List(values) => super::Values(values).to_string(),
            Self::Condition(expr) => expr.to_string(),
            Self::Other(text) => text.clone(),
        }
    }

    fn is_const(&self) -> bool {
        matches!(self, Self::Const(_) | Self::List(_))
    }
}

/// A type behind `::`.
struct TypeName {
    name: String,
    has_modifier: bool,
    is_array: bool,
}

impl TypeName {
    /// Whether the server puts such a cast around a column by itself, to compare it with something wider: the values
    /// stay what they are. Not so `citext` or `character`, under which other values are equal.
    fn only_widens(&self) -> bool {
        let wide = ["text", "character varying", "varchar", "numeric", "bigint", "int8", "double precision"];
        !self.has_modifier && wide.contains(&self.name.as_str())
    }

    fn is_number(&self) -> bool {
        let numbers = [
            "smallint",
            "integer",
            "int",
            "bigint",
            "int2",
            "int4",
            "int8",
            "numeric",
            "double precision",
            "real",
        ];
        numbers.contains(&self.name.as_str())
    }
}

#[derive(Clone, Copy)]
struct Parser<'a> {
    tokens: &'a [Token],
    closing: &'a [Option<usize>],
    at: usize,
    end: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.ahead(0)
    }

    fn ahead(&self, by: usize) -> Option<&'a Token> {
        self.tokens[..self.end].get(self.at + by)
    }

    fn next(&mut self) -> Option<&'a Token> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    fn word(&self, by: usize) -> Option<&'a str> {
        match self.ahead(by) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Takes these words if they are next.
    fn take_words(&mut self, words: &[&str]) -> bool {
        let are_next = words.iter().enumerate().all(|(by, word)| self.word(by) == Some(word));
        if are_next {
            self.at += words.len();
        }
        are_next
    }

    fn take_sign(&mut self, sign: char) -> bool {
        let is_next = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(is_next);
        is_next
    }

    /// The bracket that is next: steps behind it, and returns a parser of what is inside.
    fn bracket(&mut self) -> Option<Parser<'a>> {
        let close = self.closing.get(self.at).copied().flatten().filter(|close| *close < self.end)?;
        let inside = Parser { at: self.at + 1, end: close, depth: self.depth + 1, ..*self };
        self.at = close + 1;
        Some(inside)
    }

    /// All that is left, in the spelling of what is not understood.
    fn rest(&self) -> String {
        spell(&self.tokens[self.at..self.end])
    }

    /// One expression, and nothing behind it.
    fn whole(&mut self) -> Option<Value> {
        let value = self.expression(OR)?;
        (self.at == self.end).then_some(value)
    }

    /// What is between commas.
    fn items(&self) -> Vec<Parser<'a>> {
        let mut items = Vec::new();
        let (mut from, mut at) = (self.at, self.at);
        while at < self.end {
            match self.tokens[at] {
                Token::Sign(',') => {
                    items.push(Parser { at: from, end: at, ..*self });
                    from = at + 1;
                }
                _ => at = self.closing[at].unwrap_or(at),
            }
            at += 1;
        }
        if from < self.end || !items.is_empty() {
            items.push(Parser { at: from.min(self.end), end: self.end, ..*self });
        }
        items
    }

    /// Constants between commas.
    fn constants(&self) -> Option<Vec<Const>> {
        let constant = |mut item: Parser<'a>| match item.whole()? {
            Value::Const(value) => Some(value),
            _ => None,
        };
        self.items().into_iter().map(constant).collect()
    }

    fn expression(&mut self, least: u8) -> Option<Value> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut left = self.operand()?;
        for _ in 0..MAX_CHAIN {
            let before = self.at;
            match self.operation(left, least)? {
                (value, true) => left = value,
                (value, false) => {
                    self.at = before;
                    self.depth -= 1;
                    return Some(value);
                }
            }
        }
        None
    }

    /// What an expression begins with.
    fn operand(&mut self) -> Option<Value> {
        match self.peek()? {
            Token::Sign('(') => {
                let mut inside = self.bracket()?;
                let from = inside.at;
                let value = inside.whole().unwrap_or_else(|| {
                    inside.at = from;
                    Value::Other(format!("({})", inside.rest()))
                });
                match self.peek() {
                    Some(Token::Sign('.')) => {
                        let text = value.text();
                        self.at += 1;
                        let field = self.next()?.spell();
                        Some(Value::Other(format!("({text}).{field}")))
                    }
                    _ => Some(value),
                }
            }
            Token::Str(text) => {
                self.at += 1;
                Some(Value::Const(Const::Str(text.clone())))
            }
            Token::Number(number) => {
                self.at += 1;
                Some(Value::Const(Const::Number(number.clone())))
            }
            Token::Op(op) => {
                self.at += 1;
                let is_sign = op == "-" || op == "+";
                let value = self.expression(if is_sign { SIGN } else { OTHER })?;
                Some(match (op.as_str(), value) {
                    ("+", Value::Const(Const::Number(number))) => Value::Const(Const::Number(number)),
                    ("-", Value::Const(Const::Number(number))) if !number.starts_with('-') => {
                        Value::Const(Const::Number(format!("-{number}")))
                    }
                    (op, value) => Value::Other(format!("({op} {})", value.text())),
                })
            }
            Token::Word(word) => match word.as_str() {
                "true" | "false" => {
                    self.at += 1;
                    Some(Value::Const(Const::Bool(word == "true")))
                }
                "null" => {
                    self.at += 1;
                    Some(Value::Const(Const::Null))
                }
                "not" => {
                    self.at += 1;
                    let value = self.expression(NOT)?;
                    Some(Value::Condition(Expr::negated(value.into_expr())))
                }
                "case" => self.case(),
                "array" if self.ahead(1) == Some(&Token::Sign('[')) => {
                    self.at += 1;
                    let inside = self.bracket()?;
                    Some(match inside.constants() {
                        Some(values) => Value::List(values),
                        None => Value::Other(format!("array [{}]", list(&inside))),
                    })
                }
                word if RESERVED.contains(&word) => None,
                _ => self.name(),
            },
            Token::Name(_) => self.name(),
            Token::Sign(_) => None,
        }
    }

    /// `CASE ... END`, as text.
    fn case(&mut self) -> Option<Value> {
        let (from, mut open) = (self.at, 0_usize);
        loop {
            match self.next()? {
                Token::Word(word) if word == "case" => open += 1,
                Token::Word(word) if word == "end" => open -= 1,
                _ => {}
            }
            if open == 0 {
                return Some(Value::Other(format!("({})", spell(&self.tokens[from..self.at]))));
            }
        }
    }

    /// A column, a function's call, or a constant behind its type.
    fn name(&mut self) -> Option<Value> {
        let mut parts = Vec::new();
        let is_quoted = matches!(self.peek(), Some(Token::Name(_)));
        loop {
            match self.next()? {
                Token::Word(part) | Token::Name(part) => parts.push(part.clone()),
                _ => return None,
            }
            if !self.take_sign('.') {
                break;
            }
        }
        match self.peek() {
            Some(Token::Sign('(')) => {
                let inside = self.bracket()?;
                if parts.len() > 1 && parts[0] == "pg_catalog" {
                    parts.remove(0);
                }
                let parts: Vec<String> = parts.iter().map(|part| plain(part)).collect();
                Some(Value::Other(format!("{}({})", parts.join("."), list(&inside))))
            }
            // date '2020-01-01'
            Some(Token::Str(text)) if parts.len() == 1 && !is_quoted => {
                self.at += 1;
                Some(Value::Const(Const::Str(text.clone())))
            }
            _ => parts.pop().map(Value::Column),
        }
    }

    /// What follows an operand, if it binds as strongly as `least`: what both make, and whether anything followed.
    fn operation(&mut self, left: Value, least: u8) -> Option<(Value, bool)> {
        let Some(token) = self.peek() else { return Some((left, false)) };
        let value = match token {
            Token::Sign(':') if CAST >= least => {
                self.at += 1;
                cast(left, &self.type_name()?)
            }
            Token::Sign('[') if CAST >= least => {
                let inside = self.bracket()?;
                Value::Other(format!("{}[{}]", left.text(), inside.rest()))
            }
            Token::Op(op) => {
                let power = power(op);
                if power < least {
                    return Some((left, false));
                }
                self.at += 1;
                self.operator(left, op, power)?
            }
            Token::Word(word) => match word.as_str() {
                "or" | "and" => {
                    let power = if word == "or" { OR } else { AND };
                    if power < least {
                        return Some((left, false));
                    }
                    let mut arms = vec![left.into_expr()];
                    while self.take_words(&[word]) {
                        arms.push(self.expression(power + 1)?.into_expr());
                    }
                    Value::Condition(if power == OR { Expr::any(arms) } else { Expr::all(arms) })
                }
                "is" | "isnull" | "notnull" if IS >= least => self.is(left)?,
                "in" | "between" | "like" | "ilike" if LIKE >= least => self.like(left, false)?,
                "not"
                    if LIKE >= least && matches!(self.word(1), Some("in" | "between" | "like" | "ilike")) =>
                {
                    self.at += 1;
                    self.like(left, true)?
                }
                "operator" if OTHER >= least && self.ahead(1) == Some(&Token::Sign('(')) => {
                    self.at += 1;
                    // `OPERATOR(public.=)`: an extension's, for types of its own.
                    let inside = self.bracket()?;
                    match inside.tokens[..inside.end].last() {
                        Some(Token::Op(op)) => self.operator(left, op, OTHER)?,
                        _ => return None,
                    }
                }
                "collate" if COLLATE >= least => {
                    self.at += 1;
                    let mut parts = vec![self.next()?.spell()];
                    while self.take_sign('.') {
                        parts.push(self.next()?.spell());
                    }
                    // Under these, what is equal is the same: of others nobody knows here.
                    let plain = ["\"C\"", "\"POSIX\"", "\"default\"", "\"ucs_basic\""];
                    match parts.last() {
                        Some(name) if plain.contains(&name.as_str()) => left,
                        _ => Value::Other(format!("({} COLLATE {})", left.text(), parts.join("."))),
                    }
                }
                "at" if AT >= least && self.word(1) == Some("time") && self.word(2) == Some("zone") => {
                    self.at += 3;
                    let zone = self.expression(AT + 1)?;
                    Value::Other(format!("({} AT TIME ZONE {})", left.text(), zone.text()))
                }
                _ => return Some((left, false)),
            },
            _ => return Some((left, false)),
        };
        Some((value, true))
    }

    /// Behind an operator: `ANY (...)`, `ALL (...)`, or an operand.
    fn operator(&mut self, left: Value, op: &str, power: u8) -> Option<Value> {
        let op = if op == "!=" { "<>" } else { op };
        let quantifier = self.word(0).filter(|word| ["any", "some", "all"].contains(word));
        if let Some(word) = quantifier
            && self.ahead(1) == Some(&Token::Sign('('))
        {
            self.at += 1;
            let mut inside = self.bracket()?;
            let from = inside.at;
            let right = inside.whole().unwrap_or_else(|| {
                inside.at = from;
                Value::Other(inside.rest())
            });
            return Some(match (left, op, word == "all", right) {
                (Value::Column(column), "=", false, Value::List(values)) => {
                    Value::Condition(Expr::is_in(column, values))
                }
                (Value::Column(column), "<>", true, Value::List(values)) => {
                    Value::Condition(Expr::negated(Expr::is_in(column, values)))
                }
                (left, op, all, right) => {
                    let word = if all { "ALL" } else { "ANY" };
                    Value::Other(format!("({} {op} {word} ({}))", left.text(), right.text()))
                }
            });
        }
        let right = self.expression(power + 1)?;
        Some(compare(left, op, right))
    }

    fn is(&mut self, left: Value) -> Option<Value> {
        let negated = match self.word(0)? {
            "notnull" => {
                self.at += 1;
                return Some(Value::Condition(Expr::negated(is_null(left))));
            }
            "isnull" => {
                self.at += 1;
                return Some(Value::Condition(is_null(left)));
            }
            _ => {
                self.at += 1;
                self.take_words(&["not"])
            }
        };
        let condition = if self.take_words(&["null"]) {
            is_null(left)
        } else if self.take_words(&["distinct", "from"]) {
            let right = self.expression(IS + 1)?;
            Expr::Unknown(format!("({} IS DISTINCT FROM {})", left.text(), right.text()))
        } else {
            let word = self.word(0).filter(|word| ["true", "false", "unknown"].contains(word))?;
            self.at += 1;
            Expr::Unknown(format!("({} IS {})", left.text(), word.to_ascii_uppercase()))
        };
        Some(Value::Condition(if negated { Expr::negated(condition) } else { condition }))
    }

    /// `[NOT] IN`, `BETWEEN`, `LIKE`, `ILIKE`.
    fn like(&mut self, left: Value, negated: bool) -> Option<Value> {
        let Token::Word(word) = self.next()? else { return None };
        let condition = match word.as_str() {
            "in" => {
                if self.peek() != Some(&Token::Sign('(')) {
                    return None;
                }
                let inside = self.bracket()?;
                match (left, inside.constants()) {
                    (Value::Column(column), Some(values)) => Expr::is_in(column, values),
                    (left, _) => Expr::Unknown(format!("({} IN ({}))", left.text(), list(&inside))),
                }
            }
            "between" => {
                // The server stores it as two comparisons.
                let low = self.expression(LIKE + 1)?;
                if !self.take_words(&["and"]) {
                    return None;
                }
                let high = self.expression(LIKE + 1)?;
                let text = left.text();
                let (low_op, high_op) = if negated { ("<", ">") } else { (">=", "<=") };
                let arms = [(low_op, low), (high_op, high)]
                    .map(|(op, end)| compare(Value::Other(text.clone()), op, end).into_expr());
                return Some(Value::Condition(if negated { Expr::any(arms) } else { Expr::all(arms) }));
            }
            like => {
                let op = if like == "like" { "~~" } else { "~~*" };
                let op = if negated { format!("!{op}") } else { op.to_owned() };
                let pattern = self.expression(LIKE + 1)?;
                return Some(compare(left, &op, pattern));
            }
        };
        Some(Value::Condition(if negated { Expr::negated(condition) } else { condition }))
    }

    /// A type's name behind `::`.
    fn type_name(&mut self) -> Option<TypeName> {
        let mut name = loop {
            let part = match self.next()? {
                Token::Word(part) => part.clone(),
                Token::Name(part) => plain(part),
                _ => return None,
            };
            if !self.take_sign('.') {
                break part;
            }
        };
        for (first, second) in [("character", "varying"), ("bit", "varying"), ("double", "precision")] {
            if name == first && self.take_words(&[second]) {
                name = format!("{first} {second}");
            }
        }
        let mut has_modifier = false;
        if self.peek() == Some(&Token::Sign('(')) {
            self.bracket()?;
            has_modifier = true;
        }
        for zone in ["with", "without"] {
            if (name == "timestamp" || name == "time") && self.take_words(&[zone, "time", "zone"]) {
                name = format!("{name} {zone} time zone");
            }
        }
        let mut is_array = self.take_words(&["array"]);
        while self.peek() == Some(&Token::Sign('[')) {
            self.bracket()?;
            is_array = true;
        }
        Some(TypeName { name, has_modifier, is_array })
    }
}

/// Words that begin no expression, so that what they stand in is not understood.
const RESERVED: &[&str] =
    &["and", "or", "in", "is", "like", "between", "then", "when", "else", "end", "from", "as"];

fn power(op: &str) -> u8 {
    match op {
        "=" | "<" | ">" | "<=" | ">=" | "<>" | "!=" => COMPARISON,
        "+" | "-" => PLUS,
        "*" | "/" | "%" => TIMES,
        "^" => POWER,
        _ => OTHER,
    }
}

/// A name without quotes where it needs none.
fn plain(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if is_plain && !name.is_empty() { name.to_owned() } else { super::name(name) }
}

/// What is between commas, each part in its one spelling.
fn list(inside: &Parser<'_>) -> String {
    let item = |mut item: Parser<'_>| {
        let from = item.at;
        item.whole().map(|value| value.text()).unwrap_or_else(|| {
            item.at = from;
            item.rest()
        })
    };
    inside.items().into_iter().map(item).collect::<Vec<_>>().join(", ")
}

fn is_null(value: Value) -> Expr {
    match value {
        Value::Column(column) => Expr::IsNull(column),
        other => Expr::Unknown(format!("({} IS NULL)", other.text())),
    }
}

/// Two operands and what is between them.
fn compare(left: Value, op: &str, right: Value) -> Value {
    // The constant stands on the right.
    let (left, op, right) = match (op, left.is_const() && !right.is_const()) {
        ("=" | "<>", true) => (right, op, left),
        ("<", true) => (right, ">", left),
        (">", true) => (right, "<", left),
        ("<=", true) => (right, ">=", left),
        (">=", true) => (right, "<=", left),
        _ => (left, op, right),
    };
    match (left, op, right) {
        (Value::Column(column), "=" | "<>", Value::Const(value)) => {
            let condition = Expr::is_in(column, vec![value]);
            Value::Condition(if op == "=" { condition } else { Expr::negated(condition) })
        }
        (Value::Column(column), "<@", Value::List(values)) => {
            Value::Condition(Expr::is_within(column, values))
        }
        (left, op, right) => {
            let (mut left, mut right) = (left.text(), right.text());
            let is_symmetric = op == "=" || op == "<>";
            if is_symmetric && right < left {
                std::mem::swap(&mut left, &mut right);
            }
            match op {
                "<>" => Value::Condition(Expr::negated(Expr::Unknown(format!("({left} = {right})")))),
                "=" | "<" | ">" | "<=" | ">=" => {
                    Value::Condition(Expr::Unknown(format!("({left} {op} {right})")))
                }
                _ => Value::Other(format!("({left} {op} {right})")),
            }
        }
    }
}

fn cast(value: Value, ty: &TypeName) -> Value {
    match value {
        Value::Const(Const::Str(text)) if ty.is_array => match array(&text) {
            Some(values) if !ty.has_modifier => {
                Value::List(values.into_iter().map(|value| typed(value, ty)).collect())
            }
            _ => Value::Other(format!("{}::{}[]", Const::Str(text), ty.name)),
        },
        Value::Const(value @ Const::Str(_)) if !ty.has_modifier => Value::Const(typed(value, ty)),
        value @ (Value::Const(_) | Value::List(_)) if !ty.has_modifier => value,
        Value::Condition(condition) if ty.name == "boolean" && !ty.is_array => Value::Condition(condition),
        value if ty.only_widens() => value,
        value => {
            let text = if ty.has_modifier { "(...)" } else { "" };
            let brackets = if ty.is_array { "[]" } else { "" };
            Value::Other(format!("({}::{}{text}{brackets})", value.text(), plain_type(&ty.name)))
        }
    }
}

/// A text as a constant of a type; of an array's elements, the type of the array.
fn typed(value: Const, ty: &TypeName) -> Const {
    let Const::Str(text) = value else { return value };
    match (ty.name.as_str(), text.as_str()) {
        ("boolean" | "bool", "t" | "true") => Const::Bool(true),
        ("boolean" | "bool", "f" | "false") => Const::Bool(false),
        _ if ty.is_number() && text.parse::<f64>().is_ok_and(f64::is_finite) => Const::Number(text),
        _ => Const::Str(text),
    }
}

/// A type's name as it can be read again.
fn plain_type(name: &str) -> &str {
    match name {
        "int4" | "int" => "integer",
        "int8" => "bigint",
        "int2" => "smallint",
        "varchar" => "character varying",
        "timestamptz" => "timestamp with time zone",
        "timestamp" => "timestamp without time zone",
        "bool" => "boolean",
        other => other,
    }
}

/// The elements of an array of one dimension, as `array_out` writes it.
fn array(text: &str) -> Option<Vec<Const>> {
    let inside = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut values = Vec::new();
    let mut chars = inside.chars().peekable();
    if inside.trim().is_empty() {
        return Some(values);
    }
    loop {
        let (mut value, mut is_quoted) = (String::new(), false);
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.next_if_eq(&'"').is_some() {
            is_quoted = true;
            loop {
                match chars.next()? {
                    '"' => break,
                    '\\' => value.push(chars.next()?),
                    c => value.push(c),
                }
            }
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
        } else {
            while let Some(c) = chars.next_if(|c| *c != ',') {
                match c {
                    '\\' => value.push(chars.next()?),
                    '{' | '}' | '"' => return None,
                    c => value.push(c),
                }
            }
            value.truncate(value.trim_end().len());
        }
        values.push(match value.eq_ignore_ascii_case("null") && !is_quoted {
            true => Const::Null,
            false => Const::Str(value),
        });
        match chars.next() {
            None => return Some(values),
            Some(',') => {}
            Some(_) => return None,
        }
    }
}
