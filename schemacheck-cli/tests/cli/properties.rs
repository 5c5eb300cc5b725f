//! A hundred random tables and the models that fit them compile without a word; after one change of each table the
//! compiler says exactly what has to be said.
//!
//! `SCHEMACHECK_TEST_SEED` chooses the tables; without it there is one round with a fixed seed and one with a fresh one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use schemacheck_core::ident::printable;
use schemacheck_scratch::Database;
use serde_json::Value;

use crate::support::{Project, database, manifest, one_at_a_time};

/// How many tables a round has: each change meets several.
const TABLES: usize = 100;

const SEED: &str = "SCHEMACHECK_TEST_SEED";

/// splitmix64
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn of<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }

    /// A name, made the only one of its kind by a number.
    fn name(&mut self, n: usize) -> String {
        let long = "ä".repeat(28);
        let word = self.of(&[
            "user",
            "order",
            "User",
            "userName",
            "two words",
            "dot.ted",
            "a/b",
            "a\\b",
            "50%",
            "%41",
            "line\nbreak",
            "\t",
            "\"",
            "'",
            "it's",
            "con",
            ".",
            " a",
            "größe",
            "gro\u{308}ße",
            "😀",
            "\u{202e}x",
            "{}",
            "{Self}",
            "{0:?}",
            "`tick`",
            "//",
            "*/",
            "\\u{41}",
            "\"#",
            "$crate",
            "plain",
            "snake_case_name",
            "r#type",
            &long,
        ]);
        if self.one_in(2) { format!("{word}{n}") } else { format!("{n}{word}") }
    }
}

/// A column type, the Rust type that holds it, a type that holds the same, and one that the Rust type does not hold.
struct Type {
    pg: &'static str,
    rust: &'static str,
    kin: Option<&'static str>,
    stranger: &'static str,
}

const fn ty(pg: &'static str, rust: &'static str, kin: Option<&'static str>, stranger: &'static str) -> Type {
    Type { pg, rust, kin, stranger }
}

/// An enum whose name could break a message, an attribute and a format string.
const HOSTILE: &str = "\"Bil ling.\"\"x\"\"\".\"mo{o}d\n{0}\"";

/// Types as `format_type` spells them.
#[rustfmt::skip]
const TYPES: &[Type] = &[
    ty("boolean", "bool", None, "integer"),
    ty("smallint", "i16", None, "integer"),
    ty("integer", "i32", None, "bigint"),
    ty("bigint", "i64", None, "integer"),
    ty("oid", "u32", None, "integer"),
    ty("real", "f32", None, "double precision"),
    ty("double precision", "f64", None, "numeric"),
    ty("\"char\"", "i8", None, "text"),
    ty("text", "String", Some("character varying(7)"), "bytea"),
    ty("character varying(20)", "String", Some("character varying(50)"), "uuid"),
    ty("character varying(20)", "Box<str>", Some("text"), "text[]"),
    ty("character(3)", "std::borrow::Cow<'static, str>", Some("name"), "jsonb"),
    ty("text", "&'static str", Some("character(9)"), "boolean"),
    ty("text", "Alias", Some("character varying"), "integer"),
    ty("bytea", "Vec<u8>", None, "text"),
    ty("uuid", "uuid::Uuid", None, "text"),
    ty("uuid", "Newtype", None, "bytea"),
    ty("inet", "std::net::IpAddr", Some("cidr"), "text"),
    ty("timestamp with time zone", "std::time::SystemTime", Some("timestamp without time zone"), "date"),
    ty("timestamp(3) without time zone", "std::time::SystemTime", Some("timestamp with time zone"), "text"),
    ty("integer[]", "Vec<i32>", None, "integer"),
    ty("text[]", "Vec<Option<String>>", Some("character varying(9)[]"), "text"),
    ty("app.mood", "Mood", None, "text"),
    ty("app.mood[]", "Vec<Mood>", None, "app.mood"),
    ty(HOSTILE, "Hostile", None, "app.mood"),
    ty("uuid", "uuid::Uuid", None, HOSTILE),
    ty("app.short", "String", Some("text"), "app.mood"),
    // What nobody here knows is judged by name only.
    ty("interval", "Anything", Some("point"), "boolean"),
];

