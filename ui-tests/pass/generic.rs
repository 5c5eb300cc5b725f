//! A type parameter is judged by name only, and no bound is forced on the user.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct Generic<'a, T, U: Clone = String, const N: usize = 1>
where
    T: 'a,
{
    pub id: T,
    pub age: U,
    pub tags: Vec<U>,
    pub nickname: Option<&'a T>,
    pub avatar: [u8; N],
    pub r#type: &'a str,
}

macro_rules! model {
    ($name:ident, $table:literal, $($field:ident: $ty:ty),*) => {
        #[derive(Model)]
        #[schemacheck(table = $table)]
        pub struct $name { $(pub $field: $ty),* }
    };
}

model!(ByMacro, "users", id: i64, nickname: Option<String>);

fn main() {
    #[derive(Model)]
    #[schemacheck(table = "users")]
    pub struct Local {
        pub id: i64,
    }
}
