//! What a model costs the compiler, beside the derives of sqlx, serde, diesel and sea-orm on the same structs.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::models::{
    Attributes, COLUMNS, SHARE, model, schema, schemacheck, schemacheck_flattened, schemacheck_mixed,
};
use super::project::{self, touch, write};
use super::{median, ms, time};
use crate::shell::{Result, cargo, root};

/// How many models the cheap variants have.
const MODELS: usize = 500;
/// How many the dear ones have, which are compared with `clone` of as many.
const FEW_MODELS: usize = 100;
/// How often each is measured.
const ROUNDS: usize = 5;
const FEW_ROUNDS: usize = 3;

/// One crate of models.
struct Variant {
    name: &'static str,
    /// What stands in the table.
    what: &'static str,
    models: usize,
    dependencies: &'static [&'static str],
    write: fn(&mut String, usize),
}

const CLONE: &str = "clone";

const VARIANTS: &[Variant] = &[
    Variant { name: CLONE, what: "`derive(Clone)`", models: MODELS, dependencies: &[], write: clone },
    Variant {
        name: "schemacheck",
        what: "**`schemacheck::Model`**",
        models: MODELS,
        dependencies: &["schemacheck"],
        write: schemacheck,
    },
    Variant {
        name: "sqlx-from-row",
        what: "`sqlx::FromRow`",
        models: MODELS,
        dependencies: &["sqlx"],
        write: sqlx_from_row,
    },
    Variant {
        name: "serde",
        what: "`serde::Deserialize`",
        models: MODELS,
        dependencies: &["serde"],
        write: serde,
    },
    Variant {
        name: "diesel-queryable",
        what: "diesel `Queryable` alone",
        models: MODELS,
        dependencies: &["diesel"],
        write: diesel_queryable,
    },
];

/// Every fifth flattens a struct of two columns, every fourth inserts, and every third has an enum in a column of text.
const MIXED: &[Variant] = &[
    Variant {
        name: "clone-mixed",
        what: "`derive(Clone)`",
        models: MODELS,
        dependencies: &[],
        write: clone_mixed,
    },
    Variant {
        name: "schemacheck-mixed",
        what: "**`schemacheck::Model`**, mixed",
        models: MODELS,
        dependencies: &["schemacheck"],
        write: schemacheck_mixed,
    },
    Variant {
        name: "sqlx-mixed",
        what: "`sqlx::FromRow`, mixed",
        models: MODELS,
        dependencies: &["sqlx"],
        write: sqlx_mixed,
    },
    Variant {
        name: "serde-mixed",
        what: "`serde::Deserialize`, mixed",
        models: MODELS,
        dependencies: &["serde"],
        write: serde_mixed,
    },
];

/// What a flattened struct costs is the difference of these: small, so each model has one, and they take more turns.
const FLATTENED: &[Variant] = &[
    Variant {
        name: "clone-flattened",
        what: "`derive(Clone)`",
        models: MODELS,
        dependencies: &[],
        write: clone_mixed,
    },
    Variant {
        name: "schemacheck-flattened",
        what: "**`schemacheck::Model`**, each with a `flatten`",
        models: MODELS,
        dependencies: &["schemacheck"],
        write: schemacheck_flattened,
    },
    Variant {
        name: "schemacheck-inline",
        what: "**`schemacheck::Model`**, the same with the columns in place",
        models: MODELS,
        dependencies: &["schemacheck"],
        write: schemacheck_inline,
    },
];
const FLATTENED_ROUNDS: usize = 9;

const DEAR: &[Variant] = &[
    Variant {
        name: "clone-few",
        what: "`derive(Clone)`",
        models: FEW_MODELS,
        dependencies: &[],
        write: clone,
    },
    Variant {
        name: "diesel-table",
        what: "diesel `table!`, `Queryable`, `Selectable`",
        models: FEW_MODELS,
        dependencies: &["diesel"],
        write: diesel_table,
    },
    Variant {
        name: "sea-orm-entity",
        what: "sea-orm `DeriveEntityModel`",
        models: FEW_MODELS,
        dependencies: &["sea-orm"],
        write: sea_orm,
    },
    Variant {
        name: "sqlx-query-as",
        what: "`sqlx::query_as!` offline, a query a model",
        models: FEW_MODELS,
        dependencies: &["sqlx"],
        write: sqlx_query_as,
    },
];

/// How the crates are checked.
struct Setting {
    what: &'static str,
    incremental: bool,
    optimised: bool,
}

const SETTINGS: &[Setting] = &[
    Setting { what: "whole crate, debug macros", incremental: false, optimised: false },
    Setting { what: "touched, debug macros", incremental: true, optimised: false },
    Setting { what: "whole crate, optimised macros", incremental: false, optimised: true },
    Setting { what: "touched, optimised macros", incremental: true, optimised: true },
];

