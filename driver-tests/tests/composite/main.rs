//! What the drivers make of composite types and domains: the facts that the rules about them rest on.
//!
//! `postgres` goes by the names of attributes and wants each of them; `sqlx` goes by their place. A domain is reported
//! as what it is based on where it is the type of a column, and as itself in an array, in a composite type and as a
//! parameter.

use postgres_types::{FromSql, ToSql};
use schemacheck_scratch::{Database, Server};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::{PgRecordDecoder, PgRecordEncoder};
use sqlx::postgres::{PgArgumentBuffer, PgConnectOptions, PgConnection, PgTypeInfo, PgValueRef};
use sqlx::{ConnectOptions, Decode, Encode, Postgres, Type};

const SCHEMA: &str = "CREATE DOMAIN email AS text;
    CREATE TYPE address AS (street text, zip integer, city text);
    CREATE TYPE contact AS (email email, since integer);
    CREATE TABLE people (
        id integer GENERATED ALWAYS AS IDENTITY, address address, contact contact, email email, emails email[]
    );
    INSERT INTO people (address, contact, email, emails)
    VALUES (('Low Road', 12, 'Ely'), ('a@b', 2020), 'a@b', '{a@b,c@d}');";

/// The attributes by name and place.
#[derive(Debug, Clone, PartialEq, ToSql, FromSql)]
#[postgres(name = "address")]
struct Address {
    street: String,
    zip: i32,
    city: String,
}

/// The same attributes, two of them in another place.
#[derive(Debug, Clone, PartialEq, ToSql, FromSql)]
#[postgres(name = "address")]
struct Moved {
    city: String,
    zip: i32,
    street: String,
}

#[derive(Debug, Clone, PartialEq, ToSql, FromSql)]
#[postgres(name = "address")]
struct Fewer {
    street: String,
    zip: i32,
}

#[derive(Debug, Clone, PartialEq, ToSql, FromSql)]
#[postgres(name = "email")]
struct Email(String);

#[derive(Debug, Clone, PartialEq, ToSql, FromSql)]
#[postgres(name = "contact")]
struct Contact {
    email: Email,
    since: i32,
}

#[derive(Debug, Clone, PartialEq, ToSql, FromSql)]
#[postgres(name = "contact")]
struct Plain {
    email: String,
    since: i32,
}

#[derive(Debug, Clone, PartialEq, ToSql, FromSql)]
#[postgres(name = "office")]
struct Office {
    email: String,
    since: i32,
}

/// What `#[derive(sqlx::Type)]` makes of a struct.
macro_rules! sqlx_record {
    ($($name:ident of $typname:literal { $($field:ident: $ty:ty),* })*) => {
        $(
            impl Type<Postgres> for $name {
                fn type_info() -> PgTypeInfo {
                    PgTypeInfo::with_name($typname)
                }
            }
            impl<'r> Decode<'r, Postgres> for $name {
                fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
                    let mut decoder = PgRecordDecoder::new(value)?;
                    $(let $field = decoder.try_decode::<$ty>()?;)*
                    Ok(Self { $($field),* })
                }
            }
            impl Encode<'_, Postgres> for $name {
                fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                    let mut encoder = PgRecordEncoder::new(buffer);
                    $(encoder.encode::<$ty>(self.$field.clone())?;)*
                    encoder.finish();
                    Ok(IsNull::No)
                }
            }
        )*
    };
}

sqlx_record! {
    Address of "address" { street: String, zip: i32, city: String }
    Moved of "address" { city: String, zip: i32, street: String }
    Fewer of "address" { street: String, zip: i32 }
    Plain of "contact" { email: String, since: i32 }
    Office of "office" { email: String, since: i32 }
}

fn database(changes: &str) -> Database<'static> {
    let database =
        Server::shared().expect("a throwaway server starts").create_database().expect("a database");
    let mut client = database.connect().expect("connects");
    client.batch_execute(SCHEMA).expect("the schema is valid");
    client.batch_execute(changes).expect("the changes are valid");
    database
}

/// What `postgres` reads from a column.
fn postgres_reads<T: for<'a> FromSql<'a>>(database: &Database<'_>, column: &str) -> Result<T, String> {
    let mut client = database.connect().expect("connects");
    let row = client.query_one(&format!("SELECT {column} FROM people LIMIT 1"), &[]).expect("one row");
    row.try_get(0).map_err(|error| format!("{error:?}"))
}

fn postgres_writes(database: &Database<'_>, column: &str, value: &(dyn ToSql + Sync)) -> Result<(), String> {
    let mut client = database.connect().expect("connects");
    let insert = format!("INSERT INTO people ({column}) VALUES ($1)");
    client.execute(&insert, &[value]).map(drop).map_err(|error| format!("{error:?}"))
}

fn on_sqlx<T>(database: &Database<'_>, run: impl AsyncFnOnce(&mut PgConnection) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let options: PgConnectOptions = database.url().parse().expect("sqlx reads the URL");
    runtime.block_on(async {
        let mut connection = options.connect().await.expect("sqlx connects");
        run(&mut connection).await
    })
}

