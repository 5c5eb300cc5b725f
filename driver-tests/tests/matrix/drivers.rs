//! The libraries, each asked whether it reads a column into a type, and whether it writes it back.

use std::collections::HashMap;
use std::marker::PhantomData;

use postgres_types::{FromSqlOwned, ToSql};
use schemacheck_scratch::{Database, Server};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement, TryGetable};
use tokio::runtime::Runtime;

use crate::Outcome;
use crate::diesel::{self, DieselReading};
use crate::samples::{Column, Sample};

/// What types the extension pgvector defines, and Debian 12 does not package: types of these names that take and
/// send bytes as they are, so that the drivers decode what the extension would send.
const STAND_INS: &[&str] = &["vector", "halfvec", "sparsevec"];

const EXTENSIONS: &[&str] = &["citext", "cube", "hstore", "ltree"];

/// What a library can do with a Rust type; the macro in [`crate::types`] fills it in by what impls there are.
pub(crate) struct Reading {
    pub(crate) postgres: Option<PostgresRead>,
    pub(crate) postgres_write: Option<PostgresWrite>,
    pub(crate) sqlx: Option<sqlx_09::Read>,
    pub(crate) sqlx_write: Option<sqlx_09::Write>,
    pub(crate) sqlx_08: Option<sqlx_08::Read>,
    pub(crate) sqlx_08_write: Option<sqlx_08::Write>,
    /// As the SQL type of each column: scalars and then arrays.
    pub(crate) diesel: Vec<DieselReading>,
    pub(crate) sea_orm: Option<SeaOrmRead>,
    pub(crate) sea_orm_write: Option<SeaOrmWrite>,
}

type PostgresRead = fn(&postgres::Row) -> Result<(), String>;
type PostgresWrite = fn(&mut postgres::Client, &postgres::Row, &str) -> Result<(), String>;
type SeaOrmRead = fn(&sea_orm::QueryResult) -> Result<(), String>;
type SeaOrmWrite = fn(&Runtime, &DatabaseConnection, &sea_orm::QueryResult, &str) -> Result<(), String>;

/// All libraries, connected to a database with the samples.
pub(crate) struct Connections {
    postgres: postgres::Client,
    sqlx: sqlx::PgConnection,
    sqlx_08: ::sqlx_08::PgConnection,
    diesel: ::diesel::PgConnection,
    sea_orm: DatabaseConnection,
    /// How many statements sea-orm wrote.
    writes: usize,
    runtime: Runtime,
    /// By the name of the column.
    rows: HashMap<String, Rows>,
    _database: Database<'static>,
}

