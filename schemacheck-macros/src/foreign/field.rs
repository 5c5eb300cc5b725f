//! What is said of a field of a struct that derives `Model`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use schemacheck_core::manifest::Kind;
use syn::Type;
use syn::spanned::Spanned;

use super::model::Container;
use super::{diesel, sea_orm, sqlx};
use crate::expand::respan;
use crate::rust_type;

/// What a field is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    /// A column.
    #[default]
    Column,
    /// A struct of columns.
    Flattened,
    /// Nothing of the table: an expression, a relation, a value that is made up.
    None,
}

/// A type that stands for the field's own.
#[derive(Clone)]
pub(crate) struct Judged {
    /// The type.
    pub(crate) ty: Type,
    /// Whether what is read is JSON, from which the type is made.
    pub(crate) is_json: bool,
    /// Whether that can be NULL.
    pub(crate) or_null: bool,
    /// What has to be written so that it can.
    null_help: Option<String>,
}

impl Judged {
    pub(super) fn plain(ty: Type) -> Self {
        Self { ty, is_json: false, or_null: false, null_help: None }
    }

    pub(super) fn json(ty: Type, or_null: bool, null_help: String) -> Self {
        Self { ty, is_json: true, or_null, null_help: Some(null_help) }
    }

    /// Whether only code of ours knows the type by its name.
    pub(crate) fn is_ours(&self) -> bool {
        self.is_json
    }

    /// What has to be written where NULL is to be read, if that is not an `Option` around the type.
    pub(crate) fn null_help(&self) -> Option<&String> {
        self.null_help.as_ref()
    }

    /// The type as messages spell it.
    pub(crate) fn spelled(&self) -> String {
        let ty = rust_type::spell(&self.ty);
        match (self.is_json, self.or_null) {
            (false, _) => ty,
            (true, false) => format!("Json<{ty}>"),
            (true, true) => format!("Option<Json<{ty}>>"),
        }
    }

    /// The type to be judged. It stands where the type in it does.
    pub(crate) fn tokens(&self, krate: &TokenStream) -> Type {
        let ty = &self.ty;
        if !self.is_json {
            return ty.clone();
        }
        let at = ty.span().resolved_at(Span::call_site());
        let name = respan(quote!(#krate::FromJson), at);
        let json = quote_spanned!(at=> #name<#ty>);
        let whole = if self.or_null { quote_spanned!(at=> ::core::option::Option<#json>) } else { json };
        syn::parse2(whole).unwrap_or_else(|_| ty.clone())
    }
}

/// What other libraries' attributes say of a field.
#[derive(Default)]
pub(crate) struct Words {
    pub(crate) role: Role,
    pub(crate) column: Option<(String, Span)>,
    /// Whether an expression is read, which says nothing of what is written.
    pub(crate) is_expression: bool,
    /// Whether the name is one of a result, which may be an alias.
    pub(crate) is_alias: bool,
    /// What is read, and then made into the field.
    pub(crate) read_as: Option<Judged>,
    /// What the field is made into, to be written.
    pub(crate) written_as: Option<Judged>,
    /// The kinds that leave it out.
    pub(crate) left_out: Vec<Kind>,
    pub(crate) none_is_default: Option<bool>,
    pub(crate) none_is_null: Option<bool>,
    /// Whether a value is written for `None`.
    pub(crate) is_filled: bool,
    /// Whether the column may have the field's own name as well.
    pub(crate) or_field: bool,
    /// Whether the field says which type of SQL a result has there.
    pub(super) is_of_result: bool,
    /// Whether it is none where there is no such column.
    pub(crate) may_be_absent: bool,
    /// Whether the server is asked to read it as another type.
    pub(crate) is_cast: bool,
}

impl Words {
    pub(crate) fn of(field: &syn::Field, container: &Container) -> Self {
        let mut words = Self { may_be_absent: container.may_be_absent, ..Self::default() };
        // The first that says something has the word.
        diesel::read_field(&field.attrs, &mut words);
        // With a table of diesel's some fields are expressions; a table that is named for the result is meant so.
        words.may_be_absent |= words.is_of_result && container.table.is_some();
        words.is_alias |= words.is_of_result && container.table.is_none();
        sea_orm::read_field(field, container, &mut words);
        sqlx::read_field(field, &mut words);
        words
    }

    pub(super) fn set_role(&mut self, role: Role) {
        if self.role == Role::Column {
            self.role = role;
        }
    }

    pub(super) fn set_column(&mut self, name: String, span: Span) {
        if self.column.is_none() {
            self.column = Some((name, span));
        }
    }
}
