//! [`Ctxt`]: collects every mistake of one input, so that all are reported at once.

use std::cell::RefCell;

use proc_macro2::Span;
use quote::ToTokens;
use schemacheck_core::ident::printable_lines;

/// The mistakes found so far. Dropping it without [`Ctxt::take`] panics: no mistake may get lost.
#[derive(Debug)]
pub(crate) struct Ctxt {
    errors: RefCell<Option<Vec<syn::Error>>>,
}

impl Ctxt {
    pub(crate) fn new() -> Self {
        Self { errors: RefCell::new(Some(Vec::new())) }
    }

    /// A mistake in these tokens.
    pub(crate) fn error(&self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, printable_lines(&message.to_string())));
    }

    /// A mistake at a place.
    pub(crate) fn error_at(&self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, printable_lines(&message.to_string())));
    }

    pub(crate) fn push(&self, error: syn::Error) {
        if let Some(errors) = self.errors.borrow_mut().as_mut() {
            errors.push(error);
        }
    }

    /// How many mistakes were found so far.
    pub(crate) fn count(&self) -> usize {
        self.errors.borrow().as_ref().map_or(0, Vec::len)
    }

    /// Whether nothing was found so far: what is missing may be what was misspelt.
    pub(crate) fn is_clean(&self) -> bool {
        self.count() == 0
    }

    /// The mistakes. To be called once, at the end.
    pub(crate) fn take(&self) -> Vec<syn::Error> {
        self.errors.borrow_mut().take().unwrap_or_default()
    }
}

impl Drop for Ctxt {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.errors.borrow().is_some() {
            panic!("the mistakes of a derive were never read");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a snapshot file says may have been written by anybody.
    #[test]
    fn a_message_of_the_compiler_hides_nothing() {
        let ctxt = Ctxt::new();
        ctxt.error_at(Span::call_site(), "a\u{9b}b\u{202e}c\u{e0041}d\nhelp: e");
        ctxt.error(quote::quote!(x), "a\u{61c}b");
        let said: Vec<String> = ctxt.take().iter().map(ToString::to_string).collect();
        assert_eq!(said, ["a\\u{9b}b\\u{202e}c\\u{e0041}d\nhelp: e", "a\\u{61c}b"]);
    }
}
