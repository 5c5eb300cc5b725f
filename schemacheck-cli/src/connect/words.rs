//! What a pooler says before it closes a connection in the middle of a transaction.
//!
//! The blocking driver sees the end of the connection before it hands on what came with it, and loses that. So a
//! transaction is begun once more, over the driver that the blocking one is made of, whose answers wait for who reads them.

use postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Config, NoTls, Socket};

use super::hosts::{self, Mode};
use super::params::Params;
#[cfg(feature = "tls")]
use super::tls;
use crate::deadline::within;

/// The error by which the first host refuses a transaction, if it is one. Nothing is asked, and nothing is left open.
pub(super) fn refusal(params: &Params) -> Option<String> {
    let limit = hosts::timeout(params).ok()?;
    let params = params.clone();
    within(limit, move || {
        let (mut config, is_socket) = hosts::first(&params).ok()?;
        let mode = Mode::of(&params).ok()?;
        if is_socket || mode <= Mode::Allow || cfg!(not(feature = "tls")) {
            config.ssl_mode(SslMode::Disable);
            return begin(&config, NoTls);
        }
        #[cfg(feature = "tls")]
        {
            config.ssl_mode(if mode == Mode::Prefer { SslMode::Prefer } else { SslMode::Require });
            begin(&config, tls::connector(&params, mode).ok()?)
        }
        #[cfg(not(feature = "tls"))]
        None
    })?
}

fn begin<T>(config: &Config, connector: T) -> Option<String>
where
    T: MakeTlsConnect<Socket> + Send + 'static,
    T::Stream: Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    runtime.block_on(async {
        let (client, connection) = config.connect(connector).await.ok()?;
        // Its own error is that it was closed.
        drop(tokio::spawn(connection));
        let refused = client.simple_query("START TRANSACTION READ ONLY").await.err()?;
        refused.as_db_error().map(|error| error.message().to_owned())
    })
}
