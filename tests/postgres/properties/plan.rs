//! Random relations, the DDL that makes them, and the models that fit them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use schemacheck::Severity;
use schemacheck_core::catalog::Catalog;
use schemacheck_core::manifest::{Expected, Kind, Label, Manifest, Sort};
use schemacheck_core::{QualifiedName, RelKind, fingerprint, snapshot as files};

/// A random relation, the names around it, and what a program makes of it.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Where the relation and its types are.
    pub(super) schema: String,
    /// A second schema, in the search path before or behind the first.
    pub(super) other: String,
    pub(super) other_first: bool,
    pub(super) kind: RelKind,
    pub(super) table: String,
    pub(super) columns: Vec<Column>,
    /// The types that columns can have besides the server's own.
    pub(super) mood: String,
    pub(super) domain: String,
    pub(super) must: String,
    pub(super) deep: String,
    pub(super) composite: String,
    pub(super) labels: Vec<String>,
    /// Whether the model writes the schema, or leaves it to the search path.
    pub(super) qualified: bool,
    pub(super) strict: bool,
    /// A number that chooses among what a change could be about.
    pub(super) pick: Index,
    /// The pair of [`RETYPED`] that a change of type is about.
    pub(super) pair: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) ty: &'static str,
    pub(super) not_null: bool,
    pub(super) default: bool,
    pub(super) extra: Extra,
    /// Whether the model has a field for it.
    pub(super) used: bool,
    /// Whether that field can hold NULL although it need not, or the compiler could not say.
    pub(super) field: Field,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    None,
    Identity,
    Generated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// An `Option` exactly where the column is nullable.
    Fits,
    /// An `Option` everywhere.
    Wide,
    /// A type parameter.
    Generic,
}

#[rustfmt::skip]
/// Column types. What stands in angle brackets is the name of a type of the plan.
pub(super) const TYPES: &[&str] = &[
    "boolean", "smallint", "integer", "bigint", "oid", "real", "double precision", "text", "varchar",
    "varchar(20)", "char(3)", "bpchar", "name", "\"char\"", "bytea", "uuid", "json", "jsonb", "xml", "inet",
    "cidr", "macaddr", "money", "point", "bit(4)", "varbit(7)", "numeric", "numeric(10,2)", "numeric(5,5)",
    "date", "time", "time(2)", "timetz", "timestamp", "timestamp(3)", "timestamptz", "timestamptz(0)",
    "interval", "interval day to second(3)", "interval year to month", "int4range", "int4multirange",
    "tsvector", "pg_lsn", "integer[]", "text[][]", "varchar(9)[]", "numeric(5,1)[]", "timestamptz(3)[]",
    "<mood>", "<mood>[]", "<domain>", "<domain>[]", "<must>", "<deep>", "<deep>[]", "<composite>",
    "<composite>[]",
];

/// Changes of type: what a program that was built for the first says to the second.
pub(super) const RETYPED: &[(&str, &str, Option<Severity>)] = &[
    ("varchar(20)", "varchar(50)", Some(Severity::Info)),
    ("varchar(20)", "text", Some(Severity::Info)),
    ("text", "varchar(7)", Some(Severity::Info)),
    ("char(3)", "text", Some(Severity::Info)),
    ("name", "text", Some(Severity::Info)),
    ("numeric(10,2)", "numeric", Some(Severity::Info)),
    ("numeric", "numeric(20,4)", Some(Severity::Info)),
    ("timestamp(3)", "timestamp", Some(Severity::Info)),
    ("bit(4)", "varbit(7)", Some(Severity::Info)),
    ("varchar(9)[]", "text[]", Some(Severity::Info)),
    ("<domain>", "varchar(10)", Some(Severity::Info)),
    ("text[][]", "text[]", None),
    ("json", "jsonb", Some(Severity::Warning)),
    ("jsonb", "json", Some(Severity::Warning)),
    ("timestamp", "timestamptz", Some(Severity::Error)),
    ("timestamptz", "timestamp", Some(Severity::Error)),
    ("integer", "bigint", Some(Severity::Error)),
    ("bigint", "integer", Some(Severity::Error)),
    ("real", "double precision", Some(Severity::Error)),
    ("text", "bytea", Some(Severity::Error)),
    ("uuid", "text", Some(Severity::Error)),
    ("text", "text[]", Some(Severity::Error)),
    ("integer[]", "integer", Some(Severity::Error)),
    ("<mood>", "text", Some(Severity::Error)),
    ("<mood>[]", "<mood>", Some(Severity::Error)),
    ("<domain>", "integer", Some(Severity::Error)),
    ("inet", "cidr", Some(Severity::Error)),
    ("date", "timestamp", Some(Severity::Error)),
];

