//! Snapshots by the command line: nothing differs where nothing was changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use schemacheck_core::QualifiedName;

use super::suite::Suite;
use super::{alarms, clean, failed, output, report, say, target};
use crate::shell::Result;

/// The command line, as a user has it.
pub(super) fn tool(suite: &Suite, directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(target().join("debug/cargo-schemacheck"));
    clean(&mut command);
    command.arg("schemacheck").args(arguments);
    command.env("SCHEMACHECK_DIR", directory).env("DATABASE_URL", suite.url());
    command
}

/// Takes the snapshot twice; both are the same, comparing finds nothing, and taking it again touches no file.
pub(super) fn take(folder: &Path, suite: &Suite, include: &[QualifiedName]) -> Result<PathBuf> {
    let include: Vec<String> =
        include.iter().flat_map(|name| ["--include".to_owned(), name.to_string()]).collect();
    let directories = ["first", "second"].map(|name| folder.join("models").join(name));
    for directory in &directories {
        if directory.exists() {
            fs::remove_dir_all(directory).map_err(failed("remove", directory))?;
        }
        fs::create_dir_all(directory).map_err(failed("create", directory))?;
        output(tool(suite, directory, &["snapshot"]).args(&include))?;
    }
    let [first, second] = directories;
    let files = files(&first)?;
    let texts = |files: &BTreeMap<PathBuf, (SystemTime, Vec<u8>)>| {
        files.iter().map(|(path, (_, text))| (path.clone(), text.clone())).collect::<BTreeMap<_, _>>()
    };
    let (one, two) = (texts(&files), texts(&self::files(&second)?));
    let differs = |path: &&PathBuf| one.get(*path) != two.get(*path);
    let paths: BTreeSet<&PathBuf> = one.keys().chain(two.keys()).collect();
    let wrong: Vec<String> =
        paths.iter().copied().filter(differs).map(|path| path.display().to_string()).collect();
    report("two snapshots differ", &wrong)?;

    // What is remembered is not told again.
    let said = output(&mut tool(suite, &first, &["snapshot", "--check"]))?;
    report("the snapshot differs from the database that it was taken of", &alarms(&said))?;
    output(&mut tool(suite, &first, &["snapshot"]))?;
    if self::files(&first)? != files {
        return Err("taking a snapshot again touches files".into());
    }
    say(&format!(
        "snapshot: {} files, twice the same; --check finds nothing; taken again, no file is touched",
        files.len()
    ));
    Ok(first)
}

/// The same schema in another database, without gaps of dropped columns and with other oids, makes the same snapshot.
pub(super) fn restored(folder: &Path, suite: &Suite) -> Result<()> {
    let url = suite.restore(&folder.join("dump.sql"))?;
    let mut command = tool(suite, &folder.join("models/first"), &["snapshot", "--check"]);
    let said = output(command.env("DATABASE_URL", url))?;
    // A dump puts columns of a parent first.
    let alarms: Vec<String> =
        alarms(&said).into_iter().filter(|line| !line.contains("has another column order")).collect();
    report("a restored dump differs", &alarms)?;
    say("a restored dump makes the same snapshot, but for the order of columns");
    Ok(())
}

/// Every file below a directory, with its time of change.
fn files(directory: &Path) -> Result<BTreeMap<PathBuf, (SystemTime, Vec<u8>)>> {
    let mut found = BTreeMap::new();
    let mut open = vec![directory.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(failed("read", &folder))? {
            let path = entry.map_err(failed("read", &folder))?.path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let time = path.metadata().and_then(|meta| meta.modified()).map_err(failed("read", &path))?;
            let text = fs::read(&path).map_err(failed("read", &path))?;
            let name = path.strip_prefix(directory).unwrap_or(&path).to_owned();
            found.insert(name, (time, text));
        }
    }
    Ok(found)
}
