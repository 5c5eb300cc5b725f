//! Models outside of the executable: in a Rust `dylib`, and in a plug-in that is loaded while the program runs.
#![cfg(target_os = "linux")]

use std::fmt::Write as _;

use crate::support::{Project, Ran, database, manifest, one_at_a_time};

const TABLES: &str = "
    CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL);
    CREATE TABLE posts (id bigint PRIMARY KEY, title text NOT NULL);
    CREATE TABLE tags (id bigint PRIMARY KEY, name text NOT NULL);
";

fn model(name: &str, table: &str, column: &str) -> String {
    format!(
        "#[derive(schemacheck::Model)]\n#[schemacheck(table = {table:?})]\n\
         pub struct {name} {{\n    pub {column}: String,\n}}\n"
    )
}

/// A member of the workspace: more of its `Cargo.toml`, and its source.
fn member(project: &Project, name: &str, dependencies: &str, more: &str, source: &str) {
    let file = if more.contains("[lib]") { "lib" } else { "main" };
    let toml = manifest(name, "edition = \"2021\"", dependencies)
        .replace("features = [\"uuid\"]", "features = [\"uuid\", \"postgres\"]");
    project.write(&format!("{name}/Cargo.toml"), &(toml + more));
    project.write(&format!("{name}/src/{file}.rs"), source);
}

fn workspace(members: &[&str]) -> Project {
    let project = Project::empty();
    project.write("Cargo.toml", &format!("[workspace]\nmembers = {members:?}\nresolver = \"2\"\n"));
    project
}

