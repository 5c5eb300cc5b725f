//! The changes: what each needs of a plan, its DDL, and the findings that it leads to.

use schemacheck::{Code, Severity};
use schemacheck_core::RelKind;

use super::Foretold;
use super::plan::{Column, Extra, Field, Plan, RETYPED, literal, quote};

/// A change of the database: what it needs of a plan, its DDL, and what is then found.
pub(super) struct Change {
    pub(super) name: &'static str,
    /// Makes any plan one that the change can be made to; the index is that of the column that it is about.
    pub(super) prepare: fn(&mut Plan, usize),
    pub(super) ddl: fn(&Plan, usize) -> String,
    pub(super) foretold: fn(&Plan, usize) -> Foretold,
}

pub(super) fn nothing(_: &Plan, _: usize) -> Foretold {
    Foretold::new()
}

pub(super) fn any_plan(_: &mut Plan, _: usize) {}

/// A relation whose columns can be altered.
pub(super) fn a_table(plan: &mut Plan, _: usize) {
    if plan.is_view() {
        plan.kind = RelKind::Table;
    }
}

pub(super) fn a_view(plan: &mut Plan, at: usize) {
    if !plan.is_view() {
        plan.kind = if at.is_multiple_of(2) { RelKind::View } else { RelKind::MaterializedView };
    }
}

pub(super) fn one(code: Code, object: String, severity: Severity) -> Foretold {
    [(code, object, severity)].into()
}

pub(super) fn of_column(plan: &Plan, at: usize, code: Code, severity: Severity) -> Foretold {
    let column = &plan.columns[at];
    if column.used { one(code, plan.object(&column.name), severity) } else { Foretold::new() }
}

pub(super) fn gone(plan: &Plan, _: usize) -> Foretold {
    one(Code::MissingRelation, format!("{}.{}", plan.schema, plan.table), Severity::Error)
}

pub(super) fn column_gone(plan: &Plan, at: usize) -> Foretold {
    of_column(plan, at, Code::MissingColumn, Severity::Error)
}

pub(super) fn kind_changed(plan: &Plan) -> Foretold {
    one(Code::RelationKind, format!("{}.{}", plan.schema, plan.table), Severity::Info)
}

/// Columns that the model cannot read NULL from, and that only their own NOT NULL, or no NOT NULL at all, protects.
pub(super) fn unprotected(plan: &Plan) -> Foretold {
    let itself = |column: &Column| matches!(column.ty, "<must>" | "<deep>");
    plan.used(|column| column.field == Field::Fits && column.not_null && !itself(column))
        .map(|column| (Code::NullableColumn, plan.object(&column.name), plan.risky()))
        .collect()
}

fn move_relation(plan: &Plan, _: usize) -> String {
    format!("ALTER TABLE {} SET SCHEMA {}", plan.relation(), quote(&plan.other))
}

fn shadow(plan: &Plan, _: usize) -> String {
    format!("CREATE TABLE {}.{} (LIKE {})", quote(&plan.other), quote(&plan.table), plan.relation())
}

/// The name without schema means another relation now, which has the same columns.
fn elsewhere(plan: &Plan, _: usize) -> Foretold {
    one(Code::OtherSchema, format!("{}.{}", plan.other, plan.table), Severity::Info)
}

fn move_mood(plan: &Plan, _: usize) -> String {
    format!("ALTER TYPE {} SET SCHEMA {}", plan.at(&plan.mood), quote(&plan.other))
}

/// The columns of an enum that moved: drivers go by its name.
fn moved_mood(plan: &Plan) -> impl Iterator<Item = (Code, String, Severity)> {
    plan.used(|column| column.ty.starts_with("<mood>"))
        .map(|column| (Code::TypeMismatch, plan.object(&column.name), Severity::Info))
}

/// The change that is made once for each pair of [`RETYPED`].
pub(super) const RETYPE: &str = "change a type";

