//! A type with the name of another, which was seen to hold the column.
mod numbers {
    #[derive(schemacheck::PgType)]
    #[schemacheck(transparent)]
    pub struct Key(pub i64);
}

mod plain {
    pub struct Key;

    #[derive(schemacheck::Model)]
    #[schemacheck(table = "users")]
    pub struct User {
        pub id: Key,
        pub nickname: numbers_as_text::Key,
    }

    mod numbers_as_text {
        pub use crate::numbers::Key;
    }
}

fn main() {
    let _ = std::mem::size_of::<numbers::Key>();
}
