//! Files that the command line names: what is not a regular file is refused and never waited for, and what is large
//! costs no memory.
#![cfg(unix)]

use std::io::Write as _;
use std::os::unix::net::UnixListener;
use std::process::Command;

use object::write;
use object::{Architecture, BinaryFormat, Endianness, SectionKind};

use crate::support::{Project, Ran};

/// More than any of these runs may take of memory, in KiB; far less than the files below are long.
const MEMORY: &str = "1500000";

const THREE_GIGABYTES: u64 = 3 << 30;

/// An object with one record.
fn object() -> Vec<u8> {
    let json = "{\"format\": 1, \"crate\": \"app\", \"path\": \"app::User\", \"file\": \"src/main.rs\", \"line\": 3, \
                \"sort\": \"model\", \"kinds\": [\"read\"], \"relation\": \"users\", \"columns\": []}";
    let record =
        [b"SCHMCHK1", &u32::try_from(json.len()).unwrap().to_le_bytes()[..], json.as_bytes()].concat();
    let mut object = write::Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    let section = object.add_section(vec![], b"schemacheck".to_vec(), SectionKind::Data);
    object.append_section_data(section, &record, 1);
    object.write().unwrap()
}

/// An archive's header, and that of a member of this size.
fn archive(size: u64) -> Vec<u8> {
    format!("!<arch>\n{:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", "a.o/", 0, 0, 0, "100644").into_bytes()
}

/// A file that begins with these bytes, with a hole behind them.
fn sparse(project: &Project, name: &str, bytes: &[u8], length: u64) {
    let mut file = std::fs::File::create(project.path().join(name)).unwrap();
    file.write_all(bytes).unwrap();
    file.set_len(length).unwrap();
}

/// Runs the tool where memory is short, and not for ever.
fn limited(project: &Project, arguments: &[&str]) -> Ran {
    let line = format!("ulimit -v {MEMORY}; exec timeout 120 \"$@\"");
    let tool = env!("CARGO_BIN_EXE_cargo-schemacheck");
    let arguments = [&["-c", &line, "sh", tool], arguments].concat();
    Ran::new(&Command::new("sh").args(arguments).current_dir(project.path()).output().unwrap())
}

#[test]
fn an_artifact_is_read_by_section() {
    let project = Project::empty();
    let user = "app::User (src/main.rs:3) reads users";
    let rlib = [archive(THREE_GIGABYTES), object()].concat();
    for (name, bytes) in [("program", object()), ("program.rlib", rlib)] {
        sparse(&project, name, &bytes, THREE_GIGABYTES + 68);
        limited(&project, &["manifest", "--artifact", name]).expect(0, &[user]);
    }
}

#[test]
fn an_artifact_whose_headers_ask_for_all_memory_is_refused() {
    let project = Project::empty();
    let refused = "reading it takes more than 256 MiB";
    let at = |bytes: &[u8], offset: usize| u64::from_le_bytes(bytes[offset..offset + 8].try_into().unwrap());
    // Where the section headers are, and in each the fields of ELF's 64-bit form.
    let whole = object();
    let headers = usize::try_from(at(&whole, 0x28)).unwrap();
    let count = usize::from(u16::from_le_bytes([whole[0x3c], whole[0x3d]]));
    let ours = (0..count)
        .map(|index| headers + index * 64)
        .find(|header| {
            let offset = usize::try_from(at(&whole, header + 0x18)).unwrap();
            whole[offset..].starts_with(b"SCHMCHK1")
        })
        .unwrap();
    let mut long_section = whole.clone();
    long_section[ours + 0x20..ours + 0x28].copy_from_slice(&(THREE_GIGABYTES - 4096).to_le_bytes());
    // No count of sections: it stands in the first of them, and can be anything.
    let mut many_sections = whole.clone();
    many_sections[0x3c..0x3e].copy_from_slice(&[0, 0]);
    many_sections[headers + 0x20..headers + 0x28].copy_from_slice(&(40u64 << 20).to_le_bytes());
    for (name, bytes) in [("section", &long_section), ("headers", &many_sections)] {
        sparse(&project, name, bytes, THREE_GIGABYTES);
        limited(&project, &["manifest", "--artifact", name]).expect(2, &[&format!("`{name}`"), refused]);
    }
    // An archive that says the same of a member.
    sparse(&project, "rlib", &[archive(THREE_GIGABYTES - 68), long_section].concat(), THREE_GIGABYTES);
    limited(&project, &["manifest", "--artifact", "rlib"]).expect(2, &["`rlib`", refused]);
    // And nothing but a hole.
    sparse(&project, "hole", b"", THREE_GIGABYTES);
    limited(&project, &["manifest", "--artifact", "hole"]).expect(2, &["`hole` is not an executable"]);
}

