//! The two drivers, each asked whether it reads a column into a type, and whether it writes it back.

use std::marker::PhantomData;

use postgres_types::{FromSqlOwned, ToSql};
use schemacheck_scratch::{Database, Server};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Decode, Encode, Postgres, Row as _, Type};
use tokio::runtime::Runtime;

use crate::Outcome;
use crate::samples::Sample;

/// What types the extension pgvector defines, and Debian 12 does not package: types of these names that take and
/// send bytes as they are, so that the drivers decode what the extension would send.
const STAND_INS: &[&str] = &["vector", "halfvec", "sparsevec"];

const EXTENSIONS: &[&str] = &["citext", "cube", "hstore", "ltree"];

/// What a driver can do with a Rust type; the macro in [`crate::types`] fills it in by what impls there are.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) postgres: Option<PostgresRead>,
    pub(crate) postgres_write: Option<PostgresWrite>,
    pub(crate) sqlx: Option<SqlxRead>,
    pub(crate) sqlx_write: Option<SqlxWrite>,
}

type PostgresRead = fn(&postgres::Row) -> Result<(), String>;
type PostgresWrite = fn(&mut postgres::Client, &postgres::Row, &str) -> Result<(), String>;
type SqlxRead = fn(&PgRow) -> Result<(), String>;
type SqlxWrite = fn(&Runtime, &mut PgConnection, &PgRow, &str) -> Result<(), String>;

/// Both drivers, connected to a database with the samples.
pub(crate) struct Connections {
    postgres: postgres::Client,
    sqlx: PgConnection,
    runtime: Runtime,
    _database: Database<'static>,
}

impl Connections {
    /// Two tables with a column each sample: one with the values, one to write to.
    pub(crate) fn open(samples: &[Sample]) -> Self {
        let server = Server::shared().expect("a throwaway server starts");
        let database = server.create_database().expect("a database can be made");
        let mut client = database.connect().expect("connects");
        let mut sql = String::from("SET client_min_messages = error;\n");
        for extension in EXTENSIONS {
            sql.push_str(&format!("CREATE EXTENSION {extension};\n"));
        }
        for name in STAND_INS {
            sql.push_str(&format!(
                "CREATE TYPE {name};
                 CREATE FUNCTION {name}_in(cstring) RETURNS {name} STRICT IMMUTABLE LANGUAGE internal AS 'byteain';
                 CREATE FUNCTION {name}_out({name}) RETURNS cstring STRICT IMMUTABLE LANGUAGE internal AS 'byteaout';
                 CREATE FUNCTION {name}_recv(internal) RETURNS {name} STRICT IMMUTABLE LANGUAGE internal AS 'bytearecv';
                 CREATE FUNCTION {name}_send({name}) RETURNS bytea STRICT IMMUTABLE LANGUAGE internal AS 'byteasend';
                 CREATE TYPE {name} (input = {name}_in, output = {name}_out, receive = {name}_recv, send = {name}_send);\n"
            ));
        }
        for table in ["samples", "copies"] {
            let columns: Vec<String> =
                samples.iter().map(|sample| format!("{} {}", sample.column, sample.declared)).collect();
            sql.push_str(&format!("CREATE TABLE {table} ({});\n", columns.join(", ")));
        }
        let values: Vec<String> = samples.iter().map(Sample::expression).collect();
        sql.push_str(&format!("INSERT INTO samples VALUES ({});\n", values.join(", ")));
        sql.push_str("INSERT INTO copies DEFAULT VALUES;");
        client.batch_execute(&sql).expect("the samples are valid");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let options: PgConnectOptions = database.url().parse().expect("sqlx reads the URL");
        let sqlx = runtime.block_on(options.connect()).expect("sqlx connects");
        Self { postgres: client, sqlx, runtime, _database: database }
    }

    pub(crate) fn try_postgres(&mut self, reading: &Reading, sample: &Sample) -> Outcome {
        let Some(read) = reading.postgres else { return Outcome::Absent };
        let column = &sample.column;
        let select = format!("SELECT {column} FROM samples");
        let row = self.postgres.query_one(&select, &[]).expect("the column can be selected");
        if read(&row).is_err() {
            return Outcome::Refused;
        }
        let write = reading.postgres_write.ok_or("it has no `ToSql`".to_owned());
        let written = write
            .and_then(|write| write(&mut self.postgres, &row, &format!("UPDATE copies SET {column} = $1")));
        self.outcome(written, column)
    }

