use schemacheck::{Model, PgType};

#[derive(PgType)]
#[schemacheck(type = "mood")]
struct Mood(String);

#[derive(PgType)]
#[schemacheck(type = "hours")]
struct Hours {
    from: String,
}

#[derive(PgType)]
#[schemacheck(type = "adress")]
struct Missing {
    street: String,
}

#[derive(PgType)]
#[schemacheck(type = "email")]
struct Email {
    user: String,
    host: String,
}

#[derive(PgType)]
#[schemacheck(type = "address")]
struct Newtype(String);

#[derive(PgType)]
#[schemacheck(type = "address")]
struct Tuple(String, i32, String);

#[derive(PgType)]
struct Address {
    street: String,
}

// None of these columns gets an error of its own.
#[derive(Model)]
#[schemacheck(table = "customers")]
struct Customer {
    address: Missing,
    addresses: Vec<Newtype>,
    home: Option<Address>,
    emails: Vec<Email>,
    feeling: Mood,
}

fn main() {}
