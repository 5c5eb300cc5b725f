//! What is wrong with an enum, a newtype or a composite type is said once, and not again of the columns that it holds.
use schemacheck::{AcceptsColumn, Guard, Model, PgEnum, PgType, pg};

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
enum Variant {
    Happy,
    Sad,
    #[schemacheck(renam = "so_so")]
    Medium,
}

#[derive(PgEnum)]
#[schemacheck(type = "moood")]
enum Missing {
    Happy,
}

#[derive(PgEnum)]
#[schemacheck(repr = "txt", rename_all = "lowercase")]
enum Repr {
    Sent,
}

#[derive(PgEnum)]
#[schemacheck(repr = "text")]
enum Twice {
    #[schemacheck(rename = "sent")]
    Sent,
    #[schemacheck(rename = "sent")]
    Gone,
}

#[derive(PgType)]
struct Unsaid(Option<String>);

#[derive(PgType)]
#[schemacheck(type = "addres")]
struct NoType {
    street: String,
}

#[derive(PgType)]
#[schemacheck(type = "address")]
struct Attribute {
    #[schemacheck(renam = "street")]
    road: String,
}

#[derive(PgType)]
#[schemacheck(type = "home")]
struct Domain(Attribute);

#[derive(PgType)]
#[schemacheck(transparent)]
struct Newtype<'a>(&'a Unsaid, u8);

#[derive(Model)]
#[schemacheck(table = "users")]
struct User<'a> {
    mood: Variant,
    moods: Vec<Missing>,
    nickname: Unsaid,
    email: Newtype<'a>,
}

#[derive(Model)]
#[schemacheck(table = "messages", insert)]
#[schemacheck(optional("id", "code", "channels", "folder", "feeling", "priority", "weight", reason = "a trigger"))]
struct Message {
    status: Repr,
    delivery: Twice,
    channel: Option<Twice>,
}

#[derive(Model)]
#[schemacheck(table = "customers")]
struct Customer {
    address: NoType,
    addresses: Vec<Attribute>,
    home: Option<Domain>,
}

fn holds<T: AcceptsColumn<P>, P>() {}

fn main() {
    holds::<Missing, pg::Named<1>>();
    let _ = Guard::new().only::<(User<'static>, Message, Customer)>();
}