struct Column {
    name: String,
    ty: &'static Type,
    not_null: bool,
    /// Whether the field is an `Option`; always where the column is nullable.
    option: bool,
    field: String,
}

struct Table {
    n: usize,
    schema: String,
    name: String,
    columns: Vec<Column>,
    change: &'static str,
    /// Which column the change is about.
    at: usize,
}

/// Every change; [`Table::change`] makes them, [`Table::foretold`] says what the compiler then says.
#[rustfmt::skip]
const CHANGES: &[&str] = &[
    "nothing", "drop the table", "rename the table", "move the table", "drop a column", "rename a column", "rename in case",
    "a type that is held", "a type that is not", "drop NOT NULL", "set NOT NULL", "add a column", "add a required column",
    "add an index", "change a default", "a view instead",
];

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Table {
    fn random(random: &mut Random, n: usize) -> Self {
        let schema = random.of(&["public", "app", "Bil ling.\"x\""]).to_owned();
        let columns = (0..=random.below(5)).map(|i| {
            // A field can bear the column's name, or any other.
            let keyword = ["type", "match", "user_id", "self_", "unsafe"][i];
            let (name, field) = match random.one_in(4) {
                true => (
                    keyword.to_owned(),
                    if ["type", "match", "unsafe"].contains(&keyword) {
                        format!("r#{keyword}")
                    } else {
                        keyword.to_owned()
                    },
                ),
                false => (random.name(i), format!("field_{i}")),
            };
            let not_null = random.one_in(2);
            let ty = &TYPES[random.below(TYPES.len())];
            Column { name, ty, not_null, option: !not_null || random.one_in(3), field }
        });
        let mut columns: Vec<Column> = columns.collect();
        let at = random.below(columns.len());
        let change = CHANGES[n % CHANGES.len()];
        let column = &mut columns[at];
        match change {
            "drop NOT NULL" => {
                column.not_null = true;
                column.option = random.one_in(4);
            }
            "set NOT NULL" => (column.not_null, column.option) = (false, true),
            "rename in case" => (column.name, column.field) = ("createdAt".into(), "created_at".into()),
            "a type that is held" => {
                column.ty = TYPES.iter().cycle().skip(n).find(|ty| ty.kin.is_some()).unwrap()
            }
            "a type that is not" if column.ty.rust == "Anything" => column.ty = &TYPES[2],
            _ => {}
        }
        Self { n, schema, name: random.name(n), columns, change, at }
    }

    fn relation(&self) -> String {
        format!("{}.{}", quote(&self.schema), quote(&self.name))
    }

    fn ddl(&self) -> String {
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|column| {
                let not_null = if column.not_null { " NOT NULL" } else { "" };
                format!("{} {}{not_null}", quote(&column.name), column.ty.pg)
            })
            .collect();
        format!("CREATE TABLE {} ({});\n", self.relation(), columns.join(", "))
    }

    /// The model, one line a field; the first line is that of the attribute.
    fn model(&self, n: usize) -> String {
        let named = match (self.schema.as_str(), self.name.contains('.')) {
            ("public", false) => format!("table = {:?}", self.name),
            ("app", false) => format!("table = {:?}", format!("app.{}", self.name)),
            _ => format!("schema = {:?}, table = {:?}", self.schema, self.name),
        };
        let mut text =
            format!("#[derive(schemacheck::Model)] #[schemacheck({named})] pub struct Model{n} {{\n");
        for column in &self.columns {
            let ty =
                if column.option { format!("Option<{}>", column.ty.rust) } else { column.ty.rust.to_owned() };
            let named = match column.field.trim_start_matches("r#") == column.name {
                true => String::new(),
                false => format!("#[schemacheck(column = {:?})] ", column.name),
            };
            let _ = writeln!(text, "    {named}pub {}: {ty},", column.field);
        }
        text + "}\n"
    }

    fn change(&self) -> String {
        let (table, column) = (self.relation(), &self.columns[self.at]);
        let (name, alter) = (quote(&column.name), format!("ALTER TABLE {table} "));
        let alter_column = format!("{alter}ALTER COLUMN {name} ");
        let retype = |ty: &str| format!("{alter_column}TYPE {ty} USING NULL::{ty}");
        match self.change {
            "nothing" => String::new(),
            "drop the table" => format!("DROP TABLE {table}"),
            "rename the table" => format!("{alter}RENAME TO {}", quote(&format!("new name {}", self.n))),
            "move the table" => format!("{alter}SET SCHEMA elsewhere"),
            "drop a column" => format!("{alter}DROP COLUMN {name}"),
            "rename a column" => format!("{alter}RENAME COLUMN {name} TO \"quite another name\""),
            "rename in case" => format!("{alter}RENAME COLUMN {name} TO createdat"),
            "a type that is held" => retype(column.ty.kin.unwrap()),
            "a type that is not" => retype(column.ty.stranger),
            "drop NOT NULL" => format!("{alter_column}DROP NOT NULL"),
            "set NOT NULL" => format!("{alter_column}SET NOT NULL"),
            "add a column" => format!("{alter}ADD COLUMN \"one more\" text"),
            "add a required column" => format!("{alter}ADD COLUMN \"one more\" text NOT NULL"),
            "add an index" => format!("CREATE INDEX ON {table} (({name} IS NULL))"),
            "change a default" => format!("{alter_column}SET DEFAULT NULL::{}", column.ty.pg),
            "a view instead" => format!(
                "{alter}RENAME TO {base}; CREATE VIEW {table} AS SELECT * FROM {}.{base}",
                quote(&self.schema),
                base = quote(&format!("base {}", self.n)),
            ),
            other => panic!("{other}"),
        }
    }

    /// The first line of what the compiler says of the changed table, and which line of the model it underlines.
    fn foretold(&self) -> Option<(String, usize)> {
        let column = &self.columns[self.at];
        let relation = format!("{}.{}", self.schema, self.name);
        let object = printable(&format!("{relation}.{}", column.name));
        let field = column.field.trim_start_matches("r#");
        let line = self.at + 1;
        Some(match self.change {
            "drop the table" | "rename the table" | "move the table" => {
                let written =
                    if self.schema == "public" && !self.name.contains('.') { &self.name } else { &relation };
                (format!("cannot find relation `{}`", printable(written)), 0)
            }
            "drop a column" | "rename a column" | "rename in case" => {
                let (column, relation) = (printable(&column.name), printable(&relation));
                (format!("cannot find column `{column}` in table `{relation}`"), line)
            }
            "a type that is not" => (
                format!("column `{object}` is `{}`, but field `{field}` is `", printable(column.ty.stranger)),
                line,
            ),
            "drop NOT NULL" if !column.option => {
                (format!("column `{object}` is nullable, but field `{field}` is `"), line)
            }
            _ => return None,
        })
    }
}

