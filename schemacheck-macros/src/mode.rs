//! `SCHEMACHECK_BUILD`: what a finding does to the build.

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
        match std::env::var(VARIABLE).as_deref() {
            Err(_) | Ok("" | "enforce") => Self::Enforce,
            Ok("warn") => Self::Warn,
            Ok("off") => Self::Off,
            Ok(other) => {
                let message = format!("{VARIABLE} is `{other}`, expected one of `enforce`, `warn`, `off`");
                ctxt.error_at(Span::call_site(), message);
                Self::Off
            }
        }
    }
}
