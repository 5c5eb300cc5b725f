//! `cargo xtask demo`: the main job on a throwaway PostgreSQL, told step by step.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use schemacheck_scratch::{Database, Server};

use crate::postgres;
use crate::shell::{self, Result, cargo, root};

/// Where the example stands.
const EXAMPLE: &str = "examples/notifications";

pub(crate) fn run() -> Result<()> {
    let binaries = postgres::find_or_install()?;
    say("Building the command line and the example service (the first time takes a minute).");
    shell::run(cargo().args([
        "build",
        "--quiet",
        "--package",
        "schemacheck-cli",
        "--package",
        "notifications",
    ]))?;
    let server = Server::start().map_err(|error| error.to_string())?;
    let database = server.create_database().map_err(|error| error.to_string())?;

    say("1. A fresh PostgreSQL is running. The service's migrations create its tables.");
    shell::run(&mut in_example(Command::new("./migrate.sh"), &database, &binaries))?;

    say("2. The snapshot: what the database looks like, as files that are committed beside the code.");
    shell::run(in_example(tool("cargo-schemacheck"), &database, &binaries).arg("snapshot"))?;

    say(
        "3. The service is asked to notify, the same event twice. Each time its guard verifies the live database.",
    );
    for email in ["ada@example.org", "grace@example.org", "ada@example.org"] {
        let words = ["enqueue", email, "your report is ready", "report-7"];
        expect(service(&database, &binaries, &words)?, 0, "the service")?;
    }
    say("   Its worker sends what waits.");
    expect(service(&database, &binaries, &[])?, 0, "the service")?;
    holds(&database, "SELECT count(*) = 2 AND bool_and(sent_at IS NOT NULL) FROM notifications")?;

    say(
        "4. Somebody drops `source_type` by hand, and the constraint that the service's `ON CONFLICT` relies on. \
         The migration ledger still says that all is applied.",
    );
    execute(
        &database,
        "ALTER TABLE notifications DROP COLUMN source_type, DROP CONSTRAINT notifications_event_key; \
         INSERT INTO notifications (user_id, message) SELECT id, 'your report is late' FROM users",
    )?;
    holds(&database, "SELECT count(*) = 5 AND bool_and(success) FROM _sqlx_migrations")?;
    say("   The service starts again, and refuses before its worker runs (exit status 78):");
    expect(service(&database, &binaries, &[])?, 78, "the service")?;
    holds(&database, "SELECT count(*) = 2 FROM notifications WHERE sent_at IS NULL")?;

    say("5. The release check says the same of the built program, without running it:");
    let verify = tool("cargo-schemacheck");
    let status = shell::status(in_example(verify, &database, &binaries).args([
        "verify".as_ref(),
        "--artifact".as_ref(),
        target().join("notifications").as_os_str(),
    ]))?;
    expect(status, 1, "verify")?;

    say("6. A copy of the service with a misspelt column does not even build:");
    let copy = misspelt_copy()?;
    let status = shell::status(
        cargo().args(["build", "--quiet", "--target-dir"]).arg(root().join("target")).current_dir(&copy),
    )?;
    if status.success() {
        return Err("the misspelt copy was built".into());
    }
    std::fs::remove_dir_all(&copy).map_err(|error| format!("cannot remove {}: {error}", copy.display()))?;
    say(
        "That is the whole job: the build, the release and the start each stop when code and database disagree.",
    );
    Ok(())
}

fn say(text: &str) {
    println!("\n\x1b[1m{text}\x1b[0m");
}

/// Where cargo puts what the demo builds.
fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("debug")
}

fn tool(name: &str) -> Command {
    Command::new(target().join(name))
}

/// Runs in the example's folder, against the scratch database, with `psql` in the path.
fn in_example(command: Command, database: &Database<'_>, binaries: &Path) -> Command {
    let mut command = command;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path =
        std::env::join_paths(std::env::split_paths(&path).chain([binaries.to_owned()])).unwrap_or(path);
    shell::lead_to(command.current_dir(root().join(EXAMPLE)).env("PATH", path), database);
    command
}

fn service(database: &Database<'_>, binaries: &Path, words: &[&str]) -> Result<ExitStatus> {
    shell::status(in_example(tool("notifications"), database, binaries).args(words))
}

fn execute(database: &Database<'_>, sql: &str) -> Result<()> {
    let mut client = database.connect().map_err(|error| error.to_string())?;
    client.batch_execute(sql).map_err(|error| format!("`{sql}` failed: {error}"))
}

/// What the story says of the database is looked up.
fn holds(database: &Database<'_>, sql: &str) -> Result<()> {
    let mut client = database.connect().map_err(|error| error.to_string())?;
    let row = client.query_one(sql, &[]).map_err(|error| format!("`{sql}` failed: {error}"))?;
    if row.get(0) { Ok(()) } else { Err(format!("`{sql}` does not hold")) }
}

fn expect(status: ExitStatus, code: i32, what: &str) -> Result<()> {
    match status.code() {
        Some(found) if found == code => Ok(()),
        _ => Err(format!("{what} ended with {status}, and {code} was to be expected")),
    }
}

/// A copy of the example, a package of its own, in which one field names a column that does not exist.
fn misspelt_copy() -> Result<PathBuf> {
    let copy = root().join("target").join("demo").join("notifications");
    let failed = |error: std::io::Error| format!("cannot copy the example: {error}");
    copy_folder(&root().join(EXAMPLE), &copy).map_err(failed)?;
    let manifest = std::fs::read_to_string(copy.join("Cargo.toml")).map_err(failed)?;
    let facade = root().display().to_string();
    let manifest = manifest
        .replace("edition.workspace = true", "edition = \"2024\"")
        .replace("rust-version.workspace = true", "")
        .replace("license.workspace = true", "")
        .replace("postgres = { workspace = true,", "postgres = { version = \"0.19.10\",")
        .replace("schemacheck = { workspace = true,", &format!("schemacheck = {{ path = {facade:?},"));
    std::fs::write(copy.join("Cargo.toml"), manifest + "\n[workspace]\n").map_err(failed)?;
    std::fs::copy(root().join("Cargo.lock"), copy.join("Cargo.lock")).map_err(failed)?;
    let models = copy.join("src/models.rs");
    let text = std::fs::read_to_string(&models).map_err(failed)?;
    let misspelt =
        text.replace("#[schemacheck(column = \"source_type\")]", "#[schemacheck(column = \"source_tpye\")]");
    if misspelt == text {
        return Err("the example has no column to misspell".into());
    }
    std::fs::write(&models, misspelt).map_err(failed)?;
    Ok(copy)
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
