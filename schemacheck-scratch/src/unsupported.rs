//! Stands in for `cluster` where there are no Unix sockets and users: no value of it can exist.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use postgres::Config;

use crate::{Error, Options, error::Kind};

/// A cluster that cannot be.
#[derive(Debug)]
pub(crate) enum Cluster {}

impl Cluster {
    pub(crate) fn start(_: &Options) -> Result<(Self, u32), Error> {
        Err(Kind::Unsupported.into())
    }

    pub(crate) fn config(&self, _: &str) -> Config {
        match *self {}
    }

    pub(crate) fn bin_dir(&self) -> &Path {
        match *self {}
    }

    pub(crate) fn directory(&self) -> &Path {
        match *self {}
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        match *self {}
    }

    pub(crate) fn log_file(&self) -> PathBuf {
        match *self {}
    }

    pub(crate) fn port(&self) -> u16 {
        match *self {}
    }

    pub(crate) fn tcp_port(&self) -> Option<u16> {
        match *self {}
    }

    pub(crate) fn pid(&self) -> u32 {
        match *self {}
    }

    pub(crate) fn stop(self) -> Result<(), Error> {
        match self {}
    }
}

/// Ends all servers of this process. There are none on this system.
pub fn end() {}

/// Runs a command to its end.
///
/// # Errors
///
/// If it cannot be started.
pub fn run(command: &mut Command) -> io::Result<ExitStatus> {
    command.status()
}