pub(super) fn run() -> Result<String> {
    let workspace = project::folder("compile");
    write_workspace(&workspace)?;
    let server = project::server()?;
    let database = project::database(&server, &schema(MODELS))?;
    for name in ["schemacheck", "schemacheck-mixed", "schemacheck-flattened", "schemacheck-inline"] {
        project::snapshot(&project::tool()?, &database, &workspace.join(name).join(".schemacheck"))?;
    }
    // sqlx's macros write what they learnt of each query into this directory, and read it when offline.
    let offline = workspace.join("sqlx-query-as/.sqlx");
    std::fs::create_dir_all(&offline).map_err(|error| error.to_string())?;
    crate::shell::run(
        check(&workspace, "sqlx-query-as", &SETTINGS[0])
            .env("DATABASE_URL", database.url())
            .env("SQLX_OFFLINE", "false")
            .env("SQLX_OFFLINE_DIR", &offline),
    )?;

    let mut text = String::from(
        "Milliseconds of processor time a model over `derive(Clone)`: `cargo check`, dependencies warm, structs of 20 \
         columns with an enum, a newtype and seven options; medians, the variants taking turns.\n\n",
    );
    let mut header = String::from("| |");
    for setting in SETTINGS {
        let _ = write!(header, " {} |", setting.what);
    }
    let _ = writeln!(text, "{header}\n|---|{}", "---|".repeat(SETTINGS.len()));
    let (mut ratios, mut flatten) = (String::new(), String::new());
    for (variants, rounds) in
        [(VARIANTS, ROUNDS), (MIXED, ROUNDS), (FLATTENED, FLATTENED_ROUNDS), (DEAR, FEW_ROUNDS)]
    {
        let mut costs = vec![Vec::new(); variants.len()];
        let mut flattened = Vec::new();
        for setting in SETTINGS {
            let mut times = measure(&workspace, variants, setting, rounds)?;
            // Those that took turns beside each other met the same machine.
            let of =
                |name: &str| variants.iter().position(|variant| variant.name == name).map(|at| &times[at]);
            if let (Some(with), Some(without)) = (of("schemacheck-flattened"), of("schemacheck-inline")) {
                flattened.push(median_difference(with, without) / MODELS as f64);
            }
            let medians: Vec<Duration> = times.iter_mut().map(|times| median(times)).collect();
            for (variant, median) in variants.iter().zip(&medians) {
                println!("xtask:   {:20} {:8.0} ms", variant.name, ms(*median));
            }
            for (at, cost) in costs.iter_mut().enumerate() {
                cost.push((ms(medians[at]) - ms(medians[0])) / variants[at].models as f64);
            }
        }
        for (variant, cost) in variants.iter().zip(&costs).skip(1) {
            let _ = write!(text, "| {} ({} models) |", variant.what, variant.models);
            for cost in cost {
                let _ = write!(text, " {cost:.2} |");
            }
            text.push('\n');
        }
        let cost_of = |name: &str| variants.iter().position(|v| v.name == name).map(|at| &costs[at]);
        for (ours, sqlx, serde, of) in [
            ("schemacheck", "sqlx-from-row", "serde", ""),
            ("schemacheck-mixed", "sqlx-mixed", "serde-mixed", ", mixed"),
        ] {
            let (Some(ours), Some(sqlx), Some(serde)) = (cost_of(ours), cost_of(sqlx), cost_of(serde)) else {
                continue;
            };
            for (peer, costs, bound) in
                [("sqlx::FromRow", sqlx, "0.6"), ("serde::Deserialize", serde, "0.15")]
            {
                let _ = write!(ratios, "| of `{peer}`{of} (bound {bound}) |");
                for (ours, theirs) in ours.iter().zip(costs) {
                    let _ = write!(ratios, " {:.2} |", ours / theirs);
                }
                ratios.push('\n');
            }
        }
        if !flattened.is_empty() {
            flatten.push_str("| a `flatten` more, median of the differences (bound 2 ms) |");
            for more in flattened {
                let _ = write!(flatten, " {more:.2} ms |");
            }
            flatten.push('\n');
        }
    }
    let _ = write!(
        text,
        "\nMixed: every fifth model flattens a struct of two columns, every fourth inserts, every third has an enum in a \
         column of text.\n\nschemacheck's cost as a ratio:\n\n{header}\n|---|{}\n{ratios}{flatten}",
        "---|".repeat(SETTINGS.len())
    );
    Ok(text)
}

/// The median of what the first takes longer, in milliseconds, turn by turn.
fn median_difference(with: &[Duration], without: &[Duration]) -> f64 {
    let mut differences: Vec<f64> =
        with.iter().zip(without).map(|(with, without)| ms(*with) - ms(*without)).collect();
    differences.sort_by(f64::total_cmp);
    differences[differences.len() / 2]
}

