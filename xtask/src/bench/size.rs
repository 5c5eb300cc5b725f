//! What schemacheck adds to the stripped release binary of a small service: a record a model, and the guard's code.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use object::{Object as _, ObjectSection as _};
use schemacheck_core::record;

use super::models;
use super::project;
use super::service::{self, Package};
use crate::shell::{Result, cargo};

/// How many models the larger ones have.
const MODELS: usize = 50;

const DEPENDS: Package = Package { name: "depends", depends: true, ..Package::PLAIN };
const ONE: Package = Package { name: "one", models: 1, ..DEPENDS };
const MANY: Package = Package { name: "many", models: MODELS, ..DEPENDS };
const GUARD: Package = Package { name: "guard", has_guard: true, ..DEPENDS };
const GUARD_MANY: Package = Package { name: "guard-many", models: MODELS, ..GUARD };

const PACKAGES: [(&str, Package); 6] = [
    ("the service without schemacheck", Package::PLAIN),
    ("schemacheck as a dependency, nothing used", DEPENDS),
    ("1 model", ONE),
    ("50 models", MANY),
    ("the guard, no model", GUARD),
    ("the guard, 50 models", GUARD_MANY),
];

/// The bytes of one binary.
struct Sizes {
    file: u64,
    sections: BTreeMap<String, u64>,
}

impl Sizes {
    fn read(path: &Path) -> Result<Self> {
        let bytes =
            std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let object = object::File::parse(&*bytes).map_err(|error| error.to_string())?;
        let mut sections = BTreeMap::new();
        for section in object.sections() {
            *sections.entry(section.name().unwrap_or_default().to_owned()).or_default() += section.size();
        }
        Ok(Self { file: bytes.len() as u64, sections })
    }

    fn records(&self) -> u64 {
        self.sections.get(record::SECTION_ELF).copied().unwrap_or(0)
    }
}

pub(super) fn run() -> Result<String> {
    let workspace = project::folder("size");
    service::write_workspace(&workspace, &PACKAGES.map(|(_, package)| package))?;
    let server = project::server()?;
    let database = project::database(&server, &models::schema(MODELS))?;
    project::snapshot(&project::tool()?, &database, &workspace.join(".schemacheck"))?;
    let target = workspace.join("target");
    let mut sizes = Vec::new();
    for (_, package) in PACKAGES {
        println!("xtask: building {}", package.name);
        let mut build = cargo();
        build.args(["build", "--quiet", "--release", "--package", package.name]).current_dir(&workspace);
        build
            .env("CARGO_TARGET_DIR", &target)
            .env("SCHEMACHECK_BUILD", "enforce")
            .env_remove("SCHEMACHECK_DIR");
        crate::shell::run(&mut build)?;
        sizes.push(Sizes::read(&target.join("release").join(package.name))?);
    }

    let mut text = String::from(
        "A service on tokio and tokio-postgres, release profile with `strip = true`; models of 20 columns, an enum for \
         each 10. Bytes.\n\n| | binary | more than without | of this records |\n|---|---|---|---|\n",
    );
    for ((what, _), of) in PACKAGES.iter().zip(&sizes) {
        let more = of.file as i64 - sizes[0].file as i64;
        let _ = writeln!(text, "| {what} | {} | {more} | {} |", of.file, of.records());
    }
    let [_, depends, _, many, guard, guard_many] = &sizes[..] else { return Err("six were built".into()) };
    let a_model = |more: u64, less: u64| (more as f64 - less as f64) / MODELS as f64;
    let _ = write!(
        text,
        "\n| a model, on average of {MODELS} | bytes |\n|---|---|\n\
         | its record, with its share of the enum's | {:.0} |\n\
         | the binary | {:.0} |\n\
         | the binary with the guard | {:.0} |\n\
         \nWhere the {} bytes of the guard without models are, beside the service without schemacheck:\n\n\
         | section | bytes |\n|---|---|\n",
        a_model(many.records(), depends.records()),
        a_model(many.file, depends.file),
        a_model(guard_many.file, guard.file),
        guard.file.saturating_sub(sizes[0].file)
    );
    for (name, size) in &guard.sections {
        let more = *size as i64 - sizes[0].sections.get(name).copied().unwrap_or(0) as i64;
        if more.abs() >= 256 {
            let _ = writeln!(text, "| `{name}` | {more} |");
        }
    }
    Ok(text)
}
