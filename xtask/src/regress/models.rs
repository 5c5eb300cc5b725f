//! A model for each relation of a catalog, as source text: the right one, or one with a mistake in each place.

use std::fmt::Write as _;

use schemacheck_core::pg_type::TypeKind;
use schemacheck_core::{Catalog, Column, PgType, Relation, TypeDef, mapping};

/// What is wrong in the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Twist {
    Nothing,
    /// Every field has a type that holds no column.
    Types,
    /// No field is an `Option`.
    Null,
    /// Every model has a field more.
    Column,
}

/// The text of a source file with models.
pub(super) struct Source {
    pub(super) text: String,
    /// The lines, counted from 1, that the compiler has to underline.
    pub(super) mistakes: Vec<usize>,
    pub(super) counts: Counts,
}

/// What is in the models.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub(super) models: usize,
    pub(super) enums: usize,
    /// Columns whose type decides.
    pub(super) by_type: usize,
    /// Columns of types that no Rust type of the table holds: crates or the program decode them.
    pub(super) by_name: usize,
    /// Columns in `Option`.
    pub(super) options: usize,
}

/// The crates that the table's types are in, as they stand in `Cargo.toml`; versions that the runtime knows.
pub(super) const DEPENDENCIES: &str = r#"
bigdecimal = "0.4.5"
bit-vec = "0.8.0"
bstr = "1.0"
bytes = "1.10"
chrono = "0.4.38"
cidr = "0.3.1"
eui48 = "1.1"
geo-types = "0.7.13"
ipnet = "2.11"
ipnetwork = "0.21"
jiff = "0.2"
mac_address = "1.1.7"
ordered-float = "5.0"
pgvector = { version = "0.4", features = ["halfvec"] }
postgres = "0.19.10"
postgres-types = "0.2.9"
rust_decimal = "1.36"
serde_json = { version = "1.0.140", features = ["raw_value"] }
smol_str = "0.1.24"
time = "0.3.41"
uuid = "1.16"
"#;

/// Every feature that the table names.
pub(super) fn features() -> Vec<&'static str> {
    let mut features: Vec<&str> = mapping::PAIRS.iter().flat_map(|pair| pair.features).copied().collect();
    features.push("postgres");
    features.sort_unstable();
    features.dedup();
    features
}

/// What stands before the models.
const HEAD: &str = "\
#![allow(dead_code, unused_imports)]
use std::collections::HashMap;
use std::net::IpAddr;
use std::num::{NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64};
use std::time::SystemTime;
use chrono::{FixedOffset, Local, Utc};
/// Decodes what the table has no type for.
pub struct Own;
";

/// The models of every relation that has columns.
pub(super) fn write(catalog: &Catalog, twist: Twist, head: &str) -> Source {
    let mut writer = Writer {
        catalog,
        twist,
        source: Source { text: format!("{HEAD}{head}"), mistakes: Vec::new(), counts: Counts::default() },
        enums: Vec::new(),
        turn: 0,
    };
    for def in catalog.types.values() {
        if let TypeKind::Enum { labels } = &def.kind {
            writer.write_enum(def, labels);
        }
    }
    for relation in catalog.relations.values().filter(|relation| !relation.columns.is_empty()) {
        writer.write_model(relation);
    }
    writer.source
}

struct Writer<'a> {
    catalog: &'a Catalog,
    twist: Twist,
    source: Source,
    /// The enums that have a Rust type; its number is their place.
    enums: Vec<&'a TypeDef>,
    /// The pairs of a type take turns.
    turn: usize,
}

impl<'a> Writer<'a> {
    fn write_enum(&mut self, def: &'a TypeDef, labels: &[String]) {
        let (schema, name, number) = (&def.name.schema, &def.name.name, self.enums.len());
        self.enums.push(def);
        self.source.counts.enums += 1;
        let mut text = format!(
            "#[derive(schemacheck::PgEnum)]\n#[schemacheck(schema = {schema:?}, type = {name:?})]\npub enum E{number} {{\n"
        );
        for (at, label) in labels.iter().enumerate() {
            let _ = writeln!(text, "    #[schemacheck(rename = {label:?})] V{at},");
        }
        self.source.text.push_str(&text);
        self.source.text.push_str("}\n");
    }

    fn write_model(&mut self, relation: &Relation) {
        let (schema, name, number) = (&relation.name.schema, &relation.name.name, self.source.counts.models);
        self.source.counts.models += 1;
        let _ = write!(
            self.source.text,
            "#[derive(schemacheck::Model)]\n#[schemacheck(schema = {schema:?}, table = {name:?})]\npub struct M{number} {{\n"
        );
        for (at, column) in relation.columns.iter().enumerate() {
            self.write_field(relation, at, column);
        }
        if self.twist == Twist::Column {
            self.line("    pub no_such_column_of_it: Own,", true);
        }
        self.source.text.push_str("}\n");
    }

