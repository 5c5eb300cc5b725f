//! `SCHEMACHECK_BUILD`: what a finding does to the build.

use std::ffi::OsStr;

use proc_macro2::Span;
use schemacheck_core::manifest::BuildMode;

use crate::ctxt::Ctxt;

/// The environment variable.
pub(crate) const VARIABLE: &str = "SCHEMACHECK_BUILD";

/// What a finding does to the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It fails.
    Enforce,
    /// It warns.
    Warn,
    /// Nothing is read, and nothing is found.
    Off,
}

impl Mode {
    /// The same as a record says it.
    pub(crate) fn recorded(self) -> BuildMode {
        match self {
            Self::Enforce => BuildMode::Enforce,
            Self::Warn => BuildMode::Warn,
            Self::Off => BuildMode::Off,
        }
    }

    /// Off if it is not known which snapshot is meant: that was said, and what another one says is beside the point.
    pub(crate) fn unless(self, is_unknown: bool) -> Self {
        if is_unknown { Self::Off } else { self }
    }

    /// `enforce` unless the variable says otherwise; anything else than its three words is a mistake of its own.
    pub(crate) fn from_env(ctxt: &Ctxt) -> Self {
        Self::of(std::env::var_os(VARIABLE).as_deref()).unwrap_or_else(|message| {
            ctxt.error_at(Span::call_site(), message);
            Self::Off
        })
    }

    fn of(value: Option<&OsStr>) -> Result<Self, String> {
        match value.map(OsStr::to_string_lossy).as_deref() {
            None | Some("" | "enforce") => Ok(Self::Enforce),
            Some("warn") => Ok(Self::Warn),
            Some("off") => Ok(Self::Off),
            Some(other) => Err(format!("{VARIABLE} is `{other}`, expected one of `enforce`, `warn`, `off`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_but_its_words_is_a_mistake() {
        let of = |value: &str| Mode::of(Some(OsStr::new(value)));
        assert_eq!(
            (Mode::of(None), of(""), of("enforce")),
            (Ok(Mode::Enforce), Ok(Mode::Enforce), Ok(Mode::Enforce))
        );
        assert_eq!((of("warn"), of("off")), (Ok(Mode::Warn), Ok(Mode::Off)));
        assert_eq!(
            of("of").unwrap_err(),
            "SCHEMACHECK_BUILD is `of`, expected one of `enforce`, `warn`, `off`"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_utf_8_is_an_unknown_one() {
        use std::os::unix::ffi::OsStrExt;

        let message = Mode::of(Some(OsStr::from_bytes(b"off\xff"))).unwrap_err();
        assert!(message.starts_with("SCHEMACHECK_BUILD is `off\u{fffd}`, expected"), "{message}");
    }
}
