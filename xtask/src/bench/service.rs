//! A small service on tokio and tokio-postgres, with more or less of schemacheck in it.

use std::path::Path;

use super::models;
use super::project::write;
use crate::shell::{Result, root};

/// One package, and what it has.
#[derive(Clone, Copy)]
pub(super) struct Package {
    pub(super) name: &'static str,
    /// tokio, the driver, and the types of chrono, `serde_json` and uuid; else an empty program.
    pub(super) is_service: bool,
    pub(super) depends: bool,
    pub(super) models: usize,
    pub(super) has_guard: bool,
}

impl Package {
    /// The service without schemacheck.
    pub(super) const PLAIN: Self =
        Self { name: "plain", is_service: true, depends: false, models: 0, has_guard: false };
}

/// A workspace of these packages, whose release binaries are stripped.
pub(super) fn write_workspace(workspace: &Path, packages: &[Package]) -> Result<()> {
    let here = root();
    let names: Vec<&str> = packages.iter().map(|package| package.name).collect();
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {names:?}\n\n[profile.release]\nstrip = true\n\n[workspace.dependencies]\n\
         chrono = \"0.4\"\n\
         schemacheck = {{ path = {here:?} }}\n\
         serde_json = \"1\"\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\
         tokio-postgres = {{ version = \"0.7\", features = [\"with-chrono-0_4\", \"with-serde_json-1\", \"with-uuid-1\"] }}\n\
         uuid = \"1\"\n"
    );
    write(&workspace.join("Cargo.toml"), &manifest)?;
    for package in packages {
        let folder = workspace.join(package.name);
        write(&folder.join("Cargo.toml"), &manifest_of(package))?;
        write(&folder.join("src/main.rs"), &source_of(package))?;
    }
    Ok(())
}

fn manifest_of(package: &Package) -> String {
    let mut manifest = format!(
        "[package]\nname = {:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n",
        package.name
    );
    if package.is_service {
        for dependency in ["chrono", "serde_json", "tokio", "tokio-postgres", "uuid"] {
            manifest.push_str(&format!("{dependency}.workspace = true\n"));
        }
    }
    if package.depends {
        let features: &[&str] =
            if package.is_service { &["chrono", "serde_json", "tokio-postgres", "uuid"] } else { &[] };
        manifest.push_str(&format!("schemacheck = {{ workspace = true, features = {features:?} }}\n"));
    }
    manifest
}

fn source_of(package: &Package) -> String {
    let mut source = String::from("#![allow(warnings)]\n");
    (0..package.models).for_each(|at| models::schemacheck(&mut source, at));
    if package.depends {
        source.push_str("use schemacheck as _;\n");
    }
    if !package.is_service {
        return source + "fn main() {}\n";
    }
    let guard =
        if package.has_guard { "schemacheck::Guard::new().verify_async(&client).await?;" } else { "" };
    source
        + &format!(
            "#[tokio::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n    \
             let url = std::env::var(\"DATABASE_URL\")?;\n    \
             let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;\n    \
             tokio::spawn(connection);\n    \
             {guard}\n    \
             for row in client.query(\"SELECT public_id, created_at, settings FROM model0\", &[]).await? {{\n        \
             let id: uuid::Uuid = row.try_get(0)?;\n        \
             let at: chrono::DateTime<chrono::Utc> = row.try_get(1)?;\n        \
             let settings: serde_json::Value = row.try_get(2)?;\n        \
             println!(\"{{id}} {{at}} {{settings}}\");\n    \
             }}\n    Ok(())\n}}\n"
        )
}
