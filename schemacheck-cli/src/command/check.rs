//! `check`: a program against the snapshot, without a database.

use schemacheck_core::compare::{Moment, compare_all};
use schemacheck_core::finding::{merge, plural, wording};
use schemacheck_core::manifest::Sort;
use schemacheck_core::{Catalog, Finding, Manifest, fingerprint, snapshot};

use super::{named, of_database, records};
use crate::args::{Check, Format};
use crate::database::with_snapshot;
use crate::directory;
use crate::error::{Error, Result};
use crate::report::{Outcome, Report, size};

pub(super) fn run(args: &Check, format: Format) -> Result<Outcome> {
    let database = args.database.as_deref();
    let root = directory::find()?.filter(|root| root.is_dir()).ok_or_else(|| {
        Error::new("cannot find a schemacheck snapshot")
            .help(format!("run `{}` and commit `.schemacheck`", snapshot::command(database)))
    })?;
    let directory = snapshot::of_database(&root, database);
    if let Some(named) = named(database)?.filter(|_| !directory.join(snapshot::CATALOG_FILE).is_file()) {
        return Err(named.no_snapshot());
    }
    let catalog = directory::read(&directory, database);
    // Where all models belong to named databases the default one has no snapshot, and that is said of the models.
    if database.is_some() || with_snapshot(&root).is_empty() {
        catalog.as_ref().map_err(Error::clone)?;
    }
    let manifests = match records(&args.source)? {
        Ok(records) => records.manifests,
        Err(outcome) => return Ok(outcome),
    };
    let manifests = match of_database(manifests, database, "check", format) {
        Ok(manifests) => manifests,
        Err(outcome) => return Ok(outcome),
    };
    let catalog = catalog?;
    let mut findings = compare_all(&manifests, &catalog, Moment::Build);
    findings.extend(manifests.iter().filter_map(|manifest| stale(manifest, &catalog)));
    let (models, columns) = size(&manifests);
    let report = Report {
        command: "check",
        findings: merge(findings),
        checked: Some((models, columns)),
        conclusion: format!(
            "{} ({}) agree with `{}`",
            plural(models, "model"),
            plural(columns, "column"),
            directory::shown(&directory)
        ),
        ..Report::default()
    };
    Ok(report.print(format))
}

/// A record that was made from another version of the relation: cargo goes by times of change, which copies keep.
fn stale(manifest: &Manifest, catalog: &Catalog) -> Option<Finding> {
    let digest = manifest.digest.as_ref().filter(|_| manifest.sort == Sort::Model)?;
    let relation = catalog.relation(manifest.schema.as_deref(), &manifest.relation)?;
    let current = fingerprint::digest(&snapshot::relation_text(relation));
    (*digest != current).then(|| wording::stale_build(manifest, &relation.name.to_string()))
}
