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
