//! `completions`: what a shell reads to complete our words.

use clap::CommandFactory;

use crate::args::{Cli, Completions};
use crate::error::Result;
use crate::report::{self, Outcome};

pub(super) fn run(args: &Completions) -> Result<Outcome> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "cargo-schemacheck", &mut text);
    report::stdout(&String::from_utf8_lossy(&text));
    Ok(Outcome::Fine)
}