#[test]
fn an_archive_without_its_members_is_refused() {
    let project = Project::empty();
    let thin = String::from_utf8(archive(100)).unwrap().replace("!<arch>", "!<thin>");
    project.write("thin.rlib", &thin);
    project.tool(&["manifest", "--artifact", "thin.rlib"]).expect(2, &["`thin.rlib` is a thin archive"]);
}

/// Each with what it is called.
fn other_files(project: &Project) -> [(&'static str, &'static str); 4] {
    std::fs::create_dir(project.path().join("folder")).unwrap();
    assert!(Command::new("mkfifo").arg(project.path().join("pipe")).status().unwrap().success());
    drop(UnixListener::bind(project.path().join("socket")).unwrap());
    [("folder", "a directory"), ("pipe", "a pipe"), ("socket", "a socket"), ("/dev/zero", "a device")]
}

#[test]
fn only_a_regular_file_is_an_artifact() {
    let project = Project::empty();
    for (name, what) in other_files(&project) {
        let problem = format!("cannot read `{name}`: it is {what}, not a file");
        limited(&project, &["manifest", "--artifact", name]).expect(2, &[&problem]);
    }
    std::os::unix::fs::symlink("pipe", project.path().join("link")).unwrap();
    limited(&project, &["manifest", "--artifact", "link"]).expect(2, &["`link`: it is a pipe"]);
}

/// What a shell writes into a pipe can be read; what else has no end, or no contents, is refused.
#[test]
fn other_files_that_are_named_are_bounded() {
    let project = Project::empty();
    for (name, what) in other_files(&project).into_iter().filter(|(name, _)| *name != "pipe") {
        let problem = format!("cannot read `{name}`: it is {what}, not a file");
        limited(&project, &["manifest", "--manifest", name]).expect(2, &[&problem]);
        limited(&project, &["verify", "--targets", name]).expect(2, &[&problem]);
    }
    sparse(&project, "hole", b"", THREE_GIGABYTES);
    let problem = "cannot read `hole`: it is larger than 256 MiB";
    limited(&project, &["manifest", "--manifest", "hole"]).expect(2, &[problem]);
    limited(&project, &["verify", "--targets", "hole"]).expect(2, &[problem]);
    // Settings and snapshot: files of a repository, which are never pipes.
    std::fs::create_dir(project.path().join(".schemacheck")).unwrap();
    let recheck = ["snapshot", "--check", "--database-url", "postgres://localhost/app"];
    for (name, command) in [("config.toml", &recheck[..]), ("catalog.json", &["check"])] {
        std::fs::rename(project.path().join("pipe"), project.path().join(".schemacheck").join(name)).unwrap();
        limited(&project, command).expect(2, &[&format!(".schemacheck/{name}`: it is a pipe, not a file")]);
        std::fs::rename(project.path().join(".schemacheck").join(name), project.path().join("pipe")).unwrap();
    }
    project.write("list.json", "[]");
    let line = "cat list.json | \"$0\" manifest --manifest /dev/stdin";
    let arguments = ["-c", line, env!("CARGO_BIN_EXE_cargo-schemacheck")];
    let ran = Command::new("sh").args(arguments).current_dir(project.path()).output().unwrap();
    Ran::new(&ran).expect(2, &["error[no-models]"]);
}
