//! PostgreSQL's regression tests and the library that they load: fetched by `apt-get`, kept below the target directory.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{failed, output, say};
use crate::shell::{Result, run};

/// The tests of one version.
pub(super) struct Source {
    /// The version, such as `15.18`.
    pub(super) version: String,
    /// `src/test/regress`: `sql`, `expected`, `data`, `parallel_schedule`.
    pub(super) tests: PathBuf,
    /// The compiled `regress.c`.
    pub(super) library: PathBuf,
}

/// Fetches the tests that belong to a server, unless they were before.
pub(super) fn fetch(folder: &Path, binaries: &Path) -> Result<Source> {
    let server = server_version(binaries)?;
    let major = server.split('.').next().unwrap_or_default().to_owned();
    let home = folder.join("source").join(&major);
    let tests = home.join("src/test/regress");
    let (library, version) = (home.join("regress.so"), home.join("version"));
    // Written last: what it stands beside is whole.
    if let Ok(version) = fs::read_to_string(&version) {
        return Ok(Source { version, tests, library });
    }
    if home.exists() {
        fs::remove_dir_all(&home).map_err(failed("remove", &home))?;
    }
    let apt = Apt::new(&home.join("apt"), &major)?;
    let fetched = apt.source(&server)?;
    say(&format!("fetched the source of PostgreSQL {}", fetched.upstream));
    let mut unpack = Command::new("tar");
    unpack.arg("-xf").arg(&fetched.archive).arg("-C").arg(&home);
    run(unpack.args(["--strip-components=1", "--wildcards", "*/src/test/regress"]))?;
    let headers = apt.headers(&fetched.package)?;
    let mut compile = Command::new("cc");
    compile.args(["-O1", "-fPIC", "-shared", "-w", "-I"]).arg(headers);
    run(compile.arg(tests.join("regress.c")).arg("-o").arg(&library))?;
    fs::write(&version, &fetched.upstream).map_err(failed("write", &version))?;
    Ok(Source { version: fetched.upstream, tests, library })
}

/// The version that `postgres --version` names.
fn server_version(binaries: &Path) -> Result<String> {
    let text = output(Command::new(binaries.join("postgres")).arg("--version"))?;
    let version = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    version.map(str::to_owned).ok_or_else(|| format!("`postgres --version` says `{}`", text.trim()))
}

/// A fetched source package.
struct Fetched {
    /// The version of the package, such as `15.18-0+deb12u1`.
    package: String,
    /// That of PostgreSQL in it.
    upstream: String,
    archive: PathBuf,
}

/// Debian's client with lists, cache and source list of its own: the machine's stay as they are.
struct Apt {
    folder: PathBuf,
    major: String,
}

impl Apt {
    /// The source list has those of the machine's sources that know the server, and their source packages.
    fn new(folder: &Path, major: &str) -> Result<Self> {
        let known = output(Command::new("apt-cache").args(["madison", &format!("postgresql-{major}")]))
            .map_err(|error| format!("PostgreSQL's source comes by Debian's client: {error}"))?;
        let list = source_list(&known);
        if list.is_empty() {
            return Err(format!(
                "no package source of this machine has postgresql-{major}; run `apt-get update`"
            ));
        }
        for name in ["lists/partial", "cache/archives/partial", "download"] {
            let path = folder.join(name);
            fs::create_dir_all(&path).map_err(failed("create", &path))?;
        }
        let path = folder.join("sources.list");
        fs::write(&path, list).map_err(failed("write", &path))?;
        let apt = Self { folder: folder.to_owned(), major: major.to_owned() };
        output(apt.command("apt-get").arg("update"))?;
        Ok(apt)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (name, value) in [
            ("Dir::Etc::sourcelist", self.folder.join("sources.list")),
            ("Dir::Etc::sourceparts", "-".into()),
            ("Dir::State::lists", self.folder.join("lists")),
            ("Dir::Cache", self.folder.join("cache")),
            // Its own user could not write here.
            ("APT::Sandbox::User", "root".into()),
        ] {
            let mut setting = OsString::from(format!("{name}="));
            setting.push(value);
            command.arg("-o").arg(setting);
        }
        command.arg("--quiet").current_dir(self.folder.join("download"));
        command
    }

