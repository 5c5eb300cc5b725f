//! Files that users name: opened only if they are files, and read only up to a size.
//!
//! A pipe would be waited for, a device has no end, and a directory is a mistake worth naming.

use std::fs::{File, FileType};
use std::io::{self, Read};
use std::path::Path;

/// How long a text may be. A list of ten thousand models has a tenth of this.
const LIMIT: u64 = 256 << 20;

/// Opens a regular file, or what a link to one leads to.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Asked before it is opened: that alone waits for the writer of a pipe, and can start what a device does.
    refuse(std::fs::metadata(path)?.file_type())?;
    let file = File::open(path)?;
    refuse(file.metadata()?.file_type())?;
    Ok(file)
}

/// The text of a regular file.
pub(crate) fn text(path: &Path) -> io::Result<String> {
    bounded(open(path)?)
}

/// The bytes of a regular file.
pub(crate) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    bounded_bytes(open(path)?)
}

/// The text of a file on the command line, which can be a pipe: `--targets <(vault read ...)`.
pub(crate) fn text_or_pipe(path: &Path) -> io::Result<String> {
    let kind = std::fs::metadata(path)?.file_type();
    if !is_pipe(kind) {
        refuse(kind)?;
    }
    bounded(File::open(path)?)
}

fn bounded(file: File) -> io::Result<String> {
    String::from_utf8(bounded_bytes(file)?).map_err(|_| {
        // In the words of `read_to_string`.
        io::Error::new(io::ErrorKind::InvalidData, "stream did not contain valid UTF-8")
    })
}

fn bounded_bytes(file: File) -> io::Result<Vec<u8>> {
    let too_long = || io::Error::other(format!("it is larger than {} MiB", LIMIT >> 20));
    if file.metadata()?.len() > LIMIT {
        return Err(too_long());
    }
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT { Err(too_long()) } else { Ok(bytes) }
}

/// An error for all but regular files, which says what it is.
fn refuse(kind: FileType) -> io::Result<()> {
    let what = match kind {
        kind if kind.is_file() => return Ok(()),
        kind if kind.is_dir() => "a directory",
        kind if is_pipe(kind) => "a pipe",
        kind => special(kind),
    };
    Err(io::Error::other(format!("it is {what}, not a file")))
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_: FileType) -> bool {
    false
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    if std::os::unix::fs::FileTypeExt::is_socket(&kind) { "a socket" } else { "a device" }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "something else"
}
