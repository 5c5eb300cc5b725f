//! What the repository promises of itself: codes, pages, cases and recorded messages belong together.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

/// What the page of a code says that nothing reports yet.
const LATER: &str = "This version does not report it yet";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file below a folder with this ending.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn text_of(files: &[PathBuf]) -> String {
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

#[test]
fn every_code_that_is_reported_has_a_unit_test_and_a_case() {
    let wording = text_of(&files("schemacheck-core/src/finding", ".rs"));
    let units =
        text_of(&files("schemacheck-core/src", ".rs")) + &text_of(&files("schemacheck-runtime/src", ".rs"));
    let cases = text_of(&files("ui-tests/fail", ".stderr"))
        + &text_of(&files("schemacheck-cli/tests", ".rs"))
        + &text_of(&files("tests", ".rs"));
    for code in schemacheck::Code::ALL {
        let variant: String =
            code.id().split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        let is_worded =
            wording.contains(&format!("Code::{variant},")) || wording.contains(&format!("Code::{variant})"));
        let later = code.page().contains(LATER);
        assert_eq!(
            is_worded, !later,
            "{code}: its page and the wording do not agree on whether it is reported"
        );
        if later {
            continue;
        }
        let unit = units.contains(&format!("[{code}]")) || units.contains(&format!(", Code::{variant})"));
        assert!(unit, "{code} has no unit test");
        let case = cases.contains(&format!("[{code}]")) || cases.contains(&format!("explain {code}`"));
        assert!(case, "{code} has neither a ui nor a command-line case");
    }
}

#[test]
fn every_recorded_message_has_its_case_and_every_case_its_message() {
    let without =
        |files: Vec<PathBuf>| -> Vec<PathBuf> { files.iter().map(|file| file.with_extension("")).collect() };
    assert_eq!(without(files("ui-tests/fail", ".rs")), without(files("ui-tests/fail", ".stderr")));
    assert!(files("ui-tests/fail", ".rs").len() > 8);
}

#[test]
fn every_page_belongs_to_a_code() {
    for page in files("schemacheck-core/pages", ".md") {
        let id = page.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(schemacheck::Code::from_id(&id).is_some(), "{id}.md belongs to no code");
    }
}

/// The anchors of a page, as GitHub makes them of its headings.
fn anchors(page: &str) -> Vec<String> {
    let mut in_block = false;
    let mut anchors = Vec::new();
    for line in page.lines() {
        in_block ^= line.starts_with("```");
        if let Some(title) = line.strip_prefix('#').filter(|_| !in_block) {
            let title = title.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            anchors.push(kept.map(|c| if c == ' ' { '-' } else { c }).collect());
        }
    }
    anchors
}

/// The links of a page, as text and target, without those in code blocks and those that leave the repository.
fn links(page: &str) -> Vec<(&str, &str)> {
    let mut in_block = false;
    let mut links = Vec::new();
    for line in page.lines() {
        in_block ^= line.starts_with("```");
        let parts: Vec<&str> = if in_block { Vec::new() } else { line.split("](").collect() };
        for pair in parts.windows(2) {
            let text = pair[0].rsplit('[').next().unwrap();
            let target = pair[1].split(')').next().unwrap();
            if !target.starts_with("https://") {
                links.push((text, target));
            }
        }
    }
    links
}

#[test]
fn anchors_and_links_are_read_as_github_does() {
    let page =
        "# A `b_c`, d-e.f\n\n```\n# no\n[x](y)\n```\n## Two\n[one](a.md#b) and [two](#c), [x](https://x)\n";
    assert_eq!(anchors(page), ["a-b_c-d-ef", "two"]);
    assert_eq!(links(page), [("one", "a.md#b"), ("two", "#c")]);
}

#[test]
fn every_link_of_the_documentation_leads_somewhere() {
    let docs = root().join("docs");
    let mut linked = Vec::new();
    let pages =
        [files("docs", ".md"), vec![root().join("README.md"), root().join("ARCHITECTURE.md")]].concat();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for (label, target) in links(&text) {
            let place = format!("{}: [{label}]({target})", page.display());
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(file.exists(), "{place} leads nowhere");
            if !anchor.is_empty() {
                let there = std::fs::read_to_string(&file).unwrap();
                assert!(anchors(&there).iter().any(|known| known == anchor), "{place}: no such heading");
            }
            if target.contains("codes.md#") || page.ends_with("docs/codes.md") {
                assert!(schemacheck::Code::from_id(anchor).is_some(), "{place}: no such code");
                assert_eq!(label, format!("`{anchor}`"), "{place}: names another code");
            }
            if page == docs.join("README.md") {
                linked.push(file);
            }
        }
    }
    for page in files("docs", ".md").iter().filter(|page| !page.ends_with("docs/README.md")) {
        assert!(linked.contains(page), "docs/README.md does not list {}", page.display());
    }
}

