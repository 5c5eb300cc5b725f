//! `cargo schemacheck`: the command line of schemacheck, as a library for its own program and for fuzzing.
//!
//! Nothing here is an interface for others: install the program.

use std::process::ExitCode;

mod args;
mod artifact;
mod build;
mod built_from;
mod cargo_env;
mod command;
mod config;
mod connect;
mod database;
mod deadline;
mod directory;
mod dotenv;
mod error;
mod examples;
mod file;
#[doc(hidden)]
pub mod fuzzing;
mod init;
mod migrations;
mod report;
mod scope;
mod signals;
mod targets;
mod variable;

use report::Outcome;

/// Parses the arguments, runs what they say, and returns the exit status.
#[doc(hidden)]
pub fn main() -> ExitCode {
    let outcome = match args::parse() {
        Ok(args) => {
            let outcome = command::run(&args);
            // What a signal has cut short is no error, and no report either.
            signals::give_way();
            outcome.unwrap_or_else(|error| {
                report::error(&error);
                Outcome::Unreadable
            })
        }
        Err(said) => report::usage(&said),
    };
    ExitCode::from(if report::lost() { Outcome::Unreadable } else { outcome }.status())
}