/// A default of a type that has one here.
pub(super) fn default_of(ty: &str) -> Option<&'static str> {
    Some(match ty {
        "boolean" => "true",
        "smallint" | "integer" | "bigint" | "numeric" => "7",
        "text" | "varchar" | "varchar(20)" => "'it''s \"x\"'",
        "timestamptz" => "now()",
        "uuid" => "gen_random_uuid()",
        "jsonb" => "'{}'",
        "integer[]" => "'{1}'",
        _ => return None,
    })
}

/// Names that are hard on SQL, files, JSON and reports, plain ones, and any others: at most 63 bytes.
pub(super) fn name() -> impl Strategy<Value = String> {
    #[rustfmt::skip]
    let hostile = select(vec![
        "user", "select", "order", "User", "userName", "two words", "dot.ted", "..", "a/b", "a\\b", "\\",
        "50%", "%41", "line\nbreak", "\r", "\t", "\"", "say \"hi\"", "'", "it's", "con", "nul.json", " a",
        "a ", "größe", "gro\u{308}ße", "😀", "\u{202e}x", "{}", "$1", "$relation_names$", "null", "-- x",
        "/* x", "E'x'", ";", "a,b", "=== ", "\u{85}", "0", "[]", "pg_x", "ctid2",
    ]);
    let long = prop_oneof![
        Just("x".repeat(63)),
        Just("ä".repeat(31)),
        Just("😀".repeat(15) + "abc"),
        Just("\"".repeat(63))
    ];
    prop_oneof![
        3 => "[a-z_][a-z0-9_]{0,15}",
        3 => hostile.prop_map(str::to_owned),
        1 => long,
        1 => any::<String>().prop_map(|text| text.replace('\0', "")),
    ]
}

/// Makes names distinct, not empty, no longer than the server keeps, and none of its own.
pub(super) fn distinct<'a>(names: impl Iterator<Item = &'a mut String>) {
    const SYSTEM: &[&str] =
        &["ctid", "cmin", "cmax", "xmin", "xmax", "tableoid", "public", "information_schema"];
    let mut seen = BTreeSet::new();
    for (i, name) in names.enumerate() {
        while name.len() > 63 {
            name.pop();
        }
        let mut number = i;
        while name.is_empty() || SYSTEM.contains(&name.as_str()) || seen.contains(name) {
            *name = format!("n{number}");
            number += 100;
        }
        seen.insert(name.clone());
    }
}

pub(super) fn column() -> impl Strategy<Value = Column> {
    let extra = prop_oneof![4 => Just(Extra::None), 1 => Just(Extra::Identity), 1 => Just(Extra::Generated)];
    let field = prop_oneof![3 => Just(Field::Fits), 1 => Just(Field::Wide), 1 => Just(Field::Generic)];
    (name(), select(TYPES), any::<bool>(), any::<bool>(), extra, prop::bool::weighted(0.85), field).prop_map(
        |(name, ty, not_null, default, extra, used, field)| Column {
            name,
            ty,
            not_null,
            default,
            extra,
            used,
            field,
        },
    )
}

