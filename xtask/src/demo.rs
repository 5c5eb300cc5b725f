//! `cargo xtask demo`
use crate::shell::Result;
pub(crate) fn run() -> Result<()> {
    Err("not yet".into())
}
