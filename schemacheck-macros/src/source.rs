//! Where an expansion stands in the source. Only the compiler knows, and in unit tests there is none.

use std::path::PathBuf;

use proc_macro2::Span;

/// The source file as rustc names it; for a package that is built from elsewhere, below that package.
pub(crate) fn file() -> String {
    if !proc_macro::is_available() {
        return "src/lib.rs".to_owned();
    }
    let file = Span::call_site().unwrap().file();
    let package = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    match std::path::Path::new(&file).strip_prefix(&package) {
        Ok(below) if !package.is_empty() => below.display().to_string(),
        _ => file,
    }
}

/// The source file on disk, if there is one.
pub(crate) fn local_file() -> Option<PathBuf> {
    if !proc_macro::is_available() {
        return None;
    }
    Span::call_site().unwrap().local_file()
}

/// The line of a span, counted from 1; 0 where nobody knows.
pub(crate) fn line(span: Span) -> u32 {
    if !proc_macro::is_available() {
        return 0;
    }
    u32::try_from(span.unwrap().line()).unwrap_or(0)
}
