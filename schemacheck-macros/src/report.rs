//! Stage 6: findings to errors and warnings at the right span.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use schemacheck_core::finding::wording;
use schemacheck_core::ident::printable_lines;
use schemacheck_core::{Code, Finding, Manifest, Severity};

use crate::ctxt::Ctxt;
use crate::mode::Mode;

/// Puts each finding at its place: errors into the context, warnings into tokens. Informations are for reports.
pub(crate) fn findings(
    ctxt: &Ctxt,
    mode: Mode,
    findings: &[Finding],
    span_of: impl Fn(&Finding) -> Span,
) -> TokenStream {
    let mut warnings = TokenStream::new();
    let (required, findings): (Vec<Finding>, Vec<Finding>) =
        findings.iter().cloned().partition(|finding| finding.code == Code::MissingRequiredColumn);
    for finding in findings.iter().chain(&wording::missing_required_together(&required)) {
        let text = finding.lines();
        match finding.severity {
            Severity::Info => {}
            Severity::Error if mode == Mode::Enforce => ctxt.error_at(span_of(finding), text),
            Severity::Error | Severity::Warning => warnings.extend(warning(span_of(finding), &text)),
        }
    }
    warnings
}

/// Adds to findings which of several databases they are about, and where else what is missing is there.
pub(crate) fn add_database(manifest: &Manifest, elsewhere: &[Option<String>], findings: &mut [Finding]) {
    let elsewhere: Vec<Option<&str>> = elsewhere.iter().map(Option::as_deref).collect();
    for finding in findings {
        if matches!(finding.code, Code::MissingRelation | Code::MissingType) {
            finding.help.extend(wording::in_other_database(finding.kind, &elsewhere));
        }
        finding.notes.extend(manifest.database.as_deref().map(wording::judged_against));
    }
}

/// A message about the snapshot itself: an error at the first place, or where the user asked for warnings a warning at
/// the second.
pub(crate) fn snapshot(ctxt: &Ctxt, mode: Mode, message: &str, places: (Span, Span)) -> TokenStream {
    let text = format!("{message}\nnote: {}", wording::explain(Code::StaleSnapshot));
    match mode {
        Mode::Enforce => {
            ctxt.error_at(places.0, text);
            TokenStream::new()
        }
        // A file that is not there cannot be tracked.
        Mode::Warn | Mode::Off => warning(
            places.1,
            &format!(
                "{text}\nnote: cargo does not notice a first snapshot: touch this file after it was taken"
            ),
        ),
    }
}

/// A warning on stable: the use of something deprecated, whose note is the message.
pub(crate) fn warning(span: Span, text: &str) -> TokenStream {
    let (used, text) = (quote_spanned!(span=> schemacheck), printable_lines(text));
    quote! {
        const _: () = {
            #[deprecated(note = #text)]
            const schemacheck: () = ();
            #used
        };
    }
}