pub(super) fn plan() -> impl Strategy<Value = Plan> {
    let kind = prop_oneof![
        4 => Just(RelKind::Table),
        2 => Just(RelKind::PartitionedTable),
        1 => Just(RelKind::View),
        1 => Just(RelKind::MaterializedView),
    ];
    (
        (name(), name(), any::<bool>(), kind, name(), vec(column(), 1..7)),
        ([name(), name(), name(), name(), name()], vec(name(), 1..5)),
        (any::<bool>(), any::<bool>(), any::<Index>()),
    )
        .prop_map(
            |(
                (schema, other, other_first, kind, table, columns),
                ([mood, domain, must, deep, composite], labels),
                (qualified, strict, pick),
            )| Plan {
                schema,
                other,
                other_first,
                kind,
                table,
                columns,
                mood,
                domain,
                must,
                deep,
                composite,
                labels,
                qualified,
                strict,
                pick,
                pair: 0,
            },
        )
}

pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Plan {
    /// Makes the plan one that the server takes; a change has had its way with it before.
    pub(super) fn settle(mut self) -> Self {
        for name in [&mut self.schema, &mut self.other] {
            if name.starts_with("pg_") {
                name.insert(0, 'x');
            }
        }
        distinct([&mut self.schema, &mut self.other].into_iter());
        // A relation's name is a type's name too.
        let types = [&mut self.mood, &mut self.domain, &mut self.must, &mut self.deep, &mut self.composite];
        distinct([&mut self.table].into_iter().chain(types));
        distinct(self.labels.iter_mut());
        distinct(self.columns.iter_mut().map(|column| &mut column.name));
        let is_table = self.kind == RelKind::Table;
        for column in &mut self.columns {
            let whole = matches!(column.ty, "smallint" | "integer" | "bigint");
            let identity = column.extra == Extra::Identity && whole && is_table;
            let generated = column.extra == Extra::Generated && matches!(column.ty, "integer" | "text");
            if !identity && !generated {
                column.extra = Extra::None;
            }
            // An identity column is NOT NULL by itself.
            column.not_null |= identity;
            column.default &= column.extra == Extra::None && default_of(column.ty).is_some();
        }
        self
    }

    pub(super) fn at(&self, name: &str) -> String {
        format!("{}.{}", quote(&self.schema), quote(name))
    }

    pub(super) fn relation(&self) -> String {
        self.at(&self.table)
    }

    pub(super) fn ty(&self, ty: &str) -> String {
        ty.replace("<mood>", &self.at(&self.mood))
            .replace("<domain>", &self.at(&self.domain))
            .replace("<must>", &self.at(&self.must))
            .replace("<deep>", &self.at(&self.deep))
            .replace("<composite>", &self.at(&self.composite))
    }

    pub(super) fn is_view(&self) -> bool {
        matches!(self.kind, RelKind::View | RelKind::MaterializedView)
    }

    /// The DDL that makes everything.
    pub(super) fn ddl(&self) -> String {
        let mut sql = format!("CREATE SCHEMA {}; CREATE SCHEMA {};", quote(&self.schema), quote(&self.other));
        let labels: Vec<String> = self.labels.iter().map(|label| literal(label)).collect();
        let types = [
            format!("TYPE {} AS ENUM ({})", self.at(&self.mood), labels.join(", ")),
            format!("DOMAIN {} AS varchar(10)", self.at(&self.domain)),
            format!("DOMAIN {} AS text NOT NULL CHECK (VALUE <> '')", self.at(&self.must)),
            format!("DOMAIN {} AS {}", self.at(&self.deep), self.at(&self.must)),
            format!("TYPE {} AS (a integer, b {})", self.at(&self.composite), self.at(&self.mood)),
        ];
        for definition in types {
            let _ = write!(sql, " CREATE {definition};");
        }
        let columns: Vec<String> = self.columns.iter().map(|column| self.column(column)).collect();
        let columns = columns.join(", ");
        let (relation, base) = (self.relation(), self.at("the base of it"));
        let _ = match self.kind {
            RelKind::Table | RelKind::ForeignTable => write!(sql, " CREATE TABLE {relation} ({columns});"),
            RelKind::PartitionedTable => write!(
                sql,
                " CREATE TABLE {relation} ({columns}, \"the key\" integer) PARTITION BY RANGE (\"the key\"); \
                 CREATE TABLE {} PARTITION OF {relation} DEFAULT;",
                self.at("a part of it")
            ),
            RelKind::View => {
                write!(
                    sql,
                    " CREATE TABLE {base} ({columns}); CREATE VIEW {relation} AS SELECT * FROM {base};"
                )
            }
            RelKind::MaterializedView => write!(
                sql,
                " CREATE TABLE {base} ({columns}); CREATE MATERIALIZED VIEW {relation} AS SELECT * FROM {base};"
            ),
        };
        sql
    }

    pub(super) fn column(&self, column: &Column) -> String {
        let mut sql = format!("{} {}", quote(&column.name), self.ty(column.ty));
        if column.not_null {
            sql.push_str(" NOT NULL");
        }
        match column.extra {
            Extra::Identity => sql.push_str(" GENERATED ALWAYS AS IDENTITY"),
            Extra::Generated if column.ty == "integer" => sql.push_str(" GENERATED ALWAYS AS (1 + 1) STORED"),
            Extra::Generated => sql.push_str(" GENERATED ALWAYS AS ('x' || 'y') STORED"),
            Extra::None => {}
        }
        if column.default {
            let _ = write!(sql, " DEFAULT {}", default_of(column.ty).unwrap());
        }
        sql
    }

    pub(super) fn search_path(&self) -> String {
        let (first, second) = match self.other_first {
            true => (&self.other, &self.schema),
            false => (&self.schema, &self.other),
        };
        format!("SET search_path TO {}, {}", quote(first), quote(second))
    }

    /// The records of a program with a model and an enum: what the derive makes, with the compiler's answers.
    pub(super) fn manifests(&self, catalog: &Catalog) -> Vec<Manifest> {
        let common = || Manifest {
            package: "app".into(),
            version: "0.1.0".into(),
            file: "src/models.rs".into(),
            line: 3,
            schema: self.qualified.then(|| self.schema.clone()),
            ..Manifest::default()
        };
        let relation = &catalog.relations[&QualifiedName::new(&self.schema, &self.table)];
        let columns =
            self.columns.iter().zip(4..).filter(|(column, _)| column.used).map(|(column, line)| Expected {
                column: column.name.clone(),
                field: format!("f{line}"),
                line,
                rust_type: "T".into(),
                accepts_null: match column.field {
                    Field::Fits => Some(!catalog.refuses_null(relation.column(&column.name).unwrap())),
                    Field::Wide => Some(true),
                    Field::Generic => None,
                },
                ..Expected::default()
            });
        let mut model = Manifest {
            path: "app::models::Row".into(),
            kinds: vec![Kind::Read],
            implied_kind: true,
            relation: self.table.clone(),
            digest: Some(fingerprint::digest(&files::relation_text(relation))),
            columns: columns.collect(),
            ..common()
        };
        model.add_facts(catalog);
        let labels = self.labels.iter().zip(20..).map(|(label, line)| Label {
            label: label.clone(),
            variant: format!("V{line}"),
            line,
        });
        let mut mood = Manifest {
            path: "app::models::Mood".into(),
            sort: Sort::Enum,
            relation: self.mood.clone(),
            labels: labels.collect(),
            ..common()
        };
        mood.add_facts(catalog);
        vec![model, mood]
    }

    // What findings call things.

    pub(super) fn object(&self, column: &str) -> String {
        format!("{}.{}.{column}", self.schema, self.table)
    }

    pub(super) fn risky(&self) -> Severity {
        if self.strict { Severity::Error } else { Severity::Warning }
    }

    /// The columns of which a model would notice something, and that fit a condition.
    pub(super) fn used(&self, which: impl Fn(&Column) -> bool) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(move |column| column.used && which(column))
    }
}
