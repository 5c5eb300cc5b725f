//! Where an expansion stands in the source. Only the compiler knows, and in unit tests there is none.

use std::path::{Path, PathBuf};

use proc_macro2::Span;

/// The source file as records and reports name it, by no path that only this machine has: below the package or the
/// workspace, below `$OUT_DIR`, or, of another package, below that one's directory.
pub(crate) fn file() -> String {
    if !proc_macro::is_available() {
        return "src/lib.rs".to_owned();
    }
    let span = Span::call_site().unwrap();
    let named = span.file();
    match local_file() {
        Some(file) if Path::new(&named).is_absolute() => neutral(&file),
        // What rustc was told to write in place of a path is no directory of this machine.
        _ => named,
    }
}

fn neutral(file: &Path) -> String {
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from);
    let here = std::env::current_dir().ok();
    shown(file, package().as_deref(), out.as_deref(), here.as_deref(), |folder| {
        folder.join("Cargo.toml").is_file()
    })
}

/// A file relative to what names it on every machine.
fn shown(
    file: &Path,
    package: Option<&Path>,
    out: Option<&Path>,
    here: Option<&Path>,
    is_package: impl Fn(&Path) -> bool,
) -> String {
    if !file.is_absolute() {
        return file.display().to_string();
    }
    let below = |folder: Option<&Path>| file.strip_prefix(folder?).ok();
    // Before the package, in whose directory it may be.
    if let Some(rest) = below(out) {
        return Path::new("$OUT_DIR").join(rest).display().to_string();
    }
    let other = file.ancestors().skip(1).find(|folder| is_package(folder));
    let rest = below(package).or_else(|| below(here)).or_else(|| below(other.and_then(Path::parent)));
    rest.or(file.file_name().map(Path::new)).unwrap_or(file).display().to_string()
}

/// The directory of the package.
pub(crate) fn package() -> Option<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR").filter(|package| !package.is_empty()).map(PathBuf::from)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_names_no_directory_of_the_machine() {
        let shown = |file: &str| {
            let out = Path::new("/ws/app/target/debug/build/app-1f/out");
            let is_package =
                |folder: &Path| folder == Path::new("/home/me/.cargo/registry/src/x-1f/shapes-0.1.0");
            let (package, here) = (Some(Path::new("/ws/app")), Some(Path::new("/ws")));
            super::shown(Path::new(file), package, Some(out), here, is_package)
        };
        for (file, expect) in [
            ("app/src/main.rs", "app/src/main.rs"),
            ("/ws/app/src/main.rs", "src/main.rs"),
            ("/ws/shared/models.rs", "shared/models.rs"),
            ("/ws/app/target/debug/build/app-1f/out/models.rs", "$OUT_DIR/models.rs"),
            ("/home/me/.cargo/registry/src/x-1f/shapes-0.1.0/src/lib.rs", "shapes-0.1.0/src/lib.rs"),
            ("/home/me/models.rs", "models.rs"),
        ] {
            assert_eq!(shown(file), expect);
        }
    }
}
