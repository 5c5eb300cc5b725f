//! The crate is reached by another path than `::schemacheck`.
mod mine {
    pub use schemacheck as renamed;
}

#[derive(mine::renamed::Model)]
#[schemacheck(table = "users", crate = "crate::mine::renamed")]
pub struct User {
    pub id: i64,
    pub mood: Mood,
}

#[derive(mine::renamed::PgEnum)]
#[schemacheck(type = "public.mood", crate = "mine::renamed", rename_all = "snake_case")]
pub enum Mood {
    Happy,
    Sad,
    #[schemacheck(rename = "so_so")]
    Medium,
}

#[derive(mine::renamed::PgType)]
#[schemacheck(type = "address", crate = "crate::mine::renamed")]
pub struct Address {
    pub street: String,
    pub zip: i32,
    pub city: String,
}

#[derive(mine::renamed::PgType)]
#[schemacheck(type = "home", crate = "crate::mine::renamed")]
pub struct Home(pub Address);

#[derive(mine::renamed::Model)]
#[schemacheck(table = "customers", crate = "crate::mine::renamed")]
pub struct Customer {
    pub address: Address,
    pub addresses: Vec<Address>,
    pub home: Option<Home>,
}

fn main() {}
