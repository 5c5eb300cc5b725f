//! A struct that is no model, where one is asked for.
use schemacheck::{Guard, Model};

struct Plain;

#[derive(Model)]
#[schemacheck(embedded)]
struct Embedded {
    id: i64,
}

fn is_model<T: Model>() {}

fn main() {
    is_model::<Plain>();
    let _ = Guard::new().only::<(Embedded,)>();
}
