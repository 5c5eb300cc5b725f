//! The recorded messages of a case, and what a warning has to say in the place of each.

/// A message of a `.stderr`.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// The lines of the message itself: what follows `error: `, and what is aligned below it.
    text: Vec<String>,
    /// The lines of the source that it underlines.
    pub(crate) lines: Vec<u64>,
    /// The codes that it leads to.
    pub(crate) codes: Vec<String>,
}

impl Recorded {
    /// What a warning at the same place has to hold. The types and labels that only the compiler knows are in no
    /// warning, whose text the derive writes.
    pub(crate) fn phrases(&self) -> Vec<String> {
        let facts =
            self.text.iter().filter(|line| !line.starts_with("help: ") && !line.starts_with("note: "));
        let mut phrases: Vec<String> = facts.map(|line| essence(line)).collect();
        phrases.extend(self.codes.iter().map(|code| explains(code)));
        phrases.sort();
        phrases.dedup();
        phrases
    }
}

fn explains(code: &str) -> String {
    format!("`cargo schemacheck explain {code}` tells more")
}

/// The part of a message's first line that a warning says too. The derive writes a warning before the compiler knows
/// the type of a field, its labels, or the columns of a flattened struct.
fn essence(line: &str) -> String {
    let line = line.trim_start_matches("evaluation panicked: ");
    let between = |begin: &str, end: &str| line.split_once(begin)?.1.split_once(end).map(|(name, _)| name);
    if line.contains(" of flattened `") || line.contains(", which flattened `") {
        return " flattened `".to_owned();
    }
    if line.starts_with("cannot find label `")
        && let Some(column) = between("in the check of column `", "`").or(line.rsplit('`').nth(1))
        && line.contains("in the check of column")
    {
        return format!("has a label that the check of column `{column}` lacks");
    }
    if line.starts_with("label `") && line.contains("has no variant in the enum of field") {
        let column = between("` of column `", "`").unwrap_or_default();
        return format!("the check of column `{column}` admits a label without a variant");
    }
    if line.starts_with("a column of this PostgreSQL type cannot be read into") {
        return "column `".to_owned();
    }
    match line.rsplit_once(" is `") {
        Some((before, _)) if before.contains("but field `") => before.to_owned(),
        _ => line.to_owned(),
    }
}

/// Reads a `.stderr`.
pub(crate) fn read(text: &str) -> Vec<Recorded> {
    let mut messages: Vec<Recorded> = Vec::new();
    let mut in_head = false;
    for line in text.lines() {
        let begins = ["error", "warning"].iter().any(|level| line.starts_with(level));
        if begins && let Some((_, said)) = line.split_once(": ") {
            messages.push(Recorded { text: vec![said.to_owned()], lines: Vec::new(), codes: Vec::new() });
            in_head = true;
        }
        let Some(message) = messages.last_mut() else { continue };
        let said = line.trim_start();
        match said.strip_prefix("--> fail/") {
            Some(place) => {
                in_head = false;
                message.lines.extend(place.split(':').nth(1).and_then(|number| number.parse::<u64>().ok()));
            }
            None if in_head && !begins => message.text.push(said.to_owned()),
            None => {}
        }
        message.codes.extend(codes(line));
    }
    messages
}

/// The codes that a text leads to.
pub(crate) fn codes(text: &str) -> Vec<String> {
    let rest = text.split("`cargo schemacheck explain ").skip(1);
    rest.filter_map(|rest| rest.split_once('`')).map(|(code, _)| code.to_owned()).collect()
}