/// What stands before the models.
const HEAD: &str = r#"
#[derive(schemacheck::PgEnum)]
#[schemacheck(type = "app.mood", rename_all = "snake_case")]
pub enum Mood { Ok, Sad }

#[derive(schemacheck::PgEnum)]
#[schemacheck(schema = "Bil ling.\"x\"", type = "mo{o}d\n{0}", rename_all = "snake_case")]
pub enum Hostile { Ok }

#[derive(schemacheck::PgType)]
#[schemacheck(transparent)]
pub struct Newtype(pub uuid::Uuid);

pub type Alias = String;

pub struct Anything;

"#;

/// What stands before the tables.
const SCHEMA: &str = r#"
CREATE SCHEMA app; CREATE SCHEMA elsewhere; CREATE SCHEMA "Bil ling.""x""";
CREATE TYPE app.mood AS ENUM ('ok', 'sad');
CREATE TYPE "Bil ling.""x"""."mo{o}d
{0}" AS ENUM ('ok');
CREATE DOMAIN app.short AS varchar(10);
"#;

/// What the compiler says of each line of the models: the first line of each message.
fn said(project: &Project) -> Vec<(usize, String, String)> {
    let ran = project.cargo(&["build", "--message-format=json"]);
    let messages = ran.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let messages = messages.filter(|message| message["reason"] == "compiler-message");
    messages
        .map(|message| message["message"].clone())
        // The last one only counts the others.
        .filter(|message| message["spans"].as_array().is_some_and(|spans| !spans.is_empty()))
        .map(|message| {
            let spans = message["spans"].as_array().unwrap();
            let main = spans.iter().find(|span| span["is_primary"] == true).unwrap();
            let first = message["message"].as_str().unwrap().lines().next().unwrap_or_default().to_owned();
            let line = main["line_start"].as_u64().unwrap() as usize;
            (line, first, message["rendered"].as_str().unwrap_or_default().to_owned())
        })
        .collect()
}

