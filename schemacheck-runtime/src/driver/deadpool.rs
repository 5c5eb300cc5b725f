//! The crate `deadpool-postgres`.

use std::time::Duration;

use deadpool_postgres::{Object, Pool};

use super::{Async, AsyncConnection, sealed};
use crate::error::Cause;

impl sealed::Sealed for &Pool {}

impl Async for &Pool {
    async fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        let object = self.get().await?;
        (&object).ask(select, timeout).await
    }

    fn is_closed(&self) -> bool {
        Pool::is_closed(self)
    }
}

impl sealed::Sealed for Pool {}

impl AsyncConnection for Pool {
    async fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        (&*self).ask(select, timeout).await
    }

    fn is_gone(&self) -> bool {
        self.is_closed()
    }
}

impl sealed::Sealed for &Object {}

impl Async for &Object {
    async fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        let client: &tokio_postgres::Client = self;
        (&*client).ask(select, timeout).await
    }
}

impl sealed::Sealed for Object {}

impl AsyncConnection for Object {
    async fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        (&*self).ask(select, timeout).await
    }
}
