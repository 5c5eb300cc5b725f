//! Files are changed only where version control can bring them back.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::directory::shown;
use crate::error::{Error, Result};

/// Refuses to change files that no repository holds, or that have changes that are not committed.
pub(super) fn check(folder: &Path, files: &[PathBuf], allow_dirty: bool, allow_no_vcs: bool) -> Result<()> {
    let git = || {
        let mut command = Command::new("git");
        command.arg("-C").arg(folder).stdin(Stdio::null()).stderr(Stdio::null());
        command
    };
    let inside = git().args(["rev-parse", "--is-inside-work-tree"]).output();
    if !inside.is_ok_and(|output| output.status.success() && output.stdout.starts_with(b"true")) {
        if allow_no_vcs {
            return Ok(());
        }
        return Err(Error::new(
            "no git repository holds this project, so what is written cannot be taken back",
        )
        .help("`--allow-no-vcs` writes all the same"));
    }
    if allow_dirty {
        return Ok(());
    }
    let output = git()
        .args(["status", "--porcelain", "--ignored=matching", "--untracked-files=all", "-z", "--"])
        .args(files)
        .output()
        .map_err(|error| Error::because("cannot run git", &error))?;
    if !output.status.success() {
        return Err(Error::new("`git status` failed"));
    }
    if output.stdout.is_empty() {
        return Ok(());
    }
    // Of two letters, a space, and the path from the root of the repository.
    let said = String::from_utf8_lossy(&output.stdout);
    let changed = |file: &&PathBuf| {
        let path = file.to_string_lossy().replace('\\', "/");
        said.split('\0').filter_map(|entry| entry.get(3..)).any(|entry| path.ends_with(&format!("/{entry}")))
    };
    let changed: Vec<String> =
        files.iter().filter(changed).map(|file| format!("`{}`", shown(file))).collect();
    let (n, list) =
        if changed.is_empty() { (2, "files".to_owned()) } else { (changed.len(), changed.join(", ")) };
    let has = if n == 1 { "has" } else { "have" };
    Err(Error::new(format!("{list} {has} changes that are not committed")).help(
        "commit them first, so that what is written can be told apart; `--allow-dirty` writes all the same",
    ))
}
