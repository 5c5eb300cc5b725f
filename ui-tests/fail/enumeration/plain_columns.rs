use schemacheck::{Model, PgEnum, PgType};

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case")]
enum Status {
    Sent,
    Opened,
    Lost,
}

#[derive(PgEnum)]
#[schemacheck(repr = "int4")]
enum Priority {
    Low,
}

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case", non_exhaustive)]
enum Channel {
    Sms,
    Fax,
}

#[derive(PgType)]
#[schemacheck(transparent)]
struct Wrapped(Channel);

#[derive(Model)]
#[schemacheck(table = "messages")]
struct Message<'a> {
    status: Status,
    channel: Option<&'a Channel>,
    code: Status,
    #[schemacheck(allow(missing-label, reason = "never read"))]
    delivery: Status,
    channels: Vec<Wrapped>,
    priority: Priority,
    weight: Status,
    folder: Status,
}

#[derive(Model)]
#[schemacheck(table = "messages")]
struct Warned {
    #[schemacheck(warn(unknown-label, missing-label, reason = "being migrated"))]
    status: Status,
}

fn main() {}
