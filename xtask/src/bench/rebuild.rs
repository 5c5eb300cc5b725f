//! What cargo does again when nothing changed, and when one relation did, in a workspace of three crates of models.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::models::{self, Attributes};
use super::project::{self, touch, write};
use super::{median, ms};
use crate::shell::{Result, cargo, root};

/// The crates, and the models of each.
const CRATES: [&str; 3] = ["orders", "people", "stock"];
const MODELS: usize = 50;
/// How often each is measured; the first round is not counted.
const ROUNDS: usize = 9;

/// What one `cargo check` took, and the crates that it looked into again.
struct Checked {
    took: Duration,
    crates: Vec<String>,
}

pub(super) fn run() -> Result<String> {
    let ours = project::folder("rebuild/models");
    let plain = project::folder("rebuild/plain");
    let unused = project::folder("rebuild/unused");
    let without: fn(&mut String, usize) = |source, at| models::model(source, at, &Attributes::default());
    write_workspace(&ours, models::schemacheck, true)?;
    write_workspace(&plain, without, false)?;
    write_workspace(&unused, without, true)?;
    let server = project::server()?;
    let ledger =
        "CREATE TABLE _sqlx_migrations (version bigint, description text, success bool, checksum bytea)";
    let database =
        project::database(&server, &format!("{}; {ledger}", models::schema(CRATES.len() * MODELS)))?;
    let mut client = database.connect().map_err(|error| error.to_string())?;
    let tool = project::tool()?;
    let snapshot = || project::snapshot(&tool, &database, &ours.join(".schemacheck"));
    snapshot()?;
    for workspace in [&ours, &plain, &unused] {
        check(workspace)?;
    }

    let mut has_note = false;
    let mut change_a_relation = || {
        has_note = !has_note;
        let action = if has_note { "ADD note text" } else { "DROP note" };
        // A table of the middle crate.
        let sql = format!("ALTER TABLE model{} {action}", MODELS + 7);
        client.batch_execute(&sql).map_err(|error| error.to_string())?;
        snapshot()
    };
    let mut migrations = database.connect().map_err(|error| error.to_string())?;
    let mut migrate = |version: usize| {
        let row = format!("INSERT INTO _sqlx_migrations VALUES ({version}, '', true, '')");
        migrations.batch_execute(&row).map_err(|error| error.to_string())?;
        snapshot()
    };
    let mut rows: [(&str, Vec<Checked>); 8] = [
        ("plain crates, nothing changed", Vec::new()),
        ("plain crates with schemacheck as an unused dependency, nothing changed", Vec::new()),
        ("crates of models, nothing changed", Vec::new()),
        ("crates of models, the same snapshot taken again", Vec::new()),
        ("crates of models, one relation changed in the snapshot", Vec::new()),
        ("crates of models, one source file touched", Vec::new()),
        ("crates of models, all three anew", Vec::new()),
        ("crates of models, one migration more in the ledger", Vec::new()),
    ];
    for round in 0..=ROUNDS {
        let mut checked = vec![check(&plain)?, check(&unused)?, check(&ours)?];
        snapshot()?;
        checked.push(check(&ours)?);
        change_a_relation()?;
        checked.push(check(&ours)?);
        touch(&ours.join(CRATES[1]).join("src/lib.rs"))?;
        checked.push(check(&ours)?);
        clean(&ours)?;
        checked.push(check(&ours)?);
        migrate(round + 1)?;
        checked.push(check(&ours)?);
        if round > 0 {
            for ((_, all), one) in rows.iter_mut().zip(checked) {
                all.push(one);
            }
        }
    }

    let mut text = format!(
        "`cargo check` of a workspace of {} crates of {MODELS} models of 20 columns, as a developer runs it: incremental, \
         debug macros, dependencies built. Beside it the same structs without schemacheck.\n\n\
         | | crates checked again | ms |\n|---|---|---|\n",
        CRATES.len()
    );
    let mut medians = Vec::new();
    for (what, checked) in &mut rows {
        let mut times: Vec<Duration> = checked.iter().map(|one| one.took).collect();
        let median = ms(median(&mut times));
        let _ = writeln!(text, "| {what} | {} | {median:.0} |", crates(checked)?);
        medians.push(median);
    }
    let _ = write!(
        text,
        "\n| ratio | measured |\n|---|---|\n\
         | nothing changed, to the plain crates | {:.2} |\n\
         | nothing changed, to the plain crates with the dependency | {:.2} |\n\
         | one relation changed, to all three anew | {:.2} |\n\n\
         What an unused dependency costs is cargo's own: it reads the manifests of four more packages. The models add \
         what the second ratio says.\n",
        medians[2] / medians[0],
        medians[2] / medians[1],
        medians[4] / medians[6]
    );
    Ok(text)
}