/// A row with one column, as each library got it; nothing where it could not select the column at all.
struct Rows {
    postgres: postgres::Row,
    sqlx: Option<sqlx::postgres::PgRow>,
    sqlx_08: Option<::sqlx_08::postgres::PgRow>,
    sea_orm: Option<sea_orm::QueryResult>,
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
            let columns = samples.iter().flat_map(|sample| {
                sample.columns.iter().map(|column| format!("{} {}", column.name, sample.declared))
            });
            let columns: Vec<String> = columns.collect();
            sql.push_str(&format!("CREATE TABLE {table} ({});\n", columns.join(", ")));
        }
        let columns = samples.iter().flat_map(|sample| &sample.columns);
        let values: Vec<&str> = columns.map(|column| &*column.expression).collect();
        sql.push_str(&format!("INSERT INTO samples VALUES ({});\n", values.join(", ")));
        sql.push_str("INSERT INTO copies DEFAULT VALUES;");
        client.batch_execute(&sql).expect("the samples are valid");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let url = database.url();
        let mut connections = Self {
            postgres: client,
            sqlx: sqlx_09::connect(&runtime, &url),
            sqlx_08: sqlx_08::connect(&runtime, &url),
            diesel: diesel::connect(&url),
            sea_orm: runtime.block_on(sea_orm::Database::connect(&url)).expect("sea-orm connects"),
            writes: 0,
            runtime,
            rows: HashMap::new(),
            _database: database,
        };
        for sample in samples {
            for column in &sample.columns {
                let rows = connections.select(sample, column);
                connections.rows.insert(column.name.clone(), rows);
            }
        }
        connections
    }

    fn select(&mut self, sample: &Sample, column: &Column) -> Rows {
        let sql = format!("SELECT {} FROM samples", column.name);
        let query = Statement::from_string(DbBackend::Postgres, &*sql);
        let sea_orm = self.runtime.block_on(self.sea_orm.query_one_raw(query));
        let rows = Rows {
            postgres: self.postgres.query_one(&sql, &[]).expect("the column can be selected"),
            sqlx: sqlx_09::select(&self.runtime, &mut self.sqlx, &sql),
            sqlx_08: sqlx_08::select(&self.runtime, &mut self.sqlx_08, &sql),
            sea_orm: sea_orm.ok().map(|row| row.expect("the table has a row")),
        };
        // sqlx refuses most queries with a multirange in them: it does not know that sort of type.
        let all = rows.sqlx.is_some() && rows.sqlx_08.is_some() && rows.sea_orm.is_some();
        assert!(all || sample.typname.ends_with("multirange"), "{} cannot be selected", sample.name);
        rows
    }

    pub(crate) fn try_postgres(&mut self, reading: &Reading, column: &Column, _: &Sample) -> Outcome {
        let Some(read) = reading.postgres else { return Outcome::Absent };
        let row = &self.rows[&column.name].postgres;
        if read(row).is_err() {
            return Outcome::Refused;
        }
        let write = reading.postgres_write.ok_or("it has no `ToSql`".to_owned());
        let written = write.and_then(|write| write(&mut self.postgres, row, &update(column)));
        outcome(&mut self.postgres, written, column)
    }

    pub(crate) fn try_sqlx(&mut self, reading: &Reading, column: &Column, _: &Sample) -> Outcome {
        let Some(read) = reading.sqlx else { return Outcome::Absent };
        let row = self.rows[&column.name].sqlx.as_ref();
        let Some(row) = row.filter(|row| read(row).is_ok()) else { return Outcome::Refused };
        let write = reading.sqlx_write.ok_or("it has no `Encode`".to_owned());
        let written = write.and_then(|write| write(&self.runtime, &mut self.sqlx, row, &update(column)));
        outcome(&mut self.postgres, written, column)
    }

    pub(crate) fn try_sqlx_08(&mut self, reading: &Reading, column: &Column, _: &Sample) -> Outcome {
        let Some(read) = reading.sqlx_08 else { return Outcome::Absent };
        let row = self.rows[&column.name].sqlx_08.as_ref();
        let Some(row) = row.filter(|row| read(row).is_ok()) else { return Outcome::Refused };
        let write = reading.sqlx_08_write.ok_or("it has no `Encode`".to_owned());
        let written = write.and_then(|write| write(&self.runtime, &mut self.sqlx_08, row, &update(column)));
        outcome(&mut self.postgres, written, column)
    }

    /// Of a column that `diesel print-schema` and a careful user give another SQL type the better one.
    pub(crate) fn try_diesel(&mut self, reading: &Reading, column: &Column, sample: &Sample) -> Outcome {
        let outcomes = reading.diesel.iter().filter(|reading| reading.is_for(sample)).map(|reading| {
            let Some(read) = reading.read else { return Outcome::Absent };
            if read(&mut self.diesel, &column.name).is_err() {
                return Outcome::Refused;
            }
            let write = reading.write.ok_or("it has no `ToSql`".to_owned());
            let written = write.and_then(|write| write(&mut self.diesel, &column.name));
            outcome(&mut self.postgres, written, column)
        });
        outcomes.max().expect("each column has a SQL type, or a type that stands for none")
    }

    pub(crate) fn try_sea_orm(&mut self, reading: &Reading, column: &Column, _: &Sample) -> Outcome {
        let Some(read) = reading.sea_orm else { return Outcome::Absent };
        let row = self.rows[&column.name].sea_orm.as_ref();
        let Some(row) = row.filter(|row| read(row).is_ok()) else { return Outcome::Refused };
        let write = reading.sea_orm_write.ok_or("it is no `Value`".to_owned());
        // A text of its own for each: a connection keeps the statement of a text, with the types of the parameters that it
        // was prepared for, and which connection of the pool is taken is chance.
        self.writes += 1;
        let sql = format!("{} -- {}", update(column), self.writes);
        let written = write.and_then(|write| write(&self.runtime, &self.sea_orm, row, &sql));
        outcome(&mut self.postgres, written, column)
    }
}

fn update(column: &Column) -> String {
    format!("UPDATE copies SET {} = $1", column.name)
}