fn round(seed: u64) {
    let mut random = Random(seed);
    let tables: Vec<Table> = (0..TABLES).map(|n| Table::random(&mut random, n)).collect();
    let project = Project::empty();
    project.write("Cargo.toml", &manifest("random_models", "edition = \"2024\"", ""));
    let mut source = HEAD.to_owned();
    // The table and the line within its model, by the line of the source.
    let mut places = BTreeMap::new();
    for (n, table) in tables.iter().enumerate() {
        let model = table.model(n);
        let first = source.lines().count() + 1;
        places.extend((0..model.lines().count()).map(|line| (first + line, (n, line))));
        source.push_str(&model);
    }
    project.write("src/lib.rs", &source);
    let database: Database<'_> = database(SCHEMA);
    let mut client = database.connect().unwrap();
    for table in &tables {
        client.batch_execute(&table.ddl()).unwrap_or_else(|error| panic!("{error:?}: {}", table.ddl()));
    }
    project.snapshot(&database);
    let before = said(&project);
    assert!(
        before.is_empty(),
        "before any change: {}",
        before.iter().map(|(.., all)| all.as_str()).collect::<String>()
    );

    for table in &tables {
        client.batch_execute(&table.change()).unwrap_or_else(|error| panic!("{error:?}: {}", table.change()));
    }
    project.snapshot(&database);
    let mut foretold: BTreeMap<usize, (String, usize)> =
        tables.iter().enumerate().filter_map(|(n, table)| Some((n, table.foretold()?))).collect();
    let total = foretold.len();
    for (line, first, all) in said(&project) {
        let Some((n, line)) = places.get(&line) else { panic!("outside of the models: {all}") };
        let table = &tables[*n];
        match foretold.remove(n) {
            Some((start, at)) => assert!(
                first.starts_with(&start) && *line == at,
                "after `{}`, foretold at line {at}: {start}\nsaid at line {line}: {all}",
                table.change
            ),
            None => panic!("after `{}`, nothing (more) was foretold: {all}", table.change),
        }
    }
    assert!(foretold.is_empty(), "the compiler did not say: {foretold:#?}");
    assert!(total > TABLES / 4 && total < TABLES * 3 / 4, "{total} errors are foretold for {TABLES} tables");
    let _ =
        writeln!(std::io::stderr(), "{TABLES} random tables of the seed {seed}: {total} errors, as foretold");
}

#[test]
fn one_change_of_a_random_table_makes_exactly_its_error() {
    let _turn = one_at_a_time();
    let fresh = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seeds = match std::env::var(SEED) {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => vec![1, fresh],
    };
    for seed in seeds {
        if let Err(panic) = std::panic::catch_unwind(|| round(seed)) {
            let _ = writeln!(std::io::stderr(), "the seed was {seed}: run again with {SEED}={seed}");
            std::panic::resume_unwind(panic);
        }
    }
}
