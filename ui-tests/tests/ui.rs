//! Every case in `pass/` builds, and each in `fail/` fails with the recorded messages.
//!
//! The messages are those of the toolchain that CONTRIBUTING.md names; `cargo xtask bless` refreshes them.
//!

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*/*.rs");
}
