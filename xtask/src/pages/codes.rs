//! `docs/codes.md`: the explain pages of all codes on one page, for people who read on the web.

use schemacheck_core::Code;

/// What the page of a code says that nothing reports yet.
const LATER: &str = "This version does not report it yet";

/// The whole page.
pub(super) fn text() -> String {
    let mut text = String::from(
        "<!-- Written by `cargo xtask bless` from schemacheck-core/pages/: edit those. -->\n\n# Codes\n\n\
         Each finding has a code. It stands in brackets behind the severity, in the JSON report, and in the attributes\n\
         `allow`, `warn` and `deny`. `cargo schemacheck explain CODE` prints the same pages.\n\n\
         The severity is the default. The section \"Severity\" of each code says when it is another.\n\n\
         | code | severity | meaning |\n|---|---|---|\n",
    );
    for code in Code::ALL {
        let later = if code.page().contains(LATER) { ", not reported yet" } else { "" };
        let (severity, description) = (code.severity(), code.description());
        text.push_str(&format!("| [`{code}`](#{code}) | {severity}{later} | {description} |\n"));
    }
    for code in Code::ALL {
        let page = code.page();
        let body = page.split_once('\n').map_or(page, |(_title, body)| body);
        let (severity, description) = (code.severity(), code.description());
        text.push_str(&format!("\n## {code}\n\n**{severity}**: {description}\n{}", below(body)));
    }
    text
}

/// A page one level down: its headings a `#` deeper, and the other codes that its sentences name as links.
fn below(page: &str) -> String {
    let mut text = String::new();
    let mut in_code = false;
    for line in page.lines() {
        in_code ^= line.starts_with("```");
        if in_code || line.starts_with("```") {
            text.push_str(line);
        } else {
            if line.starts_with('#') {
                text.push('#');
            }
            text.push_str(&Code::ALL.iter().fold(line.to_owned(), |line, code| {
                line.replace(&format!("`{code}`"), &format!("[`{code}`](#{code})"))
            }));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_codes_in_code_blocks_stay() {
        let page = "\n## A\n\nSee `no-models`.\n\n```text\n# `no-models`\n```\n";
        let expect = "\n### A\n\nSee [`no-models`](#no-models).\n\n```text\n# `no-models`\n```\n";
        assert_eq!(below(page), expect);
    }
}