/// Every change. Each meets the same number of random plans.
pub(super) const CHANGES: &[Change] = &[
    Change { name: "nothing", prepare: any_plan, ddl: |_, _| String::new(), foretold: nothing },
    Change {
        name: "drop a column",
        prepare: a_table,
        ddl: |plan, at| {
            format!("ALTER TABLE {} DROP COLUMN {}", plan.relation(), quote(&plan.columns[at].name))
        },
        foretold: column_gone,
    },
    Change {
        name: "rename a column",
        prepare: any_plan,
        ddl: |plan, at| {
            let (table, column) = (plan.relation(), quote(&plan.columns[at].name));
            format!("ALTER TABLE {table} RENAME COLUMN {column} TO \"another name\"")
        },
        foretold: column_gone,
    },
    Change {
        name: "rename a column in case only",
        prepare: |plan, at| plan.columns[at].name = "createdAt".into(),
        ddl: |plan, _| format!("ALTER TABLE {} RENAME COLUMN \"createdAt\" TO createdat", plan.relation()),
        foretold: column_gone,
    },
    Change {
        name: "drop a column and make it again",
        prepare: a_table,
        ddl: |plan, at| {
            let (table, column) = (plan.relation(), &plan.columns[at]);
            let (name, definition) = (quote(&column.name), plan.column(column));
            format!("ALTER TABLE {table} DROP COLUMN {name}; ALTER TABLE {table} ADD COLUMN {definition}")
        },
        foretold: nothing,
    },
    Change {
        name: RETYPE,
        prepare: |plan, at| {
            a_table(plan, at);
            plan.columns[at].ty = RETYPED[plan.pair].0;
            plan.columns[at].default = false;
            plan.columns[at].extra = Extra::None;
        },
        ddl: |plan, at| {
            let (table, column, to) =
                (plan.relation(), quote(&plan.columns[at].name), plan.ty(RETYPED[plan.pair].1));
            format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE {to} USING NULL::{to}")
        },
        foretold: |plan, at| match RETYPED[plan.pair].2 {
            Some(severity) => of_column(plan, at, Code::TypeMismatch, severity),
            None => Foretold::new(),
        },
    },
    Change {
        name: "drop NOT NULL",
        prepare: |plan, at| {
            a_table(plan, at);
            plan.columns[at].not_null = true;
            plan.columns[at].extra = Extra::None;
        },
        ddl: |plan, at| {
            format!(
                "ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL",
                plan.relation(),
                quote(&plan.columns[at].name)
            )
        },
        foretold: |plan, at| {
            let object = plan.object(&plan.columns[at].name);
            unprotected(plan).into_iter().filter(|(_, of, _)| *of == object).collect()
        },
    },
    Change {
        name: "drop NOT NULL below a view",
        prepare: |plan, at| {
            a_view(plan, at);
            plan.columns[at].not_null = true;
            plan.columns[at].extra = Extra::None;
        },
        ddl: |plan, at| {
            let (table, column) = (plan.at("the base of it"), quote(&plan.columns[at].name));
            format!("ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL")
        },
        foretold: nothing,
    },
    Change {
        name: "set NOT NULL",
        prepare: |plan, at| {
            a_table(plan, at);
            plan.columns[at].not_null = false;
        },
        ddl: |plan, at| {
            format!(
                "ALTER TABLE {} ALTER COLUMN {} SET NOT NULL",
                plan.relation(),
                quote(&plan.columns[at].name)
            )
        },
        foretold: nothing,
    },
    Change {
        name: "drop a domain's NOT NULL",
        prepare: |plan, at| {
            a_table(plan, at);
            plan.columns[at].ty = if at.is_multiple_of(2) { "<must>" } else { "<deep>" };
        },
        ddl: |plan, _| format!("ALTER DOMAIN {} DROP NOT NULL", plan.at(&plan.must)),
        foretold: |plan, _| {
            let relied = |column: &Column| {
                matches!(column.ty, "<must>" | "<deep>") && !column.not_null && column.field == Field::Fits
            };
            plan.used(relied)
                .map(|column| (Code::NullableColumn, plan.object(&column.name), plan.risky()))
                .collect()
        },
    },
    Change {
        name: "add a check to a domain",
        prepare: |plan, at| plan.columns[at].ty = "<domain>",
        ddl: |plan, _| format!("ALTER DOMAIN {} ADD CHECK (VALUE <> 'x')", plan.at(&plan.domain)),
        foretold: nothing,
    },
    Change {
        name: "rename a domain",
        prepare: |plan, at| plan.columns[at].ty = "<domain>",
        ddl: |plan, _| format!("ALTER DOMAIN {} RENAME TO \"another name\"", plan.at(&plan.domain)),
        foretold: |plan, _| {
            // What the wire carries of a domain is its base; an array of a domain is an array of the domain itself.
            let severity =
                |column: &Column| if column.ty == "<domain>" { Severity::Info } else { Severity::Error };
            plan.used(|column| column.ty.starts_with("<domain>"))
                .map(|column| (Code::TypeMismatch, plan.object(&column.name), severity(column)))
                .collect()
        },
    },
    Change {
        name: "drop a domain",
        prepare: |plan, at| {
            a_table(plan, at);
            plan.columns[at].ty = "<domain>";
        },
        ddl: |plan, _| format!("DROP DOMAIN {} CASCADE", plan.at(&plan.domain)),
        foretold: |plan, _| {
            plan.used(|column| column.ty.starts_with("<domain>"))
                .map(|column| (Code::MissingColumn, plan.object(&column.name), Severity::Error))
                .collect()
        },
    },
    Change {
        name: "rename a label",
        prepare: any_plan,
        ddl: |plan, _| {
            let (mood, label) =
                (plan.at(&plan.mood), literal(&plan.labels[plan.pick.index(plan.labels.len())]));
            format!("ALTER TYPE {mood} RENAME VALUE {label} TO 'another label'")
        },
        foretold: |plan, _| {
            let name = format!("{}.{}", plan.schema, plan.mood);
            [
                (
                    Code::UnknownLabel,
                    format!("{name}.{}", plan.labels[plan.pick.index(plan.labels.len())]),
                    Severity::Error,
                ),
                (Code::MissingLabel, format!("{name}.another label"), plan.risky()),
            ]
            .into()
        },
    },
    Change {
        name: "add a label",
        prepare: any_plan,
        ddl: |plan, _| format!("ALTER TYPE {} ADD VALUE 'another label'", plan.at(&plan.mood)),
        foretold: |plan, _| {
            one(Code::MissingLabel, format!("{}.{}.another label", plan.schema, plan.mood), plan.risky())
        },
    },
    Change {
        name: "rename an enum",
        prepare: |plan, at| plan.columns[at].ty = "<mood>",
        ddl: |plan, _| format!("ALTER TYPE {} RENAME TO \"another name\"", plan.at(&plan.mood)),
        foretold: |plan, _| {
            let columns = plan
                .used(|column| column.ty.starts_with("<mood>"))
                .map(|column| (Code::TypeMismatch, plan.object(&column.name), Severity::Error));
            columns
                .chain([(Code::MissingType, format!("{}.{}", plan.schema, plan.mood), Severity::Error)])
                .collect()
        },
    },
    Change {
        name: "drop an enum",
        prepare: |plan, at| {
            a_table(plan, at);
            plan.columns[at].ty = "<mood>";
        },
        ddl: |plan, _| format!("DROP TYPE {} CASCADE", plan.at(&plan.mood)),
        foretold: |plan, _| {
            let columns = plan
                .used(|column| column.ty.starts_with("<mood>"))
                .map(|column| (Code::MissingColumn, plan.object(&column.name), Severity::Error));
            columns
                .chain([(Code::MissingType, format!("{}.{}", plan.schema, plan.mood), Severity::Error)])
                .collect()
        },
    },
    Change {
        name: "make an enum a domain",
        prepare: |plan, _| {
            for column in &mut plan.columns {
                column.ty = if column.ty.starts_with("<mood>") { "text" } else { column.ty };
            }
        },
        ddl: |plan, _| {
            let mood = plan.at(&plan.mood);
            format!("DROP TYPE {mood} CASCADE; CREATE DOMAIN {mood} AS text")
        },
        foretold: |plan, _| {
            one(Code::TypeMismatch, format!("{}.{}", plan.schema, plan.mood), Severity::Error)
        },
    },
    Change {
        name: "move an enum that is named with its schema",
        prepare: |plan, at| {
            plan.columns[at].ty = "<mood>";
            plan.qualified = true;
        },
        ddl: move_mood,
        foretold: |plan, _| {
            let gone = (Code::MissingType, format!("{}.{}", plan.schema, plan.mood), Severity::Error);
            moved_mood(plan).chain([gone]).collect()
        },
    },
    Change {
        name: "move an enum that is named without its schema",
        prepare: |plan, at| {
            plan.columns[at].ty = "<mood>";
            plan.qualified = false;
        },
        ddl: move_mood,
        foretold: |plan, _| moved_mood(plan).collect(),
    },
    Change {
        name: "drop the relation",
        prepare: any_plan,
        ddl: |plan, _| match plan.kind {
            RelKind::View => format!("DROP VIEW {}", plan.relation()),
            RelKind::MaterializedView => format!("DROP MATERIALIZED VIEW {}", plan.relation()),
            _ => format!("DROP TABLE {}", plan.relation()),
        },
        foretold: gone,
    },
    Change {
        name: "rename the relation",
        prepare: any_plan,
        ddl: |plan, _| format!("ALTER TABLE {} RENAME TO \"another name\"", plan.relation()),
        foretold: gone,
    },
    Change {
        name: "move a relation that is named with its schema",
        prepare: |plan, _| plan.qualified = true,
        ddl: move_relation,
        foretold: gone,
    },
    Change {
        name: "move a relation that is named without its schema",
        prepare: |plan, _| plan.qualified = false,
        ddl: move_relation,
        foretold: elsewhere,
    },
    Change {
        name: "shadow a relation that is named with its schema",
        prepare: |plan, _| {
            plan.kind = RelKind::Table;
            plan.qualified = true;
            plan.other_first = true;
        },
        ddl: shadow,
        foretold: nothing,
    },
    Change {
        name: "shadow a relation that is named without its schema",
        prepare: |plan, _| {
            plan.kind = RelKind::Table;
            plan.qualified = false;
            plan.other_first = true;
        },
        ddl: shadow,
        foretold: elsewhere,
    },
    Change {
        name: "make a namesake behind the relation",
        prepare: |plan, _| {
            plan.qualified = false;
            plan.other_first = false;
        },
        ddl: |plan, _| format!("CREATE TABLE {}.{} ()", quote(&plan.other), quote(&plan.table)),
        foretold: nothing,
    },
    Change {
        name: "put a view in place of a table",
        prepare: a_table,
        ddl: |plan, _| {
            let (table, hidden) = (plan.relation(), plan.at("what it was"));
            format!(
                "ALTER TABLE {table} RENAME TO \"what it was\"; CREATE VIEW {table} AS SELECT * FROM {hidden}"
            )
        },
        foretold: |plan, _| kind_changed(plan),
    },
    Change {
        name: "put a table in place of a view",
        prepare: a_view,
        ddl: |plan, _| {
            let (table, base) = (plan.relation(), plan.at("the base of it"));
            let kind = if plan.kind == RelKind::View { "VIEW" } else { "MATERIALIZED VIEW" };
            format!("DROP {kind} {table}; CREATE TABLE {table} (LIKE {base})")
        },
        foretold: |plan, _| kind_changed(plan),
    },
    Change {
        name: "add a column",
        prepare: a_table,
        ddl: |plan, _| format!("ALTER TABLE {} ADD COLUMN \"another name\" text", plan.relation()),
        foretold: nothing,
    },
    Change {
        name: "add a required column",
        prepare: a_table,
        ddl: |plan, _| format!("ALTER TABLE {} ADD COLUMN \"another name\" text NOT NULL", plan.relation()),
        foretold: nothing,
    },
    Change {
        name: "add an index, a check and a key",
        prepare: a_table,
        ddl: |plan, _| {
            let table = plan.relation();
            format!(
                "ALTER TABLE {table} ADD COLUMN \"another name\" integer, ADD CONSTRAINT \"c'\" CHECK (\"another name\" > 0); \
                 CREATE INDEX \"i\"\"\" ON {table} ((\"another name\" + 1) DESC) WHERE \"another name\" > 5"
            )
        },
        foretold: nothing,
    },
    Change {
        name: "change a default",
        prepare: |plan, at| {
            a_table(plan, at);
            plan.columns[at].ty = "integer";
            plan.columns[at].extra = Extra::None;
        },
        ddl: |plan, at| {
            let column = &plan.columns[at];
            let change = if column.default { "DROP DEFAULT" } else { "SET DEFAULT 8" };
            format!("ALTER TABLE {} ALTER COLUMN {} {change}", plan.relation(), quote(&column.name))
        },
        foretold: nothing,
    },
    Change {
        name: "make a column an identity",
        prepare: |plan, at| {
            plan.kind = RelKind::Table;
            plan.columns[at].ty = "bigint";
            plan.columns[at].not_null = true;
            plan.columns[at].default = false;
            plan.columns[at].extra = Extra::None;
        },
        ddl: |plan, at| {
            let (table, column) = (plan.relation(), quote(&plan.columns[at].name));
            format!("ALTER TABLE {table} ALTER COLUMN {column} ADD GENERATED ALWAYS AS IDENTITY")
        },
        foretold: nothing,
    },
    Change {
        name: "add a partition",
        prepare: |plan, _| plan.kind = RelKind::PartitionedTable,
        ddl: |plan, _| {
            let part = plan.at("another part");
            format!("CREATE TABLE {part} PARTITION OF {} FOR VALUES FROM (1) TO (2)", plan.relation())
        },
        foretold: nothing,
    },
];