    pub(crate) fn try_sqlx(&mut self, reading: &Reading, sample: &Sample) -> Outcome {
        let Some(read) = reading.sqlx else { return Outcome::Absent };
        let column = &sample.column;
        let select = sqlx::query(AssertSqlSafe(format!("SELECT {column} FROM samples")));
        // sqlx refuses every query with a multirange in it: it does not know that sort of type.
        let Ok(row) = self.runtime.block_on(select.fetch_one(&mut self.sqlx)) else {
            assert!(sample.typname.ends_with("multirange"), "sqlx cannot select {}", sample.name);
            return Outcome::Refused;
        };
        if read(&row).is_err() {
            return Outcome::Refused;
        }
        let write = reading.sqlx_write.ok_or("it has no `Encode`".to_owned());
        let written = write.and_then(|write| {
            write(&self.runtime, &mut self.sqlx, &row, &format!("UPDATE copies SET {column} = $1"))
        });
        self.outcome(written, column)
    }

    /// Whether the server finds the copy equal to the sample; some types have no `=`, so by their text.
    fn outcome(&mut self, written: Result<(), String>, column: &str) -> Outcome {
        if let Err(problem) = written {
            return Outcome::ReadOnly(problem);
        }
        let compare = format!(
            "SELECT s.{column}::text IS NOT DISTINCT FROM c.{column}::text, c.{column}::text FROM samples s, copies c"
        );
        let row = self.postgres.query_one(&compare, &[]).expect("both can be compared");
        self.postgres
            .execute(&format!("UPDATE copies SET {column} = NULL"), &[])
            .expect("the copy is cleared");
        if row.get(0) {
            Outcome::RoundTrip
        } else {
            Outcome::ReadOnly(format!("written back it is {:?}", row.get::<_, Option<String>>(1)))
        }
    }
}

/// Finds out by the impls that there are: an inherent function exists only where its bounds hold, and wins over the
/// trait's.
pub(crate) struct Can<T>(PhantomData<T>);

pub(crate) trait Cannot {
    fn postgres() -> Option<PostgresRead> {
        None
    }
    fn postgres_write() -> Option<PostgresWrite> {
        None
    }
    fn sqlx() -> Option<SqlxRead> {
        None
    }
    fn sqlx_write() -> Option<SqlxWrite> {
        None
    }
}

impl<T> Cannot for Can<T> {}

impl<T: FromSqlOwned> Can<T> {
    pub(crate) fn postgres() -> Option<PostgresRead> {
        Some(|row| row.try_get::<_, T>(0).map(drop).map_err(|error| error.to_string()))
    }
}

impl<T: FromSqlOwned + ToSql + Sync> Can<T> {
    pub(crate) fn postgres_write() -> Option<PostgresWrite> {
        Some(|client, row, sql| {
            let value: T = row.try_get(0).map_err(|error| error.to_string())?;
            client.execute(sql, &[&value]).map(drop).map_err(|error| format!("{error:?}"))
        })
    }
}

impl<T: for<'r> Decode<'r, Postgres> + Type<Postgres>> Can<T> {
    pub(crate) fn sqlx() -> Option<SqlxRead> {
        Some(|row| row.try_get::<T, _>(0).map(drop).map_err(|error| error.to_string()))
    }
}

impl<T> Can<T>
where
    T: for<'r> Decode<'r, Postgres> + for<'q> Encode<'q, Postgres> + Type<Postgres> + Send + 'static,
{
    pub(crate) fn sqlx_write() -> Option<SqlxWrite> {
        Some(|runtime, connection, row, sql| {
            let value: T = row.try_get(0).map_err(|error| error.to_string())?;
            let update = sqlx::query(AssertSqlSafe(sql.to_owned())).bind(value);
            runtime.block_on(update.execute(connection)).map(drop).map_err(|error| error.to_string())
        })
    }
}