    /// The source package of the server's version, or the first of another that can be had: a mirror may list what
    /// it no longer has.
    fn source(&self, server: &str) -> Result<Fetched> {
        let name = format!("postgresql-{}", self.major);
        let records = output(self.command("apt-cache").args(["showsrc", &name]))?;
        let mut versions: Vec<&str> =
            records.lines().filter_map(|line| line.strip_prefix("Version: ")).collect();
        versions.sort_by_key(|version| upstream(version) != server);
        let mut reasons = Vec::new();
        for version in versions {
            let package = format!("{name}={version}");
            match output(self.command("apt-get").args(["source", "--download-only", &package])) {
                Ok(_) => {
                    let upstream = upstream(version).to_owned();
                    let archive = self.downloaded(&format!("{name}_{upstream}.orig.tar."))?;
                    return Ok(Fetched { package: version.to_owned(), upstream, archive });
                }
                Err(reason) => reasons.push(reason),
            }
        }
        Err(format!("no source of {name} can be had:\n{}", reasons.join("\n")))
    }

    /// The directory of the server's headers: the machine's, else those of a package that is only unpacked.
    fn headers(&self, version: &str) -> Result<PathBuf> {
        let place = format!("usr/include/postgresql/{}/server", self.major);
        let installed = Path::new("/").join(&place);
        if installed.join("postgres.h").exists() {
            return Ok(installed);
        }
        let name = format!("postgresql-server-dev-{}", self.major);
        // Any version of a major has the same interface.
        output(self.command("apt-get").args(["download", &format!("{name}={version}")]))
            .or_else(|_| output(self.command("apt-get").args(["download", &name])))?;
        let unpacked = self.folder.join("headers");
        let package = self.downloaded(&format!("{name}_"))?;
        output(Command::new("dpkg-deb").arg("--extract").arg(package).arg(&unpacked))?;
        Ok(unpacked.join(place))
    }

    fn downloaded(&self, start: &str) -> Result<PathBuf> {
        let folder = self.folder.join("download");
        let entries = fs::read_dir(&folder).map_err(failed("read", &folder))?;
        let mut paths = entries.flatten().map(|entry| entry.path());
        let bears = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(start) && !name.ends_with(".asc")
        };
        paths.find(bears).ok_or_else(|| format!("apt-get left no file {start}* in {}", folder.display()))
    }
}

/// PostgreSQL's version in that of a Debian package.
fn upstream(version: &str) -> &str {
    let version = version.split_once(':').map_or(version, |(_, rest)| rest);
    version.rsplit_once('-').map_or(version, |(upstream, _)| upstream)
}

/// The lines of a source list for the rows of `apt-cache madison`: each source, with its source packages.
fn source_list(madison: &str) -> String {
    let mut list = String::new();
    for row in madison.lines() {
        let mut words = row.rsplit('|').next().unwrap_or_default().split_whitespace();
        let (Some(uri), Some(place)) = (words.next(), words.next()) else { continue };
        let Some((suite, component)) = place.rsplit_once('/') else { continue };
        for kind in ["deb", "deb-src"] {
            let line = format!("{kind} {uri} {suite} {component}\n");
            if !list.contains(&line) {
                list.push_str(&line);
            }
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_come_out_of_what_apt_knows() {
        let madison = "postgresql-15 | 15.2-1 | https://example.org/debian stable-security/main amd64 Packages\n\
                       postgresql-15 | 15.1-1 | https://example.org/debian stable-security/main amd64 Packages\n\
                       postgresql-15 | 15.1-1 | https://example.org/pg stable/15 amd64 Packages\n";
        assert_eq!(
            source_list(madison),
            "deb https://example.org/debian stable-security main\n\
             deb-src https://example.org/debian stable-security main\n\
             deb https://example.org/pg stable 15\n\
             deb-src https://example.org/pg stable 15\n"
        );
        assert_eq!(source_list(""), "");
    }

    #[test]
    fn a_package_version_holds_that_of_postgresql() {
        for (version, of) in [("15.18-0+deb12u1", "15.18"), ("1:17.2-1.pgdg120+1", "17.2"), ("18.0", "18.0")]
        {
            assert_eq!(upstream(version), of);
        }
    }
}