/// The times of each variant, which take turns.
fn measure(
    workspace: &Path,
    variants: &[Variant],
    setting: &Setting,
    rounds: usize,
) -> Result<Vec<Vec<Duration>>> {
    println!("xtask: {}", setting.what);
    let mut times = vec![Vec::with_capacity(rounds); variants.len()];
    for round in 0..=rounds {
        for (variant, times) in variants.iter().zip(&mut times) {
            let source = workspace.join(variant.name).join("src/lib.rs");
            touch(&source)?;
            let time = cpu_time(|| crate::shell::run(&mut check(workspace, variant.name, setting)))?;
            // The first round builds the dependencies.
            if round > 0 {
                times.push(time);
            }
        }
    }
    Ok(times)
}

/// The processor time of what a closure runs and waits for: unlike the clock it does not count what others do on the
/// machine. Where the system does not say, the clock's.
fn cpu_time(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let before = children_time();
    let elapsed = time(work)?;
    Ok(match (before, children_time()) {
        (Some(before), Some(after)) => after - before,
        _ => elapsed,
    })
}

/// The processor time of all children that were waited for, from `/proc/self/stat`, to a hundredth of a second.
fn children_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, which is the second field, may hold spaces. `cutime` and `cstime` are fields 16 and 17.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks(13)? + ticks(14)?) * 10))
}

fn check(workspace: &Path, name: &str, setting: &Setting) -> Command {
    let mut command = cargo();
    let target = if setting.optimised { "target-optimised" } else { "target" };
    command
        .args(["check", "--quiet", "--package", &format!("bench-{name}")])
        .current_dir(workspace)
        .env("CARGO_INCREMENTAL", if setting.incremental { "1" } else { "0" })
        .env("CARGO_TARGET_DIR", workspace.join(target))
        .env("CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL", if setting.optimised { "3" } else { "0" })
        .env("SQLX_OFFLINE", "true")
        .env("SCHEMACHECK_BUILD", "enforce")
        .env_remove("DATABASE_URL");
    command
}

fn write_workspace(workspace: &Path) -> Result<()> {
    let here = root();
    let mut manifest = String::from("[workspace]\nresolver = \"3\"\nmembers = [\n");
    for variant in VARIANTS.iter().chain(MIXED).chain(FLATTENED).chain(DEAR) {
        let _ = writeln!(manifest, "    \"{}\",", variant.name);
    }
    let _ = writeln!(
        manifest,
        "]\n\n[workspace.dependencies]\n\
         chrono = {{ version = \"0.4\", features = [\"serde\"] }}\n\
         diesel = {{ version = \"2.3\", default-features = false, features = [\"postgres_backend\", \"32-column-tables\", \"chrono\", \"uuid\", \"serde_json\"] }}\n\
         schemacheck = {{ path = {here:?}, features = [\"chrono\", \"serde_json\", \"uuid\"] }}\n\
         sea-orm = {{ version = \"2.0\", default-features = false, features = [\"macros\", \"with-chrono\", \"with-json\", \"with-uuid\", \"postgres-array\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n\
         serde_json = \"1\"\n\
         sqlx = {{ version = \"0.9\", default-features = false, features = [\"postgres\", \"runtime-tokio\", \"derive\", \"macros\", \"chrono\", \"uuid\", \"json\"] }}\n\
         uuid = {{ version = \"1\", features = [\"serde\"] }}"
    );
    write(&workspace.join("Cargo.toml"), &manifest)?;
    for variant in VARIANTS.iter().chain(MIXED).chain(FLATTENED).chain(DEAR) {
        let folder = workspace.join(variant.name);
        let mut manifest = format!(
            "[package]\nname = \"bench-{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             chrono.workspace = true\nserde_json.workspace = true\nuuid.workspace = true\n",
            variant.name
        );
        for dependency in variant.dependencies {
            let _ = writeln!(manifest, "{dependency}.workspace = true");
        }
        write(&folder.join("Cargo.toml"), &manifest)?;
        let mut source = String::from("#![recursion_limit = \"256\"]\n#![allow(warnings)]\n");
        for at in 0..variant.models {
            (variant.write)(&mut source, at);
        }
        write(&folder.join("src/lib.rs"), &source)?;
    }
    Ok(())
}

fn clone(source: &mut String, at: usize) {
    model(source, at, &Attributes::default());
}

