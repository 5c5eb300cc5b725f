use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = "users")]
struct User {
    id: i64,
    emial: String,
    #[schemacheck(column = "Nickname")]
    nickname: Option<String>,
    severity: Option<String>,
    r#typ: String,
}

fn main() {}
