//! What the migration ledger says about what is missing.

use super::{Finding, ObjectChange, list, tick};
use crate::code::Code;
use crate::compare::Lacks;
use crate::finding::plural;
use crate::ledger::{Distrust, Ledger, LedgerKind, SeenLedger, UntrustedLedger};

/// What comes before any other migration.
const MEND: &str = "mend the failed migration first: until then the tool runs no other";

fn ledger_finding(code: Code, ledger: &Ledger, message: String) -> Finding {
    Finding::new(code, "ledger", ObjectChange::Changed, ledger.table.to_string(), message)
        .actual(ledger.head().unwrap_or("empty"))
}

/// How many names stand in a headline, and how many in a note.
const FEW: usize = 3;
const MANY: usize = 8;

/// The ledger lists all that the build saw, and objects are missing all the same.
pub fn ledger_stamped(ledger: &Ledger, seen: &SeenLedger, missing: &[&str]) -> Finding {
    let objects = match missing.len() {
        1 => "1 object that the program needs is missing".to_owned(),
        n => format!("{n} objects that the program needs are missing"),
    };
    let head = newest(seen);
    let message = format!(
        "the migration ledger {} lists {} as applied, but {objects}",
        tick(&ledger.table.to_string()),
        tick(head)
    );
    let how = match ledger.kind {
        LedgerKind::Alembic => "the database may have been stamped (`alembic stamp`) in place of upgraded",
        _ => "the ledger may have been written by hand, or restored without its tables",
    };
    ledger_finding(Code::LedgerStamped, ledger, message)
        .expected(head)
        .note(format!("missing: {}", list(missing, MANY)))
        .note(format!("last recorded: {}", last_recorded(ledger)))
        .note(format!("{how}, or a migration was undone by hand"))
        .help(
            "find out which before you migrate again: the tool will not run what its ledger lists as applied",
        )
}

/// The ledger lacks migrations that the build saw. `is_enough` if nothing is missing that the models need.
pub fn ledger_behind(ledger: &Ledger, seen: &SeenLedger, lacks: &Lacks<'_>, is_enough: bool) -> Finding {
    let table = tick(&ledger.table.to_string());
    let behind = plural(lacks.count(), "migration");
    let is_out_of_order = lacks.is_hole || !lacks.more.is_empty();
    // Names that nobody knows are counted.
    let names = |most: usize| {
        let mut names = list(&lacks.names, most);
        match (lacks.names.is_empty(), lacks.unnamed) {
            (_, 0) => {}
            (true, n) => names = plural(n, "older migration"),
            (false, n) => names.push_str(&format!(", and {}", plural(n, "older migration"))),
        }
        names
    };
    let message = match is_out_of_order {
        true => format!("the migration ledger {table} lacks {}, which the build saw", names(FEW)),
        false => format!("the database is {behind} behind the build, says the ledger {table}"),
    };
    let mut finding =
        ledger_finding(Code::LedgerBehind, ledger, message).expected(newest(seen)).note(heads(ledger, seen));
    if !is_out_of_order || lacks.count() > FEW {
        finding = finding.note(format!("pending: {}", names(MANY)));
    }
    if !lacks.more.is_empty() {
        finding = finding.note(format!("it lists, and the build did not see: {}", list(&lacks.more, MANY)));
    }
    if lacks.only_before {
        finding = finding.note(
            "all that it lacks is older than all that it lists: it may have begun with a database that had that",
        );
    }
    if is_enough {
        finding = finding.note("all that the models need is there; SQL in strings is not checked");
    }
    finding = finding.help(match (ledger.failed.is_empty(), ledger.kind.command(), is_enough) {
        (false, ..) => MEND.to_owned(),
        (true, Some(command), true) => format!("run the migrations, such as by {}", tick(command)),
        (true, None, true) => "run the migrations".to_owned(),
        (true, Some(command), false) => {
            format!("run the migrations, such as by {}, then start again", tick(command))
        }
        (true, None, false) => "run the migrations, then start again".to_owned(),
    });
    match is_out_of_order {
        true => finding.help(
            "a tool may refuse or leave out a migration that is older than the last one it applied: see whether it ran",
        ),
        false => finding,
    }
}

