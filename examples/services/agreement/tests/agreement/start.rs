//! The verdict at the start: what the guard says of each model.

use std::collections::BTreeMap;

use postgres::Client;
use schemacheck::{Code, Guard, Severity};

/// The codes of what the guard found, by the Rust path of the model or type.
pub(crate) type Verdicts = BTreeMap<String, Vec<Code>>;

/// Asks a strict guard for all models that are linked: those of the four services.
pub(crate) fn verdicts(client: &mut Client) -> Verdicts {
    let findings = match Guard::new().strict().verify(client) {
        Ok(verified) => verified.findings().to_vec(),
        Err(report) => report.findings().to_vec(),
    };
    let mut verdicts = Verdicts::new();
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
        assert!(!finding.rust.is_empty(), "a finding about no model: {finding:?}");
        for place in &finding.rust {
            verdicts.entry(place.path.clone()).or_default().push(finding.code);
        }
    }
    verdicts
}
