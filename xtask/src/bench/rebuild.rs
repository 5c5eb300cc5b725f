use crate::shell::Result;
pub(super) fn run() -> Result<String> {
    Err("wip".into())
}