/// How many crates were checked and which; that differs between rounds if cargo, or a snapshot, is not what we think.
fn crates(checked: &[Checked]) -> Result<String> {
    let first = checked.first().ok_or("nothing was measured")?;
    if let Some(other) = checked.iter().find(|other| other.crates != first.crates) {
        return Err(format!("one round checked {:?}, another {:?}", first.crates, other.crates));
    }
    let names = first.crates.join("`, `");
    Ok(match first.crates.len() {
        0 => "0".to_owned(),
        all if all == CRATES.len() => all.to_string(),
        some => format!("{some}: `{names}`"),
    })
}

fn check(workspace: &Path) -> Result<Checked> {
    let mut command = command(workspace, "check");
    let begun = Instant::now();
    let output = command.output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let took = begun.elapsed();
    let stderr = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{command:?} failed:\n{stderr}"));
    }
    let names =
        stderr.lines().filter_map(|line| line.trim_start().strip_prefix("Checking ")?.split(' ').next());
    let mut crates: Vec<String> = names.filter(|name| CRATES.contains(name)).map(str::to_owned).collect();
    crates.sort_unstable();
    Ok(Checked { took, crates })
}

/// Forgets what was built of the three crates, not of their dependencies.
fn clean(workspace: &Path) -> Result<()> {
    let mut command = command(workspace, "clean");
    CRATES.iter().for_each(|name| {
        command.args(["--package", name]);
    });
    crate::shell::run(command.arg("--quiet"))
}

fn command(workspace: &Path, subcommand: &str) -> Command {
    let mut command = cargo();
    command
        .arg(subcommand)
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", workspace.join("target"))
        .env("CARGO_TERM_COLOR", "never")
        .env("SCHEMACHECK_BUILD", "enforce")
        .env_remove("CARGO_INCREMENTAL")
        .env_remove("SCHEMACHECK_DIR");
    command
}

fn write_workspace(workspace: &Path, model: fn(&mut String, usize), depends: bool) -> Result<()> {
    let here = root();
    let dependency = if depends { "schemacheck.workspace = true\n" } else { "" };
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {CRATES:?}\n\n[workspace.dependencies]\n\
         chrono = \"0.4\"\n\
         schemacheck = {{ path = {here:?}, features = [\"chrono\", \"serde_json\", \"uuid\"] }}\n\
         serde_json = \"1\"\n\
         uuid = \"1\"\n"
    );
    write(&workspace.join("Cargo.toml"), &manifest)?;
    for (nth, name) in CRATES.iter().enumerate() {
        let manifest = format!(
            "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             chrono.workspace = true\nserde_json.workspace = true\nuuid.workspace = true\n{dependency}"
        );
        write(&workspace.join(name).join("Cargo.toml"), &manifest)?;
        let mut source = String::from("#![allow(warnings)]\n");
        (nth * MODELS..(nth + 1) * MODELS).for_each(|at| model(&mut source, at));
        write(&workspace.join(name).join("src/lib.rs"), &source)?;
    }
    Ok(())
}