/// What `sqlx` reads from a column.
fn sqlx_reads<T>(database: &Database<'_>, column: &str) -> Result<T, String>
where
    T: for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin,
{
    let select = format!("SELECT {column} FROM people LIMIT 1");
    on_sqlx(database, async |connection| {
        let query = sqlx::query_scalar(sqlx::AssertSqlSafe(select));
        query.fetch_one(connection).await.map_err(|error| error.to_string())
    })
}

fn sqlx_writes<T>(database: &Database<'_>, column: &str, value: T) -> Result<(), String>
where
    T: for<'q> Encode<'q, Postgres> + Type<Postgres> + Send + 'static,
{
    let insert = format!("INSERT INTO people ({column}) VALUES ($1)");
    on_sqlx(database, async |connection| {
        let query = sqlx::query(sqlx::AssertSqlSafe(insert)).bind(value);
        query.execute(connection).await.map(drop).map_err(|error| error.to_string())
    })
}

fn address() -> Address {
    Address { street: "Low Road".into(), zip: 12, city: "Ely".into() }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: Result<T, String>, because: &str) {
    let problem = outcome.expect_err("it is refused");
    assert!(problem.contains(because), "{problem}");
}

#[test]
fn a_struct_of_the_attributes_is_read_and_written() {
    let database = database("");
    assert_eq!(postgres_reads(&database, "address"), Ok(address()));
    assert_eq!(sqlx_reads(&database, "address"), Ok(address()));
    assert_eq!(postgres_writes(&database, "address", &address()), Ok(()));
    assert_eq!(sqlx_writes(&database, "address", address()), Ok(()));
}

#[test]
fn postgres_goes_by_name_and_sqlx_by_place() {
    let moved = |street: &str, city: &str| Moved { street: street.into(), zip: 12, city: city.into() };
    let database = database("");
    assert_eq!(postgres_reads(&database, "address"), Ok(moved("Low Road", "Ely")));
    // Of one type, the two are taken for each other without a word.
    assert_eq!(sqlx_reads(&database, "address"), Ok(moved("Ely", "Low Road")));
    let renamed = self::database("ALTER TYPE address RENAME ATTRIBUTE zip TO postcode");
    refused(postgres_reads::<Address>(&renamed, "address"), "WrongType");
    assert_eq!(sqlx_reads(&renamed, "address"), Ok(address()));
}

#[test]
fn another_number_of_attributes_is_refused_but_where_sqlx_reads_the_first_ones() {
    let database = database("");
    let fewer = Fewer { street: "Low Road".into(), zip: 12 };
    refused(postgres_reads::<Fewer>(&database, "address"), "WrongType");
    refused(postgres_writes(&database, "address", &fewer), "WrongType");
    assert_eq!(sqlx_reads(&database, "address"), Ok(fewer.clone()));
    refused(sqlx_writes(&database, "address", fewer), "wrong number of columns");
    // An attribute that the struct has and the type has not.
    let dropped = self::database("ALTER TYPE address DROP ATTRIBUTE city");
    refused(postgres_reads::<Address>(&dropped, "address"), "WrongType");
    refused(sqlx_reads::<Address>(&dropped, "address"), "no field");
    // One in front of the others.
    let front = "ALTER TYPE address DROP ATTRIBUTE street; ALTER TYPE address ADD ATTRIBUTE street text";
    refused(sqlx_reads::<Fewer>(&self::database(front), "address"), "mismatched types");
}

#[test]
fn a_domain_is_read_as_its_base_from_a_column_and_as_itself_within_a_composite_type() {
    let database = database("");
    assert_eq!(postgres_reads(&database, "email"), Ok("a@b".to_owned()));
    assert_eq!(postgres_reads(&database, "email"), Ok(Email("a@b".into())));
    assert_eq!(sqlx_reads(&database, "email"), Ok("a@b".to_owned()));
    let contact = Contact { email: Email("a@b".into()), since: 2020 };
    assert_eq!(postgres_reads(&database, "contact"), Ok(contact));
    refused(postgres_reads::<Plain>(&database, "contact"), "WrongType");
    assert_eq!(sqlx_reads(&database, "contact"), Ok(Plain { email: "a@b".into(), since: 2020 }));
}

#[test]
fn an_array_of_a_domain_is_one_of_the_domain() {
    let database = database("");
    refused(postgres_reads::<Vec<String>>(&database, "emails"), "WrongType");
    assert_eq!(postgres_reads(&database, "emails"), Ok(vec![Email("a@b".into()), Email("c@d".into())]));
    let plain = vec!["a@b".to_owned(), "c@d".to_owned()];
    assert_eq!(sqlx_reads(&database, "emails"), Ok(plain.clone()));
    assert_eq!(sqlx_writes(&database, "emails", plain), Ok(()));
}

/// `sqlx` looks one domain deep.
#[test]
fn what_is_below_two_domains_is_read_only_from_a_column() {
    let database = database(
        "CREATE DOMAIN work_email AS email; CREATE TYPE office AS (email work_email, since integer);
         ALTER TABLE people ADD office office DEFAULT ('a@b', 2020), ADD work_email work_email DEFAULT 'a@b', ADD work_emails work_email[] DEFAULT '{a@b}'",
    );
    assert_eq!(postgres_reads(&database, "work_email"), Ok("a@b".to_owned()));
    assert_eq!(sqlx_reads(&database, "work_email"), Ok("a@b".to_owned()));
    refused(postgres_reads::<Office>(&database, "office"), "WrongType");
    refused(sqlx_reads::<Office>(&database, "office"), "mismatched types");
    refused(postgres_reads::<Vec<String>>(&database, "work_emails"), "WrongType");
    refused(sqlx_reads::<Vec<String>>(&database, "work_emails"), "mismatched types");
}

#[test]
fn postgres_binds_a_domain_only_to_a_type_that_names_it() {
    let database = database("");
    refused(postgres_writes(&database, "email", &"e@f".to_owned()), "WrongType");
    refused(postgres_writes(&database, "email", &"e@f"), "WrongType");
    assert_eq!(postgres_writes(&database, "email", &Email("e@f".into())), Ok(()));
    assert_eq!(postgres_writes(&database, "email", &None::<Email>), Ok(()));
    assert_eq!(sqlx_writes(&database, "email", "e@f".to_owned()), Ok(()));
}
