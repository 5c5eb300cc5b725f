//! The crate `r2d2`: pools of any blocking connection that there is an adapter for, such as `r2d2_postgres`' and diesel's.

use std::time::Duration;

use r2d2::{ManageConnection, Pool, PooledConnection};

use super::{Blocking, BlockingConnection, sealed};
use crate::error::{Cause, Error};

impl<M: ManageConnection> sealed::Sealed for &Pool<M> {}

impl<M> Blocking for &Pool<M>
where
    M: ManageConnection,
    M::Connection: BlockingConnection,
{
    fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        self.get().map_err(Error::connect)?.ask_here(select, timeout)
    }
}

impl<M: ManageConnection> sealed::Sealed for Pool<M> {}

impl<M> BlockingConnection for Pool<M>
where
    M: ManageConnection,
    M::Connection: BlockingConnection,
{
    fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        (&*self).ask(select, timeout)
    }
}

impl<M: ManageConnection> sealed::Sealed for PooledConnection<M> {}

impl<M> BlockingConnection for PooledConnection<M>
where
    M: ManageConnection,
    M::Connection: BlockingConnection,
{
    fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        (**self).ask_here(select, timeout)
    }

    fn is_gone(&self) -> bool {
        (**self).is_gone()
    }
}
