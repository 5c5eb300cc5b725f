//! diesel and diesel-async, which send prepared statements only: one SELECT, and no timeout of the guard's own.

use std::time::Duration;

use diesel::sql_types::Text;

use super::sealed;
use crate::error::Cause;

/// The one row with one column that a request returns.
#[derive(diesel::QueryableByName)]
struct Answer {
    #[diesel(sql_type = Text)]
    schemacheck: String,
}

#[cfg(feature = "diesel-postgres")]
mod blocking {
    use diesel::{PgConnection, RunQueryDsl};

    use super::{Answer, Cause, Duration, sealed};
    use crate::driver::BlockingConnection;

    impl sealed::Sealed for PgConnection {}

    impl BlockingConnection for PgConnection {
        fn ask_here(&mut self, select: &str, _: Duration) -> Result<String, Cause> {
            let answer: Answer = diesel::sql_query(select).get_result(self)?;
            Ok(answer.schemacheck)
        }
    }
}

#[cfg(feature = "diesel-async")]
mod asynchronous {
    use diesel_async::{AsyncPgConnection, RunQueryDsl};

    use super::{Answer, Cause, Duration, sealed};
    use crate::driver::AsyncConnection;

    impl sealed::Sealed for AsyncPgConnection {}

    impl AsyncConnection for AsyncPgConnection {
        async fn ask_here(&mut self, select: &str, _: Duration) -> Result<String, Cause> {
            let answer: Answer = diesel::sql_query(select).get_result(self).await?;
            Ok(answer.schemacheck)
        }
    }
}
