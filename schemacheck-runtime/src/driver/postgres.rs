//! The crate `postgres`.

use std::time::Duration;

use postgres::{Client, SimpleQueryMessage, Transaction};

use super::{Blocking, COLUMN, message, pick, sealed};
use crate::error::Cause;

impl sealed::Sealed for &mut Client {}

impl Blocking for &mut Client {
    fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        answer(self.simple_query(&message(select, timeout))?)
    }
}

impl sealed::Sealed for &mut Transaction<'_> {}

impl Blocking for &mut Transaction<'_> {
    fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        answer(self.simple_query(&message(select, timeout))?)
    }
}

fn answer(messages: Vec<SimpleQueryMessage>) -> Result<String, Cause> {
    pick(messages.iter().map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get(COLUMN).ok().flatten().map(str::to_owned),
        _ => None,
    }))
}
