//! The pages of `docs/` that are generated: by `cargo xtask bless`, and held current by tests.

use crate::shell::{Result, root};

mod codes;
mod types;

/// A page's path from the repository's root, and what makes its text.
type Page = (&'static str, fn() -> String);

const PAGES: &[Page] = &[("docs/codes.md", codes::text), ("docs/types.md", types::text)];

/// Writes them all.
pub(crate) fn write() -> Result<()> {
    for (path, text) in PAGES {
        println!("xtask: {path}");
        std::fs::write(root().join(path), text()).map_err(|error| format!("cannot write {path}: {error}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_are_current() {
        for (path, text) in PAGES {
            let page = std::fs::read_to_string(root().join(path)).unwrap_or_default();
            assert!(
                page == text(),
                "{path} is not what it is made of: run `cargo xtask bless` and commit it"
            );
        }
    }
}
