//! Types as people spell them in SQL: `varchar(20)`, `timestamp(3) without time zone`, `"Mood"[]`.

use super::{DAY, HOUR, MINUTE, MONTH, PgType, SECOND, YEAR};
use crate::ident::MAX_IDENT_BYTES;

/// A type that was spelled: what it means, as far as the text says it.
///
/// Displayed as [`PgType`] is; a name without schema stays one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelled {
    /// The type. Its schema is empty where none was written and the name is not one of SQL's own key words: then it
    /// is the type of that name, wherever it is.
    ty: PgType,
}

impl Spelled {
    /// Whether a declared type is the one that was spelled, modifier included.
    pub fn is(&self, declared: &PgType) -> bool {
        let spelled = &self.ty;
        let schema = spelled.schema.is_empty() || spelled.schema == declared.schema;
        let bare = |modifier: &Option<String>| {
            modifier.as_deref().unwrap_or_default().replace(' ', "").to_lowercase()
        };
        // The number of dimensions is a comment. A modifier of an extension's type is known as text alone.
        let modifier = bare(&spelled.modifier) == bare(&declared.modifier)
            && (spelled.typmod == declared.typmod || declared.modifier.is_some());
        schema && spelled.name == declared.name && modifier && spelled.is_array() == declared.is_array()
    }

    /// The type; its schema may be empty.
    pub fn ty(&self) -> &PgType {
        &self.ty
    }

    /// How many characters it holds, if it is a type of text with a limit.
    pub fn max_length(&self) -> Option<u32> {
        match self.ty.text_limit() {
            Some(limit) if !self.ty.is_array() => limit,
            _ => None,
        }
    }
}

impl std::fmt::Display for Spelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.ty.to_string();
        // An empty schema is printed as a quoted nothing and a dot.
        f.write_str(text.strip_prefix("\"\".").unwrap_or(&text))
    }
}