/// What sqlx needs on newtypes and enums, for `FromRow` and for queries.
fn sqlx_attributes(at: usize, derive: &str) -> Attributes {
    Attributes {
        model: derive.to_owned(),
        newtype: "#[derive(sqlx::Type)]\n#[sqlx(transparent)]",
        an_enum: format!(
            "#[derive(sqlx::Type)]\n#[sqlx(type_name = \"kind{}\", rename_all = \"snake_case\")]",
            at / SHARE
        ),
        ..Attributes::default()
    }
}

fn clone_mixed(source: &mut String, at: usize) {
    model(source, at, &Attributes { flatten: Some(("", "")), state: Some(""), ..Attributes::default() });
}

fn schemacheck_inline(source: &mut String, at: usize) {
    let mut text = String::new();
    schemacheck_flattened(&mut text, at);
    // The same items, with the two columns where the flattened struct was.
    let fields = "pub created_at: chrono::DateTime<chrono::Utc>,\n    \
                  pub updated_at: Option<chrono::DateTime<chrono::Utc>>,";
    let flattened = format!("#[schemacheck(flatten)]\n    pub times: Times{},", at / SHARE);
    source.push_str(&text.replace(&flattened, fields));
}

fn sqlx_mixed(source: &mut String, at: usize) {
    let attributes = Attributes {
        flatten: Some(("#[derive(sqlx::FromRow)]", "#[sqlx(flatten)]")),
        state: Some("#[derive(sqlx::Type)]\n#[sqlx(type_name = \"text\", rename_all = \"snake_case\")]"),
        ..sqlx_attributes(at, "#[derive(sqlx::FromRow)]")
    };
    model(source, at, &attributes);
}

fn serde_mixed(source: &mut String, at: usize) {
    let derive = "#[derive(serde::Deserialize)]";
    let attributes = Attributes {
        model: derive.to_owned(),
        newtype: derive,
        an_enum: derive.to_owned(),
        flatten: Some((derive, "#[serde(flatten)]")),
        flattens: None,
        state: Some(derive),
    };
    model(source, at, &attributes);
}

fn sqlx_from_row(source: &mut String, at: usize) {
    model(source, at, &sqlx_attributes(at, "#[derive(sqlx::FromRow)]"));
}

fn sqlx_query_as(source: &mut String, at: usize) {
    let k = at / SHARE;
    model(source, at, &sqlx_attributes(at, ""));
    let columns: Vec<String> = COLUMNS
        .iter()
        .map(|(name, ..)| match *name {
            "id" => format!("id AS \"id: Id{k}\""),
            "kind" => format!("kind AS \"kind: Kind{k}\""),
            name => name.to_owned(),
        })
        .collect();
    let _ = writeln!(
        source,
        "pub async fn query{at}(db: &sqlx::PgPool) -> sqlx::Result<Vec<Model{at}>> {{\n    \
         sqlx::query_as!(Model{at}, r#\"SELECT {} FROM model{at}\"#).fetch_all(db).await\n}}",
        columns.join(", ")
    );
}

fn serde(source: &mut String, at: usize) {
    let derive = "#[derive(serde::Deserialize)]";
    let attributes = Attributes {
        model: derive.to_owned(),
        newtype: derive,
        an_enum: derive.to_owned(),
        ..Attributes::default()
    };
    model(source, at, &attributes);
}

fn diesel_queryable(source: &mut String, at: usize) {
    let attributes = Attributes { model: "#[derive(diesel::Queryable)]".to_owned(), ..Attributes::default() };
    model(source, at, &attributes);
}

fn diesel_table(source: &mut String, at: usize) {
    let columns: Vec<String> =
        COLUMNS.iter().map(|(name, _, _, diesel)| format!("        {name} -> {diesel},\n")).collect();
    let _ = writeln!(source, "diesel::table! {{\n    model{at} (id) {{\n{}    }}\n}}", columns.concat());
    let attributes = Attributes {
        model: format!("#[derive(diesel::Queryable, diesel::Selectable)]\n#[diesel(table_name = model{at})]"),
        ..Attributes::default()
    };
    model(source, at, &attributes);
}

/// Plain types for newtype and enum: sea-orm's own derives for them would come on top.
fn sea_orm(source: &mut String, at: usize) {
    let _ = writeln!(
        source,
        "pub mod model{at} {{\n    use sea_orm::entity::prelude::*;\n    \
         #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]\n    #[sea_orm(table_name = \"model{at}\")]\n    \
         pub struct Model {{"
    );
    for (name, _, rust, _) in COLUMNS {
        let rust = match *name {
            "id" => "#[sea_orm(primary_key)] pub id: i64".to_owned(),
            "kind" => "pub kind: String".to_owned(),
            name => format!("pub {name}: {rust}"),
        };
        let _ = writeln!(source, "        {rust},");
    }
    source.push_str(
        "    }\n    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]\n    pub enum Relation {}\n    \
         impl ActiveModelBehavior for ActiveModel {}\n}\n",
    );
}
