use schemacheck::Model;

type Text = String;

#[derive(Model)]
#[schemacheck(table = "users")]
struct User {
    nickname: Text,
    avatar: Vec<u8>,
    born_on: chrono::NaiveDate,
    // The domain refuses NULL, so this is right.
    email: String,
}

fn main() {}