/// Connects, and verifies all models that there are.
const VERIFY: &str = "
    let url = std::env::var(\"DATABASE_URL\").unwrap();
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    println!(\"{}\", schemacheck::Guard::new().target(&url).verify_or_exit(&mut client));
";

/// Starts a program that finds its libraries where cargo puts them.
fn start(project: &Project, program: &str, url: &str, more: &[(&str, &str)]) -> Ran {
    let folder = project.executable("deps");
    let standard = std::process::Command::new("rustc").args(["--print", "target-libdir"]).output().unwrap();
    let standard = String::from_utf8(standard.stdout).unwrap();
    let libraries =
        format!("{}:{}:{}", folder.display(), folder.parent().unwrap().display(), standard.trim());
    let environment = [&[("DATABASE_URL", url), ("LD_LIBRARY_PATH", &libraries)], more].concat();
    project.program(program, &environment)
}

/// The models of a library that the program is linked to, and the program's own: whichever of the two holds our code.
#[test]
fn models_in_a_rust_dylib_are_verified() {
    let _turn = one_at_a_time();
    let (project, database) = (workspace(&["shelf", "reader", "alone"]), database(TABLES));
    // Or the compiler puts the standard library into both.
    project.write(".cargo/config.toml", "[build]\nrustflags = [\"-C\", \"prefer-dynamic\"]\n");
    let dylib = "\n[lib]\ncrate-type = [\"dylib\"]\n";
    // The linker leaves out a library of which nothing is called.
    let shelf = model("User", "users", "email") + "#[inline(never)]\npub fn open() {}\n";
    member(&project, "shelf", "", dylib, &shelf);
    let main = model("Post", "posts", "title") + "use shelf as _;\nfn main() {\n" + VERIFY + "}\n";
    member(&project, "reader", "shelf = { path = \"../shelf\" }\npostgres = \"0.19\"", "", &main);
    member(&project, "alone", "shelf = { path = \"../shelf\" }", "", "fn main() {\n    shelf::open();\n}\n");
    project.snapshot(&database);
    project.cargo(&["build"]).expect(0, &[]);
    let url = database.url();
    start(&project, "reader", &url, &[]).expect(0, &["verified 2 models (2 columns)"]);

    // What cargo makes of the workspace is read whole, and what is given as file by file.
    let (program, library) = (project.executable("reader"), project.executable("libshelf.so"));
    let (program, library) = (program.to_str().unwrap(), library.to_str().unwrap());
    let (in_program, in_library) =
        ("reader::Post (reader/src/main.rs:3)", "shelf::User (shelf/src/lib.rs:3)");
    project.tool(&["manifest"]).expect(0, &[in_program, in_library]);
    let both = ["manifest", "--artifact", program, "--artifact", library];
    project.tool(&both).expect(0, &[in_program, in_library]);
    let verify = ["verify", "--database-url", &url, "--artifact", program];
    let ran = project.tool(&verify);
    let (says_file, says_library) = (format!("`{program}`"), format!("`{library}`"));
    ran.expect(
        0,
        &[
            "1 model (1 column) verified",
            &says_file,
            "warning: ",
            "loads `libshelf.so`, which is not looked at and holds 1 model",
            &format!("add `--artifact {library}`"),
        ],
    );
    let ran = project.tool(&[&verify[..], &["--artifact", library]].concat());
    ran.expect(0, &["2 models (2 columns) verified", &says_file, &says_library]);
    assert!(!ran.all().contains("warning"), "{}", ran.all());
    // A program that has none itself needs the library.
    let alone = project.executable("alone").display().to_string();
    let ran = project.tool(&["manifest", "--artifact", &alone]);
    ran.expect(
        2,
        &["holds no models", &format!("it loads a library with 1 model: add `--artifact {library}`")],
    );
    project.tool(&["manifest", "--artifact", &alone, "--artifact", library]).expect(0, &[in_library]);
    let json = project.tool(&[&verify[..], &["--format", "json"]].concat()).json();
    assert_eq!(json["artifacts"], serde_json::json!([{"file": program, "models": 1}]));

    for (table, column) in [("users", "email"), ("posts", "title")] {
        let change = |sql: &str| database.connect().unwrap().batch_execute(sql).unwrap();
        change(&format!("ALTER TABLE {table} RENAME {column} TO other"));
        let missing = format!("cannot find column `{column}` in table `public.{table}`");
        start(&project, "reader", &url, &[]).expect(78, &[&missing]);
        change(&format!("ALTER TABLE {table} RENAME other TO {column}"));
    }
}

/// A plug-in brings all of its code along, ours too: the guard of the program sees its models all the same. A crate that
/// is in both counts once.
#[test]
fn models_in_a_plug_in_are_verified() {
    let _turn = one_at_a_time();
    let (project, database) = (workspace(&["common", "plug", "host"]), database(TABLES));
    member(&project, "common", "", "\n[lib]\n", &model("User", "users", "email"));
    let plug = model("Post", "posts", "title") + "use common as _;\n";
    let (common, cdylib) = ("common = { path = \"../common\" }", "\n[lib]\ncrate-type = [\"cdylib\"]\n");
    member(&project, "plug", common, cdylib, &plug);
    let mut main = model("Tag", "tags", "name");
    let _ = write!(
        main,
        "use common as _;
extern \"C\" {{ fn dlopen(file: *const std::ffi::c_char, flags: std::ffi::c_int) -> *mut std::ffi::c_void; }}
fn main() {{
    let plug = std::ffi::CString::new(std::env::var(\"PLUG\").unwrap()).unwrap();
    if !plug.is_empty() {{ assert!(!unsafe {{ dlopen(plug.as_ptr(), 2) }}.is_null()); }}
    // A deploy puts another file in its place.
    if let Ok(newer) = std::env::var(\"NEWER\") {{
        std::fs::rename(newer, std::env::var(\"PLUG\").unwrap()).unwrap();
    }}
    {VERIFY}
}}
"
    );
    member(&project, "host", &format!("{common}\npostgres = \"0.19\""), "", &main);
    project.snapshot(&database);
    project.cargo(&["build"]).expect(0, &[]);
    let (url, plug) = (database.url(), project.executable("libplug.so"));
    let replaced = |plug: &str, more: &[(&str, &str)]| {
        start(&project, "host", &url, &[&[("PLUG", plug)], more].concat())
    };
    let start = |plug: &str| replaced(plug, &[]);
    start("").expect(0, &["verified 2 models (2 columns)"]);
    start(plug.to_str().unwrap()).expect(0, &["verified 3 models (3 columns)"]);

    // Section headers are for tools alone, and can be stripped; and by now the file can be another one.
    let whole = std::fs::read(&plug).unwrap();
    let mut stripped = whole.clone();
    stripped[0x28..0x30].fill(0);
    stripped[0x3c..0x40].fill(0);
    let path = |name: &str| project.path().join(name).to_str().unwrap().to_owned();
    let (without_headers, was_replaced, newer) =
        (path("without_headers.so"), path("was_replaced.so"), path("newer.so"));
    std::fs::write(&without_headers, &stripped).unwrap();
    let start_replaced = |by: &[u8]| {
        std::fs::write(&was_replaced, &whole).unwrap();
        std::fs::write(&newer, by).unwrap();
        replaced(&was_replaced, &[("NEWER", &newer)])
    };
    let without_models = std::fs::read(project.executable("host")).unwrap();
    for by in [&b"hello"[..], &without_models, &stripped] {
        start_replaced(by).expect(0, &["verified 3 models (3 columns)"]);
    }
    start(&without_headers).expect(0, &["verified 3 models (3 columns)"]);

    database.connect().unwrap().batch_execute("ALTER TABLE posts DROP title").unwrap();
    let missing = "cannot find column `title` in table `public.posts`";
    start("").expect(0, &["verified 2 models"]);
    start(plug.to_str().unwrap())
        .expect(78, &[missing, "--> plug/src/lib.rs:4 (`plug::Post`, field `title`)"]);
    start(&without_headers).expect(78, &[missing]);
    start_replaced(b"hello").expect(78, &[missing]);
}