/// Whether the server finds the copy equal to the sample; some types have no `=`, so by their text.
fn outcome(client: &mut postgres::Client, written: Result<(), String>, column: &Column) -> Outcome {
    let column = &column.name;
    if let Err(problem) = written {
        return Outcome::ReadOnly(problem);
    }
    let compare = format!(
        "SELECT s.{column}::text IS NOT DISTINCT FROM c.{column}::text, c.{column}::text FROM samples s, copies c"
    );
    let row = client.query_one(&compare, &[]).expect("both can be compared");
    client.execute(&format!("UPDATE copies SET {column} = NULL"), &[]).expect("the copy is cleared");
    if row.get(0) {
        Outcome::RoundTrip
    } else {
        Outcome::ReadOnly(format!("written back it is {:?}", row.get::<_, Option<String>>(1)))
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
    fn sqlx_09() -> Option<sqlx_09::Read> {
        None
    }
    fn sqlx_09_write() -> Option<sqlx_09::Write> {
        None
    }
    fn sqlx_08() -> Option<sqlx_08::Read> {
        None
    }
    fn sqlx_08_write() -> Option<sqlx_08::Write> {
        None
    }
    fn sea_orm() -> Option<SeaOrmRead> {
        None
    }
    fn sea_orm_write() -> Option<SeaOrmWrite> {
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

impl<T: TryGetable> Can<T> {
    pub(crate) fn sea_orm() -> Option<SeaOrmRead> {
        Some(|row| row.try_get_by_index::<T>(0).map(drop).map_err(|error| error.to_string()))
    }
}

impl<T: TryGetable + Into<sea_orm::Value>> Can<T> {
    pub(crate) fn sea_orm_write() -> Option<SeaOrmWrite> {
        Some(|runtime, connection, row, sql| {
            let value: T = row.try_get_by_index(0).map_err(|error| error.to_string())?;
            let update = Statement::from_sql_and_values(DbBackend::Postgres, sql, [value.into()]);
            runtime.block_on(connection.execute_raw(update)).map(drop).map_err(|error| error.to_string())
        })
    }
}

/// A version of sqlx: `$query` makes a query of a text of its own.
macro_rules! sqlx_version {
    ($module:ident, $sqlx:ident, $read:ident, $write:ident, |$sql:ident| $query:expr) => {
        pub(crate) mod $module {
            use tokio::runtime::Runtime;
            use $sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
            use $sqlx::{ConnectOptions as _, Decode, Encode, Postgres, Row as _, Type};

            use super::Can;

            pub(crate) type Read = fn(&PgRow) -> Result<(), String>;
            pub(crate) type Write = fn(&Runtime, &mut PgConnection, &PgRow, &str) -> Result<(), String>;

            pub(super) fn connect(runtime: &Runtime, url: &str) -> PgConnection {
                let options: PgConnectOptions = url.parse().expect("sqlx reads the URL");
                runtime.block_on(options.connect()).expect("sqlx connects")
            }

            pub(super) fn select(
                runtime: &Runtime,
                connection: &mut PgConnection,
                sql: &str,
            ) -> Option<PgRow> {
                let $sql = sql.to_owned();
                runtime.block_on($query.fetch_one(connection)).ok()
            }

            impl<T: for<'r> Decode<'r, Postgres> + Type<Postgres>> Can<T> {
                pub(crate) fn $read() -> Option<Read> {
                    Some(|row| row.try_get::<T, _>(0).map(drop).map_err(|error| error.to_string()))
                }
            }

            impl<T> Can<T>
            where
                T: for<'r> Decode<'r, Postgres>
                    + for<'q> Encode<'q, Postgres>
                    + Type<Postgres>
                    + Send
                    + 'static,
            {
                pub(crate) fn $write() -> Option<Write> {
                    Some(|runtime, connection, row, sql| {
                        let value: T = row.try_get(0).map_err(|error| error.to_string())?;
                        let $sql = sql.to_owned();
                        let update = $query.bind(value);
                        runtime
                            .block_on(update.execute(connection))
                            .map(drop)
                            .map_err(|error| error.to_string())
                    })
                }
            }
        }
    };
}

sqlx_version!(sqlx_09, sqlx, sqlx_09, sqlx_09_write, |sql| sqlx::query(sqlx::AssertSqlSafe(sql)));
sqlx_version!(sqlx_08, sqlx_08, sqlx_08, sqlx_08_write, |sql| sqlx_08::query(&sql));