/// Reads a type.
///
/// # Errors
///
/// If it is no type: with what is wrong with it.
pub fn spelled(text: &str) -> Result<Spelled, String> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0 };
    let mut ty = parser.ty()?;
    parser.array(&mut ty)?;
    match parser.peek() {
        None => Ok(Spelled { ty }),
        Some(token) => Err(format!("{} follows the type", token.shown())),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// In lower case.
    Word(String),
    Quoted(String),
    Number(i32),
    Sign(char),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Self::Word(word) => format!("`{word}`"),
            Self::Quoted(name) => format!("`\"{name}\"`"),
            Self::Number(number) => format!("`{number}`"),
            Self::Sign(sign) => format!("`{sign}`"),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    while let Some(c) = chars.next() {
        let mut rest = |first: char| {
            let mut word = String::from(first);
            while let Some(c) = chars.next_if(|c| part(*c)) {
                word.push(c);
            }
            word
        };
        match c {
            c if c.is_whitespace() => {}
            '"' => {
                let mut name = String::new();
                loop {
                    match chars.next() {
                        Some('"') if chars.next_if_eq(&'"').is_none() => break,
                        Some(c) => name.push(c),
                        None => return Err("a quoted name does not end".into()),
                    }
                }
                if name.is_empty() || name.len() > MAX_IDENT_BYTES {
                    return Err(format!("a name has 1 to {MAX_IDENT_BYTES} bytes"));
                }
                tokens.push(Token::Quoted(name));
            }
            '0'..='9' => {
                let number = rest(c);
                let number = number.parse().map_err(|_| format!("`{number}` is no number"))?;
                tokens.push(Token::Number(number));
            }
            c if part(c) => {
                // The server folds letters of ASCII alone, in a database of any usual encoding.
                let word = rest(c).to_ascii_lowercase();
                if word.len() > MAX_IDENT_BYTES {
                    return Err(format!("a name has 1 to {MAX_IDENT_BYTES} bytes"));
                }
                tokens.push(Token::Word(word));
            }
            '(' | ')' | '[' | ']' | ',' | '.' | '-' => tokens.push(Token::Sign(c)),
            c => return Err(format!("`{}` is no part of a type", c.escape_debug())),
        }
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

/// The typmod of `varchar`, `char` and `numeric` includes a header of so many bytes (`VARHDRSZ`).
const HEADER: i32 = 4;
/// The longest `varchar` and `bit` (`MaxAttrSize`, and `MaxAttrSize` in bits).
const MAX_LENGTH: i32 = 10 * 1024 * 1024;
/// `MAX_TIMESTAMP_PRECISION`: of a greater one the server takes this, and warns.
const MAX_PRECISION: i32 = 6;
/// `INTERVAL_FULL_RANGE`
const FULL_RANGE: i32 = 0x7fff;
/// `INTERVAL_FULL_PRECISION`
const FULL_PRECISION: i32 = 0xffff;

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, sign: char) -> bool {
        self.take(&Token::Sign(sign))
    }

    fn word(&mut self, word: &str) -> bool {
        self.take(&Token::Word(word.to_owned()))
    }

    fn words(&mut self, words: &[&str]) -> bool {
        let start = self.at;
        let found = words.iter().all(|word| self.word(word));
        if !found {
            self.at = start;
        }
        found
    }

    /// The type without its dimensions.
    fn ty(&mut self) -> Result<PgType, String> {
        let first = match self.peek() {
            None => return Err("it is empty".into()),
            Some(token) => token.clone(),
        };
        self.at += 1;
        match first {
            Token::Word(word) if self.peek() != Some(&Token::Sign('.')) => match self.own(&word)? {
                Some(ty) => Ok(ty),
                None => self.named("", word),
            },
            Token::Word(name) | Token::Quoted(name) => {
                if !self.sign('.') {
                    return self.named("", name);
                }
                match self.peek().cloned() {
                    Some(Token::Word(inner) | Token::Quoted(inner)) => {
                        self.at += 1;
                        self.named(&name, inner)
                    }
                    _ => Err("a name is missing behind the dot".into()),
                }
            }
            token => Err(format!("{} begins no type", token.shown())),
        }
    }

    /// The types that SQL's grammar knows by key words.
    fn own(&mut self, word: &str) -> Result<Option<PgType>, String> {
        let plain = match word {
            "bool" | "boolean" => "bool",
            "int" | "int4" | "integer" | "serial" | "serial4" => "int4",
            "smallint" | "int2" | "smallserial" | "serial2" => "int2",
            "bigint" | "int8" | "bigserial" | "serial8" => "int8",
            "real" | "float4" => "float4",
            "float8" => "float8",
            "double" => {
                return match self.word("precision") {
                    true => Ok(Some(PgType::builtin("float8"))),
                    false => Err("write `double precision`".into()),
                };
            }
            "float" => match self.number(1, 53)? {
                Some(..=24) => "float4",
                _ => "float8",
            },
            "varchar" => return self.text(true).map(Some),
            "char" | "character" | "nchar" => {
                let varying = self.word("varying");
                return self.text(varying).map(Some);
            }
            "national" => {
                if !self.word("character") && !self.word("char") {
                    return Err("write `national character`".into());
                }
                let varying = self.word("varying");
                return self.text(varying).map(Some);
            }
            "bit" => {
                let varying = self.word("varying");
                return self.bits(varying).map(Some);
            }
            "varbit" => return self.bits(true).map(Some),
            "decimal" | "numeric" | "dec" => return self.numeric().map(Some),
            "time" | "timestamp" => {
                let precision = self.precision()?;
                let zoned = self.words(&["with", "time", "zone"]);
                if !zoned {
                    let _ = self.words(&["without", "time", "zone"]);
                }
                let name = if zoned { format!("{word}tz") } else { word.to_owned() };
                return Ok(Some(PgType::builtin(name).with_typmod(precision)));
            }
            "timetz" | "timestamptz" => {
                let precision = self.precision()?;
                return Ok(Some(PgType::builtin(word).with_typmod(precision)));
            }
            "interval" => return self.interval().map(Some),
            // What the grammar gives another meaning is a type's name only in quotes.
            _ => return Ok(None),
        };
        Ok(Some(PgType::builtin(plain)))
    }

    /// A type by its name: one of the server's own if it has a modifier as those have, else anybody's.
    fn named(&mut self, schema: &str, name: String) -> Result<PgType, String> {
        // The names under which the server stores its types, in quotes or behind their schema.
        if matches!(schema, "" | "pg_catalog") {
            let own = match name.as_str() {
                "bool" | "int2" | "int4" | "int8" | "float4" | "float8" => {
                    Some(PgType::builtin(name.as_str()))
                }
                "bpchar" => Some(match self.number(1, MAX_LENGTH)? {
                    Some(length) => PgType::builtin("bpchar").with_typmod(length + HEADER),
                    None => PgType::builtin("bpchar"),
                }),
                "varchar" => Some(self.text(true)?),
                "bit" => Some(match self.number(1, MAX_LENGTH * 8)? {
                    Some(length) => PgType::builtin("bit").with_typmod(length),
                    None => PgType::builtin("bit"),
                }),
                "varbit" => Some(self.bits(true)?),
                "numeric" => Some(self.numeric()?),
                "time" | "timetz" | "timestamp" | "timestamptz" => {
                    let precision = self.precision()?;
                    Some(PgType::builtin(name.as_str()).with_typmod(precision))
                }
                // There the server takes the number for a mask of units.
                "interval" if self.peek() == Some(&Token::Sign('(')) => {
                    return Err("write `interval(3)` without schema and quotes".into());
                }
                "interval" => Some(PgType::builtin("interval")),
                _ => None,
            };
            if let Some(own) = own {
                return Ok(own);
            }
        }
        let modifier = self.modifier()?;
        Ok(PgType { modifier, ..PgType::named(schema, name) })
    }

    /// `(Point,4326)`: what an extension's type takes.
    fn modifier(&mut self) -> Result<Option<String>, String> {
        if !self.sign('(') {
            return Ok(None);
        }
        let mut parts = Vec::new();
        loop {
            let sign = if self.sign('-') { "-" } else { "" };
            match self.peek() {
                Some(Token::Word(word)) if sign.is_empty() => parts.push(word.clone()),
                Some(Token::Number(number)) => parts.push(format!("{sign}{number}")),
                _ => return Err("a modifier is a list of words and numbers in parentheses".into()),
            }
            self.at += 1;
            if self.sign(')') {
                return Ok(Some(format!("({})", parts.join(","))));
            }
            if !self.sign(',') {
                return Err("a modifier's parenthesis does not end".into());
            }
        }
    }

    /// `(20)`, within bounds.
    fn number(&mut self, least: i32, most: i32) -> Result<Option<i32>, String> {
        if !self.sign('(') {
            return Ok(None);
        }
        let number = match self.peek() {
            Some(Token::Number(number)) => *number,
            _ => return Err("a number is missing in the parentheses".into()),
        };
        self.at += 1;
        if !self.sign(')') {
            return Err("a parenthesis behind one number is missing".into());
        }
        if number < least || number > most {
            return Err(format!("the number in the parentheses is from {least} to {most}"));
        }
        Ok(Some(number))
    }

    fn text(&mut self, varying: bool) -> Result<PgType, String> {
        Ok(match (varying, self.number(1, MAX_LENGTH)?) {
            (true, None) => PgType::builtin("varchar"),
            (true, Some(length)) => PgType::builtin("varchar").with_typmod(length + HEADER),
            // `char` means `char(1)`.
            (false, length) => PgType::builtin("bpchar").with_typmod(length.unwrap_or(1) + HEADER),
        })
    }

    fn bits(&mut self, varying: bool) -> Result<PgType, String> {
        Ok(match (varying, self.number(1, MAX_LENGTH * 8)?) {
            (true, None) => PgType::builtin("varbit"),
            (true, Some(length)) => PgType::builtin("varbit").with_typmod(length),
            // `bit` means `bit(1)`.
            (false, length) => PgType::builtin("bit").with_typmod(length.unwrap_or(1)),
        })
    }

    fn numeric(&mut self) -> Result<PgType, String> {
        let ty = PgType::builtin("numeric");
        if !self.sign('(') {
            return Ok(ty);
        }
        let mut numbers = Vec::new();
        loop {
            let negative = self.sign('-');
            let Some(Token::Number(number)) = self.peek().cloned() else {
                return Err("a precision is missing in the parentheses".into());
            };
            self.at += 1;
            numbers.push(if negative { -number } else { number });
            if self.sign(')') {
                break;
            }
            if !self.sign(',') {
                return Err("a parenthesis is missing behind precision and scale".into());
            }
        }
        let (precision, scale) = match numbers[..] {
            [precision] => (precision, 0),
            [precision, scale] => (precision, scale),
            _ => return Err("`numeric` has a precision and a scale".into()),
        };
        if !(1..=1000).contains(&precision) || !(-1000..=1000).contains(&scale) {
            return Err("a precision is from 1 to 1000, a scale from -1000 to 1000".into());
        }
        Ok(ty.with_typmod(((precision << 16) | (scale & 0x7ff)) + HEADER))
    }

    /// The precision of a time, or -1.
    fn precision(&mut self) -> Result<i32, String> {
        Ok(self.number(0, i32::MAX)?.map_or(-1, |digits| digits.min(MAX_PRECISION)))
    }

    fn interval(&mut self) -> Result<PgType, String> {
        let ty = PgType::builtin("interval");
        if self.peek() == Some(&Token::Sign('(')) {
            let digits = self.precision()?;
            return Ok(ty.with_typmod(FULL_RANGE << 16 | digits));
        }
        const UNITS: [(&str, i32); 6] = [
            ("year", YEAR),
            ("month", MONTH),
            ("day", DAY),
            ("hour", HOUR),
            ("minute", MINUTE),
            ("second", SECOND),
        ];
        let unit = |parser: &mut Self| UNITS.iter().position(|(word, _)| parser.word(word));
        let Some(first) = unit(self) else { return Ok(ty) };
        let mut last = first;
        if self.word("to") {
            last = unit(self).ok_or("a unit of time is missing behind `to`")?;
            // Years go to months, everything else down to seconds.
            if last <= first || (first < 2 && last != 1) {
                let (first, last) = (UNITS[first].0, UNITS[last].0);
                return Err(format!("there is no `interval {first} to {last}`"));
            }
        }
        let range = UNITS[first..=last].iter().fold(0, |range, (_, bit)| range | bit);
        let digits = if UNITS[last].0 == "second" { self.precision()? } else { -1 };
        let digits = if digits < 0 { FULL_PRECISION } else { digits };
        Ok(ty.with_typmod(range << 16 | digits))
    }

    /// `[]`, `[3]`, `ARRAY`, `ARRAY[3]`: any number of dimensions makes the same type.
    fn array(&mut self, ty: &mut PgType) -> Result<(), String> {
        let mut dimensions = 0;
        let is_word = self.word("array");
        while self.sign('[') {
            if let Some(Token::Number(_)) = self.peek() {
                self.at += 1;
            }
            if !self.sign(']') {
                return Err("the brackets of an array do not end".into());
            }
            dimensions += 1;
        }
        ty.dimensions = dimensions.max(u32::from(is_word));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn means(text: &str, printed: &str) {
        assert_eq!(spelled(text).unwrap().to_string(), printed, "{text}");
    }

    // Every spelling is held against a server's `format_type` in tests/postgres/promises.rs.
    #[test]
    fn spellings_mean_what_the_server_prints() {
        means("varchar(20)", "character varying(20)");
        means(" Character  VARYING ( 20 ) ", "character varying(20)");
        means("char", "character(1)");
        means("\"char\"", "\"char\"");
        means("int4", "integer");
        means("bigserial", "bigint");
        means("float(24)", "real");
        means("float(25)", "double precision");
        means("timestamptz(3)", "timestamp(3) with time zone");
        means("timestamp(3) without time zone", "timestamp(3) without time zone");
        means("time with time zone", "time with time zone");
        means("decimal", "numeric");
        means("numeric(10)", "numeric(10,0)");
        means("numeric(3,-2)", "numeric(3,-2)");
        means("interval day to second(3)", "interval day to second(3)");
        means("interval(3)", "interval(3)");
        means("bit", "bit(1)");
        means("bit varying(5)", "bit varying(5)");
        means("text[]", "text[]");
        means("integer[3][3]", "integer[]");
        means("text ARRAY[4]", "text[]");
        means("public.citext", "public.citext");
        means("app.\"Mood\"[]", "app.\"Mood\"[]");
        means("MOOD", "mood");
        means("geometry(Point, 4326)", "geometry(point,4326)");
    }

    #[test]
    fn what_is_no_type_is_refused_with_the_reason() {
        for (text, problem) in [
            ("", "it is empty"),
            ("varchar(", "a number is missing in the parentheses"),
            ("varchar(0)", "the number in the parentheses is from 1 to 10485760"),
            ("varchar(20", "a parenthesis behind one number is missing"),
            ("varchar 20", "`20` follows the type"),
            ("text not null", "`not` follows the type"),
            ("double", "write `double precision`"),
            ("interval year to second", "there is no `interval year to second`"),
            ("numeric(1,2,3)", "`numeric` has a precision and a scale"),
            ("numeric(0)", "a precision is from 1 to 1000, a scale from -1000 to 1000"),
            ("public.", "a name is missing behind the dot"),
            ("(20)", "`(` begins no type"),
            ("text[", "the brackets of an array do not end"),
            ("a;b", "`;` is no part of a type"),
            ("\"a", "a quoted name does not end"),
            ("99999999999", "`99999999999` is no number"),
        ] {
            assert_eq!(spelled(text).unwrap_err(), problem, "{text}");
        }
    }

    #[track_caller]
    fn agrees(text: &str, declared: &PgType, expect: bool) {
        assert_eq!(spelled(text).unwrap().is(declared), expect, "{text} and {declared}");
    }

    #[test]
    fn a_declared_type_is_compared_with_all_that_the_text_says() {
        let varchar = PgType::builtin("varchar");
        agrees("varchar(20)", &varchar.clone().with_typmod(24), true);
        agrees("varchar(20)", &varchar.clone().with_typmod(25), false);
        agrees("varchar(20)", &varchar, false);
        agrees("varchar", &varchar, true);
        agrees("text", &PgType::builtin("text"), true);
        agrees("text", &PgType::builtin("text").array(), false);
        agrees("text[]", &PgType { dimensions: 2, ..PgType::builtin("text") }, true);
        agrees("int", &PgType::builtin("int4"), true);
        agrees("int", &PgType::named("public", "int4"), false);
        agrees("uuid", &PgType::builtin("uuid"), true);
        // A name without schema is found wherever it is.
        agrees("citext", &PgType::named("extensions", "citext"), true);
        agrees("public.citext", &PgType::named("extensions", "citext"), false);
        agrees("Mood", &PgType::named("public", "Mood"), false);
        agrees("\"Mood\"", &PgType::named("public", "Mood"), true);
        let point = PgType {
            modifier: Some("(Point,4326)".into()),
            typmod: 1107460,
            ..PgType::named("public", "geometry")
        };
        agrees("geometry(Point, 4326)", &point, true);
        agrees("geometry", &point, false);
        agrees("geometry(Point)", &point, false);
    }
}
