//! What a library reads as JSON, whatever type it makes of it.

use std::marker::PhantomData;

use schemacheck_core::record;

use super::{AcceptsColumn, pg};

/// Stands for a field that is made of JSON: no NULL is.
#[doc(hidden)]
#[derive(Debug)]
pub struct FromJson<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> AcceptsColumn<pg::Json> for FromJson<T> {
    const NULL: u8 = record::REFUSES_NULL;
}

impl<T: ?Sized> AcceptsColumn<pg::Jsonb> for FromJson<T> {
    const NULL: u8 = record::REFUSES_NULL;
}
