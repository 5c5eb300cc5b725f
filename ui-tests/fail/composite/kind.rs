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

// None of these columns gets an error of its own.
#[derive(Model)]
#[schemacheck(table = "customers")]
struct Customer {
    address: Missing,
    addresses: Vec<Newtype>,
    emails: Vec<Email>,
    feeling: Mood,
}

fn main() {}
