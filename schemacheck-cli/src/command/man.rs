//! `man`: the manual page of the command or of a subcommand, in roff.

use clap_mangen::Man;
use schemacheck_core::suggest;

use crate::args::{self, Man as Arguments};
use crate::error::{Error, Result};
use crate::report::{self, Outcome};

pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    report::stdout(&page(arguments.command.as_deref())?);
    Ok(Outcome::Fine)
}

/// The page of a subcommand; without one, of the whole.
fn page(name: Option<&str>) -> Result<String> {
    let mut whole = args::command().disable_help_subcommand(true);
    // Names and global options reach the subcommands only here.
    whole.build();
    let command = match name {
        None => whole,
        Some(name) => match whole.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let error = Error::new(format!("unknown command `{name}`"));
                let names = whole.get_subcommands().map(clap::Command::get_name);
                return Err(match suggest::nearest(name, names) {
                    Some(nearest) => error.help(format!("a command with a similar name exists: `{nearest}`")),
                    None => error.help("`cargo schemacheck --help` lists the commands"),
                });
            }
        },
    };
    let below = command.get_after_long_help().or_else(|| command.get_after_help());
    let below = below.map(ToString::to_string).unwrap_or_default();
    let has_subcommands = command.has_subcommands();
    let source = format!("schemacheck {}", command.get_version().unwrap_or_default());
    // The date is a blank: an empty one would shift what follows it, and a real one would differ from build to build.
    let man = Man::new(command).date(" ").source(source).manual("User Commands");
    let mut text = Vec::new();
    let mut render = || {
        man.render_title(&mut text)?;
        man.render_name_section(&mut text)?;
        man.render_synopsis_section(&mut text)?;
        man.render_description_section(&mut text)?;
        man.render_options_section(&mut text)?;
        if has_subcommands { man.render_subcommands_section(&mut text) } else { Ok(()) }
    };
    render().map_err(|error| Error::because("cannot write the page", &error))?;
    Ok(String::from_utf8_lossy(&text).into_owned() + &sections(&below))
}

/// The text below a help as sections: a line at the margin that ends in a colon begins one, and lines stay lines.
fn sections(text: &str) -> String {
    let mut roff = String::new();
    for line in text.lines() {
        match line.strip_suffix(':').filter(|_| !line.starts_with(' ')) {
            Some(title) => {
                let title = title.to_uppercase();
                roff.push_str(&format!(".SH {title}\n.nf\n"));
            }
            None => roff.push_str(&format!("{}\n", escaped(line))),
        }
    }
    roff
}

/// A line as roff takes it: backslashes and hyphens mean themselves, and no line is a request.
fn escaped(line: &str) -> String {
    let text = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq").replace('`', "\\(ga");
    if text.starts_with('.') { format!("\\&{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_the_help_becomes_sections() {
        assert_eq!(
            sections("Examples:\n  a --b 'c'\n.d\\"),
            ".SH EXAMPLES\n.nf\n  a \\-\\-b \\(aqc\\(aq\n\\&.d\\e\n"
        );
    }

    #[test]
    fn a_misspelt_command_is_named() {
        let error = page(Some("snapshto")).unwrap_err();
        assert_eq!(error.message, "unknown command `snapshto`");
        assert_eq!(error.help, ["a command with a similar name exists: `snapshot`"]);
        assert_eq!(page(Some("zzz")).unwrap_err().help, ["`cargo schemacheck --help` lists the commands"]);
    }
}
