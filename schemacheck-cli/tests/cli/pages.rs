//! The samples of the documentation that do not build: they fail with the messages that the page shows, and with no
//! others. Those that build are doctests of the facade.

use std::path::Path;

use crate::support::{Project, manifest, one_at_a_time};

/// Each sample that fails, and what the page shows behind it.
fn failing(page: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(&str, String)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(language) if !inside => blocks.push((language, String::new())),
            None if inside => blocks.last_mut().unwrap().1.extend([line, "\n"]),
            _ => {}
        }
        inside ^= line.starts_with("```");
    }
    let fails = |pair: &&[(&str, String)]| pair[0].0 == "rust,compile_fail";
    let pairs = blocks.windows(2).filter(fails).map(|pair| {
        assert_eq!(pair[1].0, "text", "no message is shown behind:\n{}", pair[0].1);
        (pair[0].1.clone(), pair[1].1.clone())
    });
    pairs.collect()
}

#[test]
fn the_samples_that_fail_say_what_the_page_shows() {
    let _turn = one_at_a_time();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = std::fs::read_to_string(root.join("docs/attributes.md")).unwrap();
    let samples = failing(&page);
    assert!(samples.len() > 5, "{samples:?}");
    let project = Project::empty();
    let toml = manifest("pages", "edition = \"2024\"", "chrono = \"0.4\"");
    project.write("Cargo.toml", &toml.replace("[\"uuid\"]", "[\"chrono\", \"uuid\"]"));
    let snapshot = root.join(".schemacheck").display().to_string();
    for (sample, shown) in samples {
        project.write("src/main.rs", &format!("{sample}\nfn main() {{}}\n"));
        let ran = project.cargo_with(&["check"], &[("SCHEMACHECK_DIR", &snapshot)]);
        let lines = |text: &str| -> Vec<String> { text.lines().map(|line| line.trim().to_owned()).collect() };
        let (said, shown) = (lines(&ran.stderr), lines(&shown));
        for line in shown.iter().filter(|line| !line.is_empty()) {
            assert!(said.contains(line), "`{line}` is not said of:\n{sample}\n{}", ran.all());
        }
        for line in said.iter().filter(|line| line.starts_with("error")) {
            let is_end = line.starts_with("error: could not compile");
            assert!(is_end || shown.contains(line), "the page does not show `{line}` of:\n{sample}");
        }
    }
}
