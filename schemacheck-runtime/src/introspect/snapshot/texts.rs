//! The texts of expressions as the server deparsed them, by what holds them.

use std::collections::{HashMap, HashSet};

use super::facts::Oid;
use super::row::Results;
use crate::error::Error;

/// What holds an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    /// A column with a default, or a generated one: by its relation, and its number.
    Default,
    /// A check or an exclusion constraint, of a table or a domain.
    Constraint,
    /// A partial index.
    Predicate,
    /// A key of an index, by its place from 1.
    Key,
    /// A domain with a default.
    Domain,
}

impl Holder {
    fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "default" => Self::Default,
            "constraint" => Self::Constraint,
            "predicate" => Self::Predicate,
            "key" => Self::Key,
            "domain" => Self::Domain,
            _ => return None,
        })
    }
}

/// The answer to `snapshot_texts.sql`.
#[derive(Debug, Default)]
pub(super) struct Texts {
    words: HashMap<(Holder, Oid, i32), String>,
    /// What their statement saw.
    pub(super) seen: Seen,
    /// All schemas.
    pub(super) schemas: HashMap<Oid, String>,
    /// Of a standby: which rows were written since the oldest transaction that was running. Class, number, part, and
    /// transaction.
    pub(super) rows: HashSet<(Oid, Oid, i32, String)>,
}

impl Texts {
    /// Reads the answer.
    pub(super) fn read(results: &Results, at: usize) -> Result<Self, Error> {
        let (mut texts, mut seen) = (Self::default(), None);
        for row in results.rows(at) {
            let (what, oid, place) = (row.str(0)?, row.int(1)?, row.int(2)?);
            // NULL is what the server says of an object that went away while it answered.
            let Some(words) = row.opt(3)? else { continue };
            match what {
                "snapshot" => seen = Some(Seen::read(words)?),
                "schema" => drop(texts.schemas.insert(oid, words.to_owned())),
                "row" => drop(texts.rows.insert((row.int(4)?, oid, place, words.to_owned()))),
                _ => {
                    let holder = Holder::from_word(what);
                    let holder = holder.ok_or_else(|| Error::answer("a text of an unknown kind"))?;
                    texts.words.insert((holder, oid, place), words.to_owned());
                }
            }
        }
        texts.seen = seen.ok_or_else(|| Error::silent("the server sent no row"))?;
        Ok(texts)
    }

    /// The text of an expression.
    pub(super) fn of(&self, holder: Holder, oid: Oid, place: i32) -> Result<String, Error> {
        let words = self.words.get(&(holder, oid, place)).cloned();
        words.ok_or_else(|| Error::answer("an expression has no text"))
    }
}

/// What a statement sees of transactions, as `txid_current_snapshot()` prints it: `xmin:xmax:xip`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// All before have ended.
    oldest: u64,
    /// All from it on have not begun, or not ended.
    next: u64,
    /// Those in between that run. A standby knows none of them; and nobody is told the numbers of savepoints.
    running: Vec<u64>,
}

impl Seen {
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let parts: Vec<&str> = text.split(':').collect();
        let read = || {
            let [oldest, next, running] = parts[..] else { return None };
            let running = running.split(',').filter(|number| !number.is_empty());
            Some(Self {
                oldest: oldest.parse().ok()?,
                next: next.parse().ok()?,
                running: running.map(|number| number.parse().ok()).collect::<Option<_>>()?,
            })
        };
        read().ok_or_else(|| Error::answer(format!("`{text}` is no snapshot")))
    }

    /// The first transaction that can have written something in between, if one has ended: a savepoint's number is higher
    /// than that of its transaction.
    pub(super) fn ended_until(&self, now: &Self, is_standby: bool) -> Option<u64> {
        if is_standby {
            return (self != now || self.oldest != self.next).then_some(self.oldest);
        }
        let has_ended = |number: &&u64| **number < now.oldest || !now.running.contains(number);
        let ended = self.running.iter().filter(has_ended).min().copied();
        ended.or((self != now).then_some(self.next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, is_standby: bool, expect: Option<u64>) {
        let (before, after) = (Seen::read(before).unwrap(), Seen::read(after).unwrap());
        assert_eq!(before.ended_until(&after, is_standby), expect);
    }

    #[test]
    fn what_can_have_been_written_in_between_begins_with_the_first_that_ended() {
        check("7:7:", "7:7:", false, None);
        check("5:9:5,7", "5:9:5,7", false, None);
        // One that began after.
        check("7:7:", "8:8:", false, Some(7));
        check("5:9:5,7", "5:10:5,7", false, Some(9));
        // One that was running: what its savepoints wrote has higher numbers.
        check("5:9:5,7", "5:9:5", false, Some(7));
        check("5:9:5,7", "9:9:", false, Some(5));
        check("5:9:5,7", "12:14:12", false, Some(5));
        // A standby cannot say which run.
        check("7:7:", "7:7:", true, None);
        check("5:9:", "5:9:", true, Some(5));
        check("7:7:", "7:8:", true, Some(7));
        assert!(Seen::read("").is_err() && Seen::read("1:x:").is_err() && Seen::read("1:2:3,,x").is_err());
    }
}
