use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = "adults")]
struct Adult {
    #[schemacheck(not_null)]
    id: i64,
    #[schemacheck(nullable)]
    nickname: String,
}

fn main() {}
