//! The crate `tokio-postgres`.

use std::time::Duration;

use tokio_postgres::{Client, SimpleQueryMessage, Transaction};

use super::{Async, AsyncConnection, COLUMN, message, pick, sealed};
use crate::error::Cause;

impl sealed::Sealed for Client {}

impl AsyncConnection for Client {
    async fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        (&*self).ask(select, timeout).await
    }

    fn is_gone(&self) -> bool {
        self.is_closed()
    }
}

impl sealed::Sealed for &Client {}

impl Async for &Client {
    async fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        answer(&self.simple_query(&message(select, timeout)).await?)
    }

    fn is_closed(&self) -> bool {
        Client::is_closed(self)
    }
}

impl sealed::Sealed for &Transaction<'_> {}

impl Async for &Transaction<'_> {
    async fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        answer(&self.simple_query(&message(select, timeout)).await?)
    }
}

impl sealed::Sealed for Transaction<'_> {}

impl AsyncConnection for Transaction<'_> {
    async fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        (&*self).ask(select, timeout).await
    }
}

fn answer(messages: &[SimpleQueryMessage]) -> Result<String, Cause> {
    pick(messages.iter().map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get(COLUMN).ok().flatten().map(str::to_owned),
        _ => None,
    }))
}