/// The words of a list of `symbol.rs`, as users write them.
fn words(symbols: &str, list: &str) -> Vec<String> {
    let value = |name: &str| {
        let line = format!("pub(crate) const {name}: &str = \"");
        let value = symbols.split(&line).nth(1).unwrap_or_else(|| panic!("no constant {name}"));
        value.split('"').next().unwrap().to_owned()
    };
    let body = symbols.split(&format!("pub(crate) const {list}: &[&str] =")).nth(1).unwrap();
    let body = body.split_once('[').unwrap().1.split_once(']').unwrap().0;
    let mut words: Vec<String> =
        body.split(',').map(str::trim).filter(|name| !name.is_empty()).map(value).collect();
    words.sort();
    words
}

/// The words in the first column of the table below a heading; each has an example and a meaning.
fn documented(page: &str, heading: &str) -> Vec<String> {
    let section = page.split(&format!("\n### {heading}\n")).nth(1).unwrap_or_else(|| panic!("no {heading}"));
    let rows =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let mut words: Vec<String> = rows
        .skip(2)
        .map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
            let word = cells[0].trim_matches('`').to_owned();
            assert!(cells[1].contains(&word) && cells[1].starts_with('`'), "example of: {row}");
            assert!(!cells[2].is_empty(), "meaning of: {row}");
            word
        })
        .collect();
    words.sort();
    words
}

#[test]
fn the_page_of_attributes_lists_every_word() {
    let symbols = std::fs::read_to_string(root().join("schemacheck-macros/src/symbol.rs")).unwrap();
    let page = std::fs::read_to_string(root().join("docs/attributes.md")).unwrap();
    for (list, heading) in [
        ("MODEL", "Words on a model"),
        ("FIELD", "Words on a model's field"),
        ("ENUM", "Words on an enum"),
        ("VARIANT", "Words on a variant"),
        ("PG_TYPE", "Words on a PgType"),
        ("PG_TYPE_FIELD", "Words on a PgType's field"),
    ] {
        assert_eq!(documented(&page, heading), words(&symbols, list), "{heading}");
    }
}

/// Every word of another library that the derives know is on the page that says what it means.
#[test]
fn the_page_of_libraries_lists_every_word() {
    let page = std::fs::read_to_string(root().join("docs/libraries.md")).unwrap();
    let mut count = 0;
    for (library, heading) in
        [("diesel", "diesel"), ("sqlx", "sqlx"), ("sea_orm", "sea-orm"), ("postgres", "postgres-types")]
    {
        let (_, section) = page.split_once(&format!("\n## {heading}\n")).expect(heading);
        let section = section.split("\n## ").next().unwrap();
        let file = root().join(format!("schemacheck-macros/src/foreign/{library}.rs"));
        let source = std::fs::read_to_string(file).unwrap();
        let words = source.lines().filter_map(|line| {
            // `const WORD: &str = "word";` or an item of a list.
            let literal = match line.split_once(": &str = ") {
                Some((_, value)) => value.trim_end_matches(';'),
                None => line.strip_prefix("    ")?.strip_suffix(',')?,
            };
            literal.strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
        });
        for word in words.filter(|word| *word != library) {
            count += 1;
            let is_listed = section.contains(&format!("`{word}`")) || section.contains(&format!("`{word}("));
            assert!(is_listed, "`{word}` of {library}");
        }
    }
    assert!(count > 80, "only {count} words");
}
