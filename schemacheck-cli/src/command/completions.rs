//! `completions`: what a shell reads to complete our words.

use clap_complete::Shell;

use crate::args::{self, Completions};
use crate::error::Result;
use crate::report::{self, Outcome};

pub(super) fn run(args: &Completions) -> Result<Outcome> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut args::command(), "cargo-schemacheck", &mut text);
    let mut text = String::from_utf8_lossy(&text).into_owned();
    if args.shell == Shell::Bash {
        // clap_complete takes the hyphen of our name for a subcommand's in one place of two, and then offers nothing.
        text = text.replace("cargo__subcmd__schemacheck", "cargo__schemacheck");
    }
    report::stdout(&text);
    Ok(Outcome::Fine)
}
