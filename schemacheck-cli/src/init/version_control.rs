//! Files are changed only where version control can bring them back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::directory::shown;
use crate::error::{Error, Result};

/// Refuses to change files that no repository holds, or that have changes that are not committed.
pub(super) fn check(files: &[PathBuf], allow_dirty: bool, allow_no_vcs: bool) -> Result<()> {
    // A submodule is a repository of its own, which the one around it says nothing of.
    let mut folders: BTreeMap<PathBuf, Vec<&PathBuf>> = BTreeMap::new();
    for file in files {
        let folder = file.parent().unwrap_or(Path::new("."));
        folders.entry(folder.to_owned()).or_default().push(file);
    }
    let mut of_repository: BTreeMap<PathBuf, Vec<&PathBuf>> = BTreeMap::new();
    for (folder, files) in folders {
        match repository(&folder)? {
            Some(root) => of_repository.entry(root).or_default().extend(files),
            None if allow_no_vcs => {}
            None => {
                return Err(Error::new(
                    "no git repository holds this project, so what is written cannot be taken back",
                )
                .help("`--allow-no-vcs` writes all the same"));
            }
        }
    }
    if allow_dirty {
        return Ok(());
    }
    let (mut changed, mut unheld) = (Vec::new(), Vec::new());
    for (root, files) in of_repository {
        for (status, path) in dirty(&root, &files)? {
            let place = format!("`{}`", shown(&path));
            if status == "??" || status == "!!" { unheld.push(place) } else { changed.push(place) }
        }
    }
    let problem = match (&changed[..], &unheld[..]) {
        ([], []) => return Ok(()),
        (changed @ [_, ..], []) => {
            let has = if changed.len() == 1 { "has" } else { "have" };
            format!("{} {has} changes that are not committed", changed.join(", "))
        }
        ([], unheld) => format!("git does not hold {}", unheld.join(", ")),
        (changed, unheld) => format!(
            "git does not hold {}, and holds other changes than these of {}",
            unheld.join(", "),
            changed.join(", ")
        ),
    };
    Err(Error::new(problem).help(
        "commit them first, so that what is written can be told apart; `--allow-dirty` writes all the same",
    ))
}

fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    // Its messages are read here.
    command.arg("-C").arg(folder).stdin(Stdio::null()).env("LC_ALL", "C");
    command
}

/// The root of the repository that holds a folder.
fn repository(folder: &Path) -> Result<Option<PathBuf>> {
    let Ok(output) = git(folder).args(["rev-parse", "--show-toplevel"]).output() else { return Ok(None) };
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        let root = String::from_utf8_lossy(&output.stdout);
        return Ok(Some(PathBuf::from(root.trim_end_matches(['\r', '\n']))));
    }
    // A repository that git does not want to look into is another thing than none.
    if said.contains("not a git repository") || said.trim().is_empty() {
        return Ok(None);
    }
    Err(failed(&said))
}

fn failed(said: &str) -> Error {
    Error::new(format!("git says: {}", said.trim().trim_start_matches("fatal: ")))
}

/// Those of the files of a repository that are not as they were committed, with git's two letters.
fn dirty(root: &Path, files: &[&PathBuf]) -> Result<Vec<(String, PathBuf)>> {
    let output = git(root)
        .args([
            "status",
            "--porcelain",
            "--no-renames",
            "--ignored=matching",
            "--untracked-files=all",
            "-z",
            "--",
        ])
        .args(files)
        .output()
        .map_err(|error| Error::because("cannot run git", &error))?;
    if !output.status.success() {
        return Err(failed(&String::from_utf8_lossy(&output.stderr)));
    }
    // Two letters, a space, and the path from the root of the repository; of a folder if all of it is ignored.
    let said = String::from_utf8_lossy(&output.stdout);
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let entry = |entry: &'_ str| -> Option<(String, PathBuf)> {
        Some((entry.get(..2)?.to_owned(), canonical(&root.join(entry.get(3..)?))))
    };
    let entries: Vec<(String, PathBuf)> = said.split('\0').filter_map(entry).collect();
    let status_of = |file: &PathBuf| {
        let of = canonical(file);
        entries.iter().find(|(_, path)| of.starts_with(path)).map(|(status, _)| status.clone())
    };
    let found: Vec<_> = files.iter().filter_map(|file| Some((status_of(file)?, (*file).clone()))).collect();
    if found.is_empty() && !entries.is_empty() {
        return Err(Error::new("`git status` names files that nothing here asked for"));
    }
    Ok(found)
}
