//! What the migration ledger says about what is missing.

use super::{Finding, ObjectChange, list, tick};
use crate::code::Code;
use crate::ledger::{Ledger, LedgerKind, Stamp};

fn ledger_finding(code: Code, ledger: &Ledger, message: String) -> Finding {
    Finding::new(code, "ledger", ObjectChange::Changed, ledger.table.to_string(), message)
        .actual(ledger.head().unwrap_or("empty"))
}

/// The ledger lists the build's migration as applied, and objects are missing all the same.
pub fn ledger_stamped(ledger: &Ledger, stamp: &Stamp, missing: &[&str]) -> Finding {
    let objects = match missing.len() {
        1 => "1 object that the program needs is missing".to_owned(),
        n => format!("{n} objects that the program needs are missing"),
    };
    let message = format!(
        "the migration ledger {} lists {} as applied, but {objects}",
        tick(&ledger.table.to_string()),
        tick(&stamp.head)
    );
    let how = match ledger.kind {
        LedgerKind::Alembic => "the database may have been stamped (`alembic stamp`) in place of upgraded",
        _ => "the ledger may have been written by hand, or restored without its tables",
    };
    ledger_finding(Code::LedgerStamped, ledger, message)
        .expected(&stamp.head)
        .note(format!("missing: {}", list(missing, 8)))
        .note(format!("{how}, or a migration was undone by hand"))
        .help(
            "find out which before you migrate again: the tool will not run what its ledger lists as applied",
        )
}

/// The ledger lacks migrations, and the order is known.
pub fn ledger_behind(ledger: &Ledger, stamp: &Stamp, pending: u32) -> Finding {
    let migrations = match pending {
        1 => "1 migration".to_owned(),
        n => format!("{n} migrations"),
    };
    let message = format!(
        "the database is {migrations} behind the build, says the ledger {}",
        tick(&ledger.table.to_string())
    );
    ledger_finding(Code::LedgerBehind, ledger, message)
        .expected(&stamp.head)
        .help("run the migrations, then start again")
        .note(heads(ledger, stamp))
}

/// The ledger is at another head, and which of the two is newer is not known.
pub fn ledger_other_head(ledger: &Ledger, stamp: &Stamp) -> Finding {
    let message =
        format!("the migration ledger {} is at another head than the build", tick(&ledger.table.to_string()));
    ledger_finding(Code::LedgerOtherHead, ledger, message)
        .expected(&stamp.head)
        .help("run the migrations of this build, or start the build that fits the database")
        .note(heads(ledger, stamp))
}

fn heads(ledger: &Ledger, stamp: &Stamp) -> String {
    let here = ledger.head().map_or("is empty".to_owned(), |head| format!("is at {}", tick(head)));
    format!("the build saw {}, the database {here}", tick(&stamp.head))
}

/// The ledger lists migrations that failed or did not end.
pub fn ledger_failed(ledger: &Ledger) -> Finding {
    let names: Vec<&str> = ledger.failed.iter().map(String::as_str).collect();
    let message = format!(
        "the migration ledger {} lists {} as failed or unfinished",
        tick(&ledger.table.to_string()),
        list(&names, 8)
    );
    ledger_finding(Code::LedgerFailed, ledger, message)
        .help("repair that migration with the tool that ran it")
}
