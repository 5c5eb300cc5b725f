//! The examples of the help are run through the parser.

use clap::Parser;

use super::{Cli, command};

/// The words of a shell line up to what the shell takes for itself: a redirection, a pipe, the next command, a comment.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                word.get_or_insert_default();
                quote = Some(c);
            }
            (None, '>' | '|' | ';' | '&') => break,
            (None, '#') if word.is_none() => break,
            (None, _) if c.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(c),
        }
    }
    assert_eq!(quote, None, "a quote is left open: {line}");
    words.extend(word);
    words
}

/// Runs a line `cargo schemacheck ...` through the parser.
#[track_caller]
fn parse(line: &str, place: &str) -> Cli {
    let words = words(line);
    assert_eq!(words.get(..2), Some(&["cargo".to_owned(), "schemacheck".to_owned()][..]), "{place}: {line}");
    // As `parse` does: cargo hands over its subcommand's name.
    Cli::try_parse_from(&words[1..]).unwrap_or_else(|error| panic!("{place}: `{line}`: {error}"))
}

#[test]
fn a_shell_line_is_split_as_a_shell_does() {
    assert_eq!(words("a 'b c' \"d\" '' e\"f g\"h > x"), ["a", "b c", "d", "", "ef gh"]);
    assert_eq!(words("a b#c # d"), ["a", "b#c"]);
    assert_eq!(words("a --b | c"), ["a", "--b"]);
}

#[test]
fn every_example_of_the_help_parses() {
    let mut whole = command().disable_help_subcommand(true);
    whole.build();
    let program = whole.clone();
    for command in whole.get_subcommands().chain([&program]) {
        let name = command.get_name();
        let below = command.get_after_long_help().or_else(|| command.get_after_help());
        let help = below.unwrap_or_else(|| panic!("the help of {name} has no examples")).to_string();
        let (_, examples) = help.split_once("Examples:\n").unwrap_or_else(|| panic!("{name}: no examples"));
        assert!(examples.lines().count() > 1, "{name} has one example only");
        for example in examples.lines() {
            let line =
                example.strip_prefix("  ").unwrap_or_else(|| panic!("{name}: not indented: {example}"));
            parse(line, name);
            if name != program.get_name() {
                assert_eq!(words(line)[2], name, "{line}");
            }
        }
        // What `--help` really prints.
        assert!(command.clone().render_long_help().to_string().contains(examples), "{name}");
    }
}

/// The pages of `docs/`, by name.
fn pages() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<(String, String)> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), text)
        })
        .collect();
    pages.sort();
    assert!(pages.len() > 7, "{} pages", pages.len());
    pages
}

/// The spans in backticks of a line, without those in double backticks, which quote messages.
fn spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|_| !line.contains("``"))
}

/// What a page tells people to type, with its line number: spans in backticks, and whole lines of code blocks.
fn commands(page: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut in_block = false;
    for (number, line) in page.lines().enumerate() {
        in_block ^= line.starts_with("```");
        match line.find("cargo schemacheck ") {
            Some(at) if in_block && !line.contains('`') => found.push((number + 1, &line[at..])),
            _ => found.extend(
                spans(line)
                    .filter(|span| span.starts_with("cargo schemacheck "))
                    .map(|span| (number + 1, span)),
            ),
        }
    }
    found
}

#[test]
fn every_command_of_the_documentation_parses() {
    let mut used = std::collections::BTreeSet::new();
    for (name, page) in pages() {
        for (number, line) in commands(&page) {
            let place = format!("docs/{name}:{number}");
            // `--help` and its like end the parser early.
            if words(line).iter().any(|word| word == "--help") {
                continue;
            }
            parse(line, &place);
            used.insert(words(line)[2].clone());
        }
    }
    for command in command().get_subcommands() {
        assert!(used.contains(command.get_name()), "no page uses `{}`", command.get_name());
    }
}

#[test]
fn every_option_of_the_documentation_exists() {
    let mut whole = command();
    whole.build();
    let options: Vec<String> = whole
        .get_subcommands()
        .flat_map(|command| command.get_arguments().filter_map(|argument| argument.get_long()))
        .map(|long| format!("--{long}"))
        .collect();
    let mut named = std::collections::BTreeSet::new();
    for (name, page) in pages() {
        let mut in_block = false;
        for (number, line) in page.lines().enumerate() {
            in_block ^= line.starts_with("```");
            // Options of other programs stand behind their names: `cargo package --list`.
            for span in spans(line).filter(|span| !in_block && span.starts_with("--") && *span != "--") {
                let option = span.split([' ', '=']).next().unwrap();
                assert!(
                    options.iter().any(|known| known == option),
                    "docs/{name}:{}: no subcommand has `{option}`",
                    number + 1
                );
                named.insert(option.to_owned());
            }
        }
    }
    // The other way round: the page of the command line leaves none out.
    for option in options.iter().filter(|option| *option != "--help" && *option != "--version") {
        assert!(named.contains(option), "no page names `{option}`");
    }
}
