//! Several types of one name: each is judged as what it is, whichever was derived first.
mod numbers {
    #[derive(schemacheck::PgType)]
    #[schemacheck(transparent)]
    pub struct Id(pub i64);

    #[derive(schemacheck::Model)]
    #[schemacheck(table = "users")]
    pub struct User {
        pub id: Id,
        pub age: Option<Id>,
    }
}

mod words {
    #[derive(schemacheck::PgType)]
    #[schemacheck(transparent)]
    pub struct Id(pub String);

    #[derive(schemacheck::Model)]
    #[schemacheck(table = "users")]
    pub struct User {
        pub nickname: Option<Id>,
        pub tags: Vec<Id>,
    }
}

mod again {
    use crate::numbers::Id;

    #[derive(schemacheck::Model)]
    #[schemacheck(table = "users")]
    pub struct User {
        pub id: Id,
    }
}

mod moods {
    #[derive(schemacheck::PgEnum)]
    #[schemacheck(type = "mood", rename_all = "snake_case")]
    pub enum Id {
        Happy,
        Sad,
        SoSo,
    }

    #[derive(schemacheck::Model)]
    #[schemacheck(table = "users")]
    pub struct User {
        pub mood: Id,
        pub moods: Vec<Id>,
    }
}

fn main() {
    let _ = (
        std::mem::size_of::<numbers::User>(),
        std::mem::size_of::<words::User>(),
        std::mem::size_of::<again::User>(),
        std::mem::size_of::<moods::User>(),
    );
}
