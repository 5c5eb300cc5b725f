//! `check`: a program against the snapshot, without a database.

use schemacheck_core::compare::{Moment, compare_all, unjudged};
use schemacheck_core::finding::merge;
use schemacheck_core::snapshot;

use super::{named, of_database, records};
use crate::args::{Check, Format};
use crate::built_from::Used;
use crate::database::with_snapshot;
use crate::directory::{self, shown};
use crate::error::{Error, Result};
use crate::report::{Outcome, Report, size};

pub(super) fn run(args: &Check, format: Format) -> Result<Outcome> {
    let database = args.database.as_deref();
    let found = directory::find()?;
    let root = found.as_deref().filter(|root| root.is_dir()).ok_or_else(|| {
        let what = match &found {
            Some(named) => {
                format!("cannot find the snapshot directory `{}`, which SCHEMACHECK_DIR names", shown(named))
            }
            None => "cannot find a schemacheck snapshot".to_owned(),
        };
        Error::new(what).help(format!("run `{}` and commit `.schemacheck`", snapshot::command(database)))
    })?;
    let directory = snapshot::of_database(root, database);
    if let Some(named) = named(database)?.filter(|_| !directory.join(snapshot::CATALOG_FILE).is_file()) {
        return Err(named.no_snapshot());
    }
    let catalog = directory::read(&directory, database);
    // Where all models belong to named databases the default one has no snapshot, and that is said of the models.
    if database.is_some() || with_snapshot(root).is_empty() {
        catalog.as_ref().map_err(Error::clone)?;
    }
    let (manifests, artifacts) = match records(&args.source)? {
        Ok((records, artifacts)) => (records.manifests, artifacts),
        Err(outcome) => return Ok(outcome),
    };
    let manifests = match of_database(manifests, database, "check", format) {
        Ok(manifests) => manifests,
        Err(outcome) => return Ok(outcome),
    };
    let catalog = catalog?;
    let mut findings = compare_all(&manifests, &catalog, Moment::Build);
    findings.extend(Used { directory: &directory, catalog: &catalog }.findings(&manifests));
    findings.extend(unjudged(&manifests, &catalog, Moment::Start { strict: args.strict }));
    let report = Report {
        command: "check",
        findings: merge(findings),
        artifacts,
        checked: Some(size(&manifests)),
        conclusion: format!(" agree with `{}`", shown(&directory)),
        ..Report::default()
    };
    Ok(report.print(format))
}
