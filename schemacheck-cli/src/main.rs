//! `cargo schemacheck`: the command line of schemacheck.

use std::process::ExitCode;

mod args;
mod artifact;
mod build;
mod command;
mod config;
mod connect;
mod directory;
mod error;
mod examples;
mod report;

use report::Outcome;

fn main() -> ExitCode {
    let args = args::parse();
    let outcome = command::run(&args);
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            report::error(&error);
            Outcome::Unreadable
        }
    };
    ExitCode::from(outcome.status())
}
