//! What a `Cargo.toml` says of its workspace, as far as it decides whose snapshot is whose. cargo is not asked: an
//! expansion starts no program. What is not found here counts as not said, so a spelling that nobody uses makes a member
//! at worst.

use std::path::Path;

/// Whether it is the root of a workspace.
pub(super) fn is_root(manifest: &str) -> bool {
    manifest.lines().filter_map(table).any(|name| name == "workspace" || name.starts_with("workspace."))
}

/// Whether it keeps a package out of its workspace, whose path below it is this one. As cargo has it, what is listed as a
/// member is one.
pub(super) fn excludes(manifest: &str, package: &Path) -> bool {
    let lists = |key: &str| {
        let paths = list(manifest, key);
        paths.iter().any(|path| package.starts_with(path.strip_prefix("./").unwrap_or(path)))
    };
    lists("exclude") && !lists("members")
}

/// The name of the table that a line begins.
fn table(line: &str) -> Option<&str> {
    let line = line.trim_start().strip_prefix('[')?;
    Some(line.split(']').next().unwrap_or_default().trim())
}

/// The texts of a list in the table `workspace`.
fn list(manifest: &str, key: &str) -> Vec<String> {
    let mut lines = manifest.lines().skip_while(|line| table(line) != Some("workspace")).skip(1);
    let mut value = String::new();
    for line in lines.by_ref().take_while(|line| table(line).is_none()) {
        let after = line.trim_start().strip_prefix(key).and_then(|rest| rest.trim_start().strip_prefix('='));
        if value.is_empty() && after.is_none() {
            continue;
        }
        value.push_str(after.unwrap_or(line));
        value.push('\n');
        if texts(&value).1 {
            break;
        }
    }
    texts(&value).0
}

/// The quoted texts up to the end of a list, and whether that is there.
fn texts(value: &str) -> (Vec<String>, bool) {
    let mut found = Vec::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\'' => found.push(chars.by_ref().take_while(|next| *next != c).collect()),
            '#' => drop(chars.by_ref().find(|next| *next == '\n')),
            ']' => return (found, true),
            _ => {}
        }
    }
    (found, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_a_workspace_has_its_table() {
        for root in
            ["[workspace]", "[package]\nname = 'a'\n\n [workspace] # fuzz", "[workspace.dependencies]\r\n"]
        {
            assert!(is_root(root), "{root}");
        }
        for package in
            ["", "[package]\nversion.workspace = true", "# [workspace]", "[package.metadata.workspace]"]
        {
            assert!(!is_root(package), "{package}");
        }
    }

    #[test]
    fn what_is_excluded_is_no_member_unless_it_is_listed() {
        let excludes = |manifest: &str, path| super::excludes(manifest, Path::new(path));
        let fuzz = "[workspace]\nmembers = [\n  \"a\", # the ]\n  \"b/c\",\n]\nexclude = [\"fuzz\", './b/',\n]\n[x]\nexclude = ['d']";
        assert!(excludes(fuzz, "fuzz") && excludes(fuzz, "fuzz/deep") && excludes(fuzz, "b/d"));
        assert!(
            !excludes(fuzz, "fuzzy")
                && !excludes(fuzz, "b/c")
                && !excludes(fuzz, "a")
                && !excludes(fuzz, "d")
        );
        // Of a package it means which files are packaged.
        assert!(!excludes("[package]\nexclude = ['fuzz']\n[workspace]", "fuzz"));
        assert!(!excludes("[workspace]\nexcluded = ['fuzz']\nexclude = [", "fuzz"));
    }
}
