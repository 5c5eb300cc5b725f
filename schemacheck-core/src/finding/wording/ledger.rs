//! What the migration ledger says about what is missing.

use super::{Finding, ObjectChange, list, tick};
use crate::code::Code;
use crate::ledger::{Distrust, Ledger, LedgerKind, Stamp, UntrustedLedger};

/// What comes before any other migration.
const MEND: &str = "mend the failed migration first: until then the tool runs no other";

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
        .note(format!("last recorded: {}", last_recorded(ledger)))
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
        .help(match (ledger.failed.is_empty(), ledger.kind.command()) {
            (false, _) => MEND.to_owned(),
            (true, Some(command)) => {
                format!("run the migrations, such as by {}, then start again", tick(command))
            }
            (true, None) => "run the migrations, then start again".to_owned(),
        })
        .note(heads(ledger, stamp))
}

/// The ledger is at another head, and which of the two is newer is not known.
pub fn ledger_other_head(ledger: &Ledger, stamp: &Stamp) -> Finding {
    let message =
        format!("the migration ledger {} is at another head than the build", tick(&ledger.table.to_string()));
    ledger_finding(Code::LedgerOtherHead, ledger, message)
        .expected(&stamp.head)
        .help(match ledger.failed.is_empty() {
            true => "run the migrations of this build, or start the build that fits the database",
            false => MEND,
        })
        .note(heads(ledger, stamp))
}

/// The ledger has more migrations than the build saw; `unfit` is all that does not fit, with what is missing.
pub fn ledger_ahead(
    ledger: &Ledger,
    stamp: &Stamp,
    by: Option<u32>,
    missing: &[&str],
    unfit: &[&str],
) -> Finding {
    let by = match by {
        Some(1) => "1 migration ahead of".to_owned(),
        Some(n) => format!("{n} migrations ahead of"),
        None => "ahead of".to_owned(),
    };
    let table = tick(&ledger.table.to_string());
    let message = format!("the database is {by} the build, says the ledger {table}");
    let finding =
        ledger_finding(Code::LedgerAhead, ledger, message).expected(&stamp.head).note(heads(ledger, stamp));
    const START: &str = "start the build that belongs to the database";
    match (missing, unfit) {
        ([], []) => finding.note("all that the program needs is there"),
        ([], unfit) => finding
            .note(format!("does not fit: {}", list(unfit, 8)))
            .help(format!("a later migration may have changed it: {START}")),
        (missing, _) => finding
            .note(format!("missing: {}", list(missing, 8)))
            .help(format!("a later migration may have removed it: {START}")),
    }
}

fn heads(ledger: &Ledger, stamp: &Stamp) -> String {
    let all = |heads: &[&str]| heads.iter().map(|head| tick(head)).collect::<Vec<_>>().join(" and ");
    let seen: Vec<&str> = stamp.heads().collect();
    let here: Vec<&str> = match ledger.kind.keeps_history() {
        true => ledger.head().into_iter().collect(),
        false => ledger.applied.iter().map(String::as_str).collect(),
    };
    let here = match (here.is_empty(), ledger.failed.is_empty()) {
        (false, _) => format!("database is at {}", all(&here)),
        (true, true) => "ledger is empty".to_owned(),
        (true, false) => "ledger lists none as applied".to_owned(),
    };
    format!("the build saw {}, the {here}", all(&seen))
}

/// The newest migrations of a ledger.
fn last_recorded(ledger: &Ledger) -> String {
    let last = &ledger.applied[ledger.applied.len().saturating_sub(3)..];
    last.iter().map(|migration| tick(migration)).collect::<Vec<_>>().join(", ")
}

/// A ledger is there, and nothing is known of what it lists: a note.
pub fn ledger_unread(ledger: &Ledger) -> String {
    format!(
        "the migration ledger {} could not be read, which might say why: the role may not `SELECT` from it, or somebody \
         holds it `ACCESS EXCLUSIVE`, as a migration may",
        tick(&ledger.table.to_string())
    )
}

/// A table that looks like a ledger was left unread: what reads it might run somebody else's code.
pub fn ledger_untrusted(ledger: &UntrustedLedger) -> Finding {
    let message = format!(
        "the migration ledger {} was not read: {}",
        tick(&ledger.table.to_string()),
        why(&ledger.reason)
    );
    let finding = Finding::new(
        Code::LedgerUnread,
        "ledger",
        ObjectChange::Changed,
        ledger.table.to_string(),
        message,
    )
    .note("PostgreSQL evaluates what the owner of a table adds to it, with the rights of the role that reads it");
    match &ledger.reason {
        Distrust::SchemaOwner(owner) | Distrust::Owner(owner) => finding.help(format!(
            "if it is the ledger of this program: give it to the owner of the database, or make the role of the \
             program a member of {}",
            tick(owner)
        )),
        _ => finding.help("if it is the ledger of this program: make it the table that its tool creates"),
    }
}

/// The same as a note.
pub fn ledger_untrusted_note(ledger: &UntrustedLedger) -> String {
    format!(
        "the migration ledger {} was not read, which might say why: {}",
        tick(&ledger.table.to_string()),
        why(&ledger.reason)
    )
}

fn why(reason: &Distrust) -> String {
    let role = |owner| format!("{}, a role that is not trusted", tick(owner));
    match reason {
        Distrust::SchemaOwner(owner) => format!("its schema belongs to {}", role(owner)),
        Distrust::Owner(owner) => format!("it belongs to {}", role(owner)),
        Distrust::Kin => "it is partitioned, inherits, or is inherited from".to_owned(),
        Distrust::Rules => "it has rules".to_owned(),
        Distrust::RowSecurity => "it has row security".to_owned(),
        Distrust::Storage => "its table access method is not `heap`".to_owned(),
        Distrust::Column(column) => format!(
            "column {} is generated, or has a type or collation that is not PostgreSQL's own",
            tick(column)
        ),
        Distrust::Index(index) => format!(
            "index {} has an expression, a predicate, or an operator class that is not PostgreSQL's own",
            tick(index)
        ),
        Distrust::Statistics(name) => format!("it has extended statistics, {}", tick(name)),
    }
}

/// The ledger lists migrations that failed or did not end.
pub fn ledger_failed(ledger: &Ledger) -> Finding {
    let names: Vec<&str> = ledger.failed.iter().map(String::as_str).collect();
    let message = format!(
        "the migration ledger {} lists {} as failed or unfinished",
        tick(&ledger.table.to_string()),
        list(&names, 8)
    );
    ledger_finding(Code::LedgerFailed, ledger, message).help(match ledger.kind.repair() {
        Some(command) => {
            format!("undo what it left behind, then clear its mark, such as by {}", tick(command))
        }
        None => "undo what it left behind, then clear its mark with the tool that ran it".to_owned(),
    })
}
