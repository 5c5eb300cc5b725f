//! The cases of `tests/ui.rs` are in `pass/` and `fail/`.
