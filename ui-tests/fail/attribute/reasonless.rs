use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = "users", types = "off")]
struct NoReason {
    #[schemacheck(nullability = "off")]
    nickname: String,
    #[schemacheck(allow(type-mismatch))]
    age: i32,
    #[schemacheck(types = "on", reason = "x")]
    id: i64,
    #[schemacheck(warn(type-mismatch, reason = " "), deny(reason = "x"), allow)]
    tags: Vec<String>,
    #[schemacheck(allow(type-mismach, reason = "x"))]
    mood: i64,
    #[schemacheck(column = "settings", reason = "x")]
    more: i64,
    #[schemacheck(types = "off", reason = "")]
    avatar: i64,
}

fn main() {}
