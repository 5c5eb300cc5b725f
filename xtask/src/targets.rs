//! Targets of other systems, whose object files some tests build and read: added with rustup where they can be had.

use std::process::Command;

use crate::shell::root;

/// One a format that is not ELF, and wasm, which holds no records.
const TARGETS: &[&str] = &["aarch64-apple-darwin", "x86_64-pc-windows-gnu", "wasm32-unknown-unknown"];

/// Adds what is missing, and says what could not be had: the tests that need it say so too, and do not fail.
pub(crate) fn add() {
    for target in TARGETS {
        let added = Command::new("rustup").args(["target", "add", target]).current_dir(root()).output();
        match added {
            Ok(output) if output.status.success() => println!("xtask: the target {target} is installed"),
            Ok(output) => {
                let told = String::from_utf8_lossy(&output.stderr);
                let told =
                    told.lines().find(|line| line.starts_with("error")).unwrap_or("no reason was given");
                println!("xtask: the target {target} cannot be had: {told}");
            }
            Err(error) => println!("xtask: the target {target} cannot be had: cannot run rustup: {error}"),
        }
    }
}
