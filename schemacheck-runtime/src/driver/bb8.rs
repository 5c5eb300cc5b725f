//! The crate `bb8`: pools of any asynchronous connection that there is an adapter for, such as `bb8-postgres`' and
//! diesel-async's.

use std::time::Duration;

use bb8::{ManageConnection, Pool, PooledConnection, RunError};

use super::{Async, AsyncConnection, sealed};
use crate::error::{Cause, Error};

impl<M: ManageConnection> sealed::Sealed for &Pool<M> {}

impl<M> Async for &Pool<M>
where
    M: ManageConnection,
    M::Connection: AsyncConnection,
{
    async fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        let mut connection = self.get().await.map_err(|error| match error {
            // The manager's error promises no more than `Debug`.
            RunError::User(error) => Error::connect(format!("{error:?}")),
            RunError::TimedOut => Error::connect("timed out waiting for a connection of the pool"),
        })?;
        connection.ask_here(select, timeout).await
    }
}

impl<M: ManageConnection> sealed::Sealed for Pool<M> {}

impl<M> AsyncConnection for Pool<M>
where
    M: ManageConnection,
    M::Connection: AsyncConnection,
{
    async fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        (&*self).ask(select, timeout).await
    }
}

impl<M: ManageConnection> sealed::Sealed for PooledConnection<'_, M> {}

impl<M> AsyncConnection for PooledConnection<'_, M>
where
    M: ManageConnection,
    M::Connection: AsyncConnection,
{
    async fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        (**self).ask_here(select, timeout).await
    }

    fn is_gone(&self) -> bool {
        (**self).is_gone()
    }
}
