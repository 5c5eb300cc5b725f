//! The crate `postgres`.

use std::time::Duration;

use postgres::{Client, SimpleQueryMessage, Transaction};

use super::{BlockingConnection, COLUMN, message, pick, sealed};
use crate::error::Cause;

impl sealed::Sealed for Client {}

impl BlockingConnection for Client {
    fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        answer(&self.simple_query(&message(select, timeout))?)
    }

    fn is_gone(&self) -> bool {
        self.is_closed()
    }
}

impl sealed::Sealed for Transaction<'_> {}

impl BlockingConnection for Transaction<'_> {
    fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        answer(&self.simple_query(&message(select, timeout))?)
    }
}

fn answer(messages: &[SimpleQueryMessage]) -> Result<String, Cause> {
    pick(messages.iter().map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get(COLUMN).ok().flatten().map(str::to_owned),
        _ => None,
    }))
}
