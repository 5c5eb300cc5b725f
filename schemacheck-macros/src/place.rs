//! Where a finding about a model stands in its source: on the smallest tokens that are wrong.

use proc_macro2::Span;
use schemacheck_core::finding::wording::OPTIONAL;
use schemacheck_core::{Code, Finding};

use crate::input::Model;

/// The attribute that promised what is not so, else the field, else the name of the table.
pub(crate) fn of(model: &Model<'_>, finding: &Finding) -> Span {
    let field = finding.rust.first().and_then(|place| place.field.as_deref());
    if let Some(field) = field.and_then(|name| model.fields.iter().find(|field| field.name == name)) {
        let promised =
            field.promise_spans.iter().find(|(attribute, _)| finding.attribute == Some(*attribute));
        return promised.map_or(field.span, |(_, span)| *span);
    }
    let whole = match finding.code {
        Code::ExtraColumn | Code::ColumnOrder => model.attrs.exact.span(),
        Code::MissingRequiredColumn => model.attrs.insert.span(),
        Code::MissingColumn if finding.expected.as_deref() == Some(OPTIONAL) => {
            model.attrs.optional.first().map(|(_, span)| *span)
        }
        // What is expected of a relation is said by a promise, which a finding shows as it was written.
        _ => {
            let promises = model.attrs.promises.iter();
            let expected = finding.expected.as_deref();
            promises
                .filter(|(promise, _)| expected == Some(&promise.to_string()))
                .map(|(_, span)| *span)
                .next()
        }
    };
    let table = model.attrs.table.span().or_else(|| model.foreign.table.as_ref()?.span());
    // Where no table is named its name follows from the struct's.
    whole.or(table).unwrap_or_else(|| model.ident.span())
}
