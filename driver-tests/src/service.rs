//! The notification service's start over any driver: `service DRIVER URL`, where no worker runs before the guard has
//! let it pass.

#![allow(clippy::unwrap_used, reason = "what cannot be connected to is the test's own mistake")]
#![allow(clippy::print_stdout, reason = "the test reads what a worker would do")]

use schemacheck::Guard;

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../tests/guard/drivers.rs"]
mod drivers;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the notification service's own models, whose records are what counts here"
)]
#[path = "../../examples/notifications/src"]
mod notifications {
    mod models;
}

fn main() {
    let [name, url] = <[String; 2]>::try_from(std::env::args().skip(1).collect::<Vec<_>>()).unwrap();
    let (_, look) = drivers::DRIVERS.iter().find(|(known, _)| *known == name).unwrap();
    match look(drivers::Look::Start(Box::new(Guard::new().target(&url))), &url) {
        Ok(verified) => println!("{verified}\nworkers run"),
        Err(report) => report.exit(),
    }
}
