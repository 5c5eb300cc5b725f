//! The crate `deadpool-postgres`.

use std::time::Duration;

use deadpool_postgres::{Object, Pool, PoolError};

use super::{Async, AsyncConnection, sealed};
use crate::error::{Cause, Error};

impl sealed::Sealed for &Pool {}

impl Async for &Pool {
    async fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        let object = self.get().await.map_err(|error| match error {
            // The pool's own words say that it made an object.
            PoolError::Backend(error) => Error::connect(error),
            error => Error::connect(error),
        })?;
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
