//! `init`: the directory, the settings, and the derives on the structs whose tables the snapshot knows.

use std::path::PathBuf;

use schemacheck_core::Severity;

use crate::args::Init;
use crate::config;
use crate::directory;
use crate::error::{Error, Result};
use crate::init::{self, Known, New, Plan};
use crate::report::{self, Outcome, adoption};

pub(super) fn run(args: &Init) -> Result<Outcome> {
    let directory = directory::find_or_default()?;
    let path = directory.join(config::FILE);
    let shown = directory::shown(&directory);
    let settings = Settings { is_missing: std::fs::symlink_metadata(&path).is_err(), path };
    let known = Known::read(&directory)?;
    if known.is_empty() {
        if args.write {
            return Err(Error::new(format!("there is no snapshot in `{shown}`, so no table is known"))
                .help("run `cargo schemacheck snapshot --run 'your migration command'`, then this again"));
        }
        init::write(&[], settings.to_make())?;
        let created = settings.created();
        report::stdout(&format!("{created}there is no snapshot in `{shown}` yet\n\nnext:\n{FIRST_STEPS}"));
        return Ok(Outcome::Fine);
    }
    let plan = init::plan(args, &known)?;
    let changes = if args.write { &plan.changes[..] } else { &[] };
    if !changes.is_empty() {
        init::check_version_control(&plan, args)?;
    }
    // Nothing is written before all is known, and of what is written all or nothing.
    init::write(changes, settings.to_make())?;
    let said = if args.write { written(&plan, &shown) } else { would_write(&plan) };
    report::stdout(&format!("{}{said}", settings.created()));
    for (file, reason) in &plan.unreadable {
        report::remark(Severity::Warning, &format!("`{file}` was not looked at: it {reason}"));
    }
    // What was not looked at may hold structs.
    Ok(if plan.unreadable.is_empty() { Outcome::Fine } else { Outcome::Unreadable })
}

/// The file of settings, which is made where there is none.
struct Settings {
    path: PathBuf,
    is_missing: bool,
}

impl Settings {
    fn to_make(&self) -> Option<New<'_>> {
        self.is_missing.then_some(New { path: &self.path, text: config::TEMPLATE })
    }

    fn created(&self) -> String {
        match self.is_missing {
            true => format!("created `{}`\n", directory::shown(&self.path)),
            false => String::new(),
        }
    }
}

const FIRST_STEPS: &str = "  cargo schemacheck snapshot --run 'your migration command'
  cargo schemacheck init            shows the derives that it would add
  cargo schemacheck init --write    adds them
";

/// The diff of what `--write` would do.
fn would_write(plan: &Plan) -> String {
    let mut text: String = plan.changes.iter().map(adoption::diff).collect();
    if plan.changes.is_empty() {
        text.push_str(NOTHING);
        text.push_str(&adoption::left_alone(plan));
        return text;
    }
    text.push_str(&format!("\nwould add derives to {}\n", adoption::amount(plan)));
    text.push_str(&adoption::left_alone(plan));
    text.push_str("\nno code was written: `cargo schemacheck init --write` does it\n");
    text
}

/// What `--write` has done, and what comes next.
fn written(plan: &Plan, directory: &str) -> String {
    if plan.changes.is_empty() {
        return format!("{NOTHING}{}", adoption::left_alone(plan));
    }
    let files: String =
        plan.changes.iter().map(|change| format!("  {}\n", directory::shown(&change.path))).collect();
    format!(
        "added derives to {}:\n{files}{}\nnext:\n  \
         SCHEMACHECK_BUILD=warn cargo check    the findings are warnings; `cargo schemacheck explain CODE` tells more\n  \
         cargo check                           and once they are gone, a finding fails the build\n  \
         git add {directory}\n",
        adoption::amount(plan),
        adoption::left_alone(plan),
    )
}

const NOTHING: &str = "nothing to add\n";