    fn write_field(&mut self, relation: &Relation, at: usize, column: &Column) {
        let base = self.catalog.base_type(&column.ty);
        let (rust, known) = self.rust_type(base);
        let counts = &mut self.source.counts;
        *(if known { &mut counts.by_type } else { &mut counts.by_name }) += 1;
        // Of a view's column nobody knows, and both are right.
        let knows = relation.kind.has_nullability();
        let nullable = knows && !self.catalog.refuses_null(column);
        let optional = nullable || !knows && at.is_multiple_of(2);
        counts.options += usize::from(optional);
        let (ty, mistake) = match self.twist {
            Twist::Types => ("Option<u128>".to_owned(), true),
            Twist::Null => (rust, nullable),
            Twist::Nothing | Twist::Column if optional => (format!("Option<{rust}>"), false),
            Twist::Nothing | Twist::Column => (rust, false),
        };
        let line = if is_plain(&column.name) {
            format!("    pub {}: {ty},", column.name)
        } else {
            format!("    #[schemacheck(column = {:?})] pub field_number_{at}: {ty},", column.name)
        };
        self.line(&line, mistake);
    }

    fn line(&mut self, line: &str, mistake: bool) {
        self.source.text.push_str(line);
        self.source.text.push('\n');
        if mistake {
            self.source.mistakes.push(self.source.text.lines().count());
        }
    }

    /// A type that holds the PostgreSQL type, and whether the table knows it.
    fn rust_type(&mut self, base: &PgType) -> (String, bool) {
        let found = self.enums.iter().position(|def| def.name == base.qualified_name());
        let (element, known) = match found {
            Some(number) => (format!("E{number}"), true),
            None => {
                let pairs = mapping::PAIRS.iter().filter(|pair| pair.pg == base.name);
                let pairs: Vec<_> = pairs.filter(|_| mapping::marker(base).is_some()).collect();
                self.turn += 1;
                match pairs.len() {
                    0 => ("Own".to_owned(), false),
                    n => (pairs[self.turn % n].rust.to_owned(), true),
                }
            }
        };
        (if base.is_array() { format!("Vec<{element}>") } else { element }, known)
    }
}

/// Whether a field can bear the name.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'))
        && !KEYWORDS.contains(&name)
}

/// The key words of Rust 2024.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use schemacheck_core::{QualifiedName, RelKind};

    use super::*;

    fn column(name: &str, ty: PgType, not_null: bool) -> Column {
        Column {
            name: name.into(),
            ty,
            not_null,
            default: None,
            identity: None,
            generated: None,
            collation: None,
            filled_by: None,
        }
    }

    fn catalog() -> Catalog {
        let mood = QualifiedName::new("app", "mood");
        let kind = TypeKind::Enum { labels: vec!["so so".into()] };
        let relation = Relation {
            name: QualifiedName::new("app", "a \"b\""),
            kind: RelKind::Table,
            columns: vec![
                column("id", PgType::builtin("int8"), true),
                column("type", PgType::builtin("int8").array(), false),
                column("mood", PgType::named("app", "mood"), true),
                column("Ü", PgType::builtin("interval"), false),
            ],
            constraints: Vec::new(),
            indexes: Vec::new(),
        };
        Catalog {
            relations: BTreeMap::from([(relation.name.clone(), relation)]),
            types: BTreeMap::from([(mood.clone(), TypeDef { name: mood, kind })]),
            ..Catalog::default()
        }
    }

    #[test]
    fn a_model_fits_its_relation() {
        let source = write(&catalog(), Twist::Nothing, "");
        let text = source.text.strip_prefix(HEAD).unwrap();
        assert!(
            text.contains("#[schemacheck(schema = \"app\", table = \"a \\\"b\\\"\")]\npub struct M0 {\n"),
            "{text}"
        );
        assert!(text.contains("#[schemacheck(rename = \"so so\")] V0,\n"), "{text}");
        assert!(
            text.contains("    #[schemacheck(column = \"type\")] pub field_number_1: Option<Vec<"),
            "{text}"
        );
        assert!(text.contains("    pub mood: E0,\n"), "{text}");
        assert!(
            text.contains("    #[schemacheck(column = \"Ü\")] pub field_number_3: Option<Own>,\n"),
            "{text}"
        );
        let Counts { models, enums, by_type, by_name, options } = source.counts;
        assert_eq!((models, enums, by_type, by_name, options), (1, 1, 3, 1, 2));
        assert!(source.mistakes.is_empty());
    }

    #[test]
    fn a_mistake_is_in_the_line_that_is_named() {
        for (twist, fields) in [
            (Twist::Types, &["id", "type", "mood", "Ü"][..]),
            (Twist::Null, &["type", "Ü"]),
            (Twist::Column, &["no_such_column_of_it"]),
        ] {
            let source = write(&catalog(), twist, "");
            let lines: Vec<&str> = source.text.lines().collect();
            assert_eq!(source.mistakes.len(), fields.len(), "{twist:?}");
            for (line, field) in source.mistakes.iter().zip(fields) {
                assert!(lines[line - 1].contains(field), "{twist:?}: {}", lines[line - 1]);
            }
        }
    }
}