/// The ledger is at another head, and which of the two is newer is not known.
pub fn ledger_other_head(ledger: &Ledger, seen: &SeenLedger) -> Finding {
    let message =
        format!("the migration ledger {} is at another head than the build", tick(&ledger.table.to_string()));
    ledger_finding(Code::LedgerOtherHead, ledger, message)
        .expected(newest(seen))
        .help(match ledger.failed.is_empty() {
            true => "run the migrations of this build, or start the build that fits the database",
            false => MEND,
        })
        .note(heads(ledger, seen))
}

/// The ledger lists migrations, and none of them is one that the build saw.
pub fn ledger_other(ledger: &Ledger, seen: &SeenLedger) -> Finding {
    let message = format!(
        "the migration ledger {} is of another application: it lists no migration that the build saw",
        tick(&ledger.table.to_string())
    );
    let lists = plural(ledger.applied.len(), "migration");
    let last =
        format!("it lists {lists}, last {}; the build saw {}", last_recorded(ledger), all(&seen.newest()));
    ledger_finding(Code::LedgerOther, ledger, message)
        .expected(newest(seen))
        .note(last)
        .note("why objects are missing is not known")
        .help(format!(
            "see whether this is the database that is meant, and where its own ledger is: the build saw {}",
            tick(&seen.table.to_string())
        ))
        .help("if the migrations were renamed or put together into one, take a new snapshot and build again")
}

/// The ledger has more migrations than the build saw, which if that is known; `unfit` is all that does not fit, with what
/// is missing.
pub fn ledger_ahead(
    ledger: &Ledger,
    seen: &SeenLedger,
    more: &Option<Vec<&str>>,
    missing: &[&str],
    unfit: &[&str],
) -> Finding {
    let by = match more {
        Some(more) => format!("{} ahead of", plural(more.len(), "migration")),
        None => "ahead of".to_owned(),
    };
    let table = tick(&ledger.table.to_string());
    let message = format!("the database is {by} the build, says the ledger {table}");
    let finding =
        ledger_finding(Code::LedgerAhead, ledger, message).expected(newest(seen)).note(heads(ledger, seen));
    const START: &str = "start the build that belongs to the database";
    match (missing, unfit) {
        ([], []) => finding.note("all that the program needs is there"),
        ([], unfit) => finding
            .note(format!("does not fit: {}", list(unfit, MANY)))
            .help(format!("a later migration may have changed it: {START}")),
        (missing, _) => finding
            .note(format!("missing: {}", list(missing, MANY)))
            .help(format!("a later migration may have removed it: {START}")),
    }
}

/// The newest migration that the build saw, for machines.
fn newest(seen: &SeenLedger) -> &str {
    seen.newest().last().copied().unwrap_or("empty")
}

/// Names that stand beside each other.
fn all(heads: &[&str]) -> String {
    heads.iter().map(|head| tick(head)).collect::<Vec<_>>().join(" and ")
}

fn heads(ledger: &Ledger, seen: &SeenLedger) -> String {
    let here: Vec<&str> = match ledger.kind.keeps_history() {
        true => ledger.head().into_iter().collect(),
        false => ledger.applied.iter().map(String::as_str).collect(),
    };
    let here = match (here.is_empty(), ledger.failed.is_empty()) {
        (false, _) => format!("database is at {}", all(&here)),
        (true, true) => "ledger is empty".to_owned(),
        (true, false) => "ledger lists none as applied".to_owned(),
    };
    format!("the build saw {}, the {here}", all(&seen.newest()))
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

/// The database has no ledger of the tool whose ledger the build saw: a note.
pub fn ledger_absent(seen: &SeenLedger) -> String {
    format!(
        "why is not known: the build saw the migration ledger {}, and this database has none of that tool",
        tick(&seen.table.to_string())
    )
}

/// Nothing is known of a ledger, so that no cause can be named: of the program, or of the database.
pub fn no_known_ledger(of: &str) -> String {
    format!("{of} has no known migration ledger: no finding can say which migrations are missing")
}

/// What to do then; `section` is the one of the settings.
pub fn name_the_ledger(section: &str) -> String {
    format!(
        "name a table of your own: `{section} table = \"ops.schema_log\", version = \"version\"` in `.schemacheck/config.toml`"
    )
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
