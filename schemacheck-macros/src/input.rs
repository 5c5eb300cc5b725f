//! Stage 2: the container and its fields, the original tokens kept.

use std::borrow::Cow;

use proc_macro2::{Ident, Span, TokenStream};
use schemacheck_core::manifest::{ColumnPromises, Kind, Level, Override};
use schemacheck_core::{Code, Relation};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Generics, Type};

use crate::attr::Attrs;
use crate::ctxt::Ctxt;
use crate::derive::krate;
use crate::foreign::{Container, Judged, LabelRule, Role, Spelling, TypeWords, Words, label};
use crate::{check, rust_type, symbol};

mod pg_type;

pub(crate) use pg_type::{Newtype, PgType, Typed};

/// A struct that derives `Model`.
pub(crate) struct Model<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) attrs: Attrs,
    /// What other libraries say of it.
    pub(crate) foreign: Container,
    /// The fields that are columns.
    pub(crate) fields: Vec<Field<'a>>,
    /// The fields that are structs of columns.
    pub(crate) groups: Vec<Flattened<'a>>,
    /// Whether there are fields whose attributes are not understood: what is missing may be there.
    pub(crate) is_broken: bool,
}

/// A field whose struct's columns are read as if they were fields here.
pub(crate) struct Flattened<'a> {
    /// Without `r#`; of a tuple struct its number.
    pub(crate) name: String,
    pub(crate) place: Span,
    ty: Cow<'a, Type>,
    /// How many columns stand before it.
    pub(crate) before: usize,
    /// Whether the type names a parameter of the struct: then nothing of it is known here.
    pub(crate) is_generic: bool,
}

impl Flattened<'_> {
    /// The struct of columns.
    pub(crate) fn ty(&self) -> &Type {
        &self.ty
    }
}

/// A type that is held against a column's.
#[derive(Clone)]
struct Typing<'a> {
    ty: Cow<'a, Type>,
    /// Where it is written, if it was put together. Of any other it is asked when it is needed: to ask the compiler for the
    /// span of each type takes long.
    place: Option<Span>,
    /// As messages spell it, where that is not how it is written.
    spelled: Option<String>,
    /// What has to be written where NULL is to be read, if that is not an `Option` around it.
    null_help: Option<String>,
    /// Whether the compiler's name of it says nothing to the user.
    is_ours: bool,
}

impl<'a> Typing<'a> {
    fn own(ty: &'a Type) -> Self {
        Self { ty: Cow::Borrowed(ty), place: None, spelled: None, null_help: None, is_ours: false }
    }

    fn judged(judged: &Judged, krate: &TokenStream) -> Self {
        Self {
            ty: Cow::Owned(judged.tokens(krate)),
            place: Some(judged.ty.span()),
            spelled: Some(judged.spelled()),
            null_help: judged.null_help().cloned(),
            is_ours: judged.is_ours(),
        }
    }
}

/// A field that is a column.
#[derive(Clone)]
pub(crate) struct Field<'a> {
    /// Without `r#`; of a tuple struct its number.
    pub(crate) name: String,
    /// The column, to the letter.
    pub(crate) column: String,
    /// The name that the column has where there is none of that name.
    other_column: Option<String>,
    /// Whether the field is no column where there is none of that name.
    may_be_absent: bool,
    /// Whether the name is one of a result, which may be an alias.
    pub(crate) is_alias: bool,
    /// Whether the column is the field's name, and no attribute names it.
    pub(crate) is_unnamed: bool,
    /// What an error about the column's name underlines: the attribute's value, else the field's name.
    pub(crate) span: Span,
    /// Where the field itself stands.
    pub(crate) place: Span,
    ty: Typing<'a>,
    /// The type that is written to the column, where it is another one than what is read.
    written_as: Option<Typing<'a>>,
    pub(crate) overrides: Vec<Override>,
    /// Whether an insert writes DEFAULT for `None`.
    pub(crate) none_is_default: bool,
    /// Whether an update writes NULL for `None`.
    pub(crate) none_is_null: bool,
    /// The kinds that leave the field out.
    pub(crate) left_out: Vec<Kind>,
    pub(crate) promises: ColumnPromises,
    /// Where each promise stands, by the attribute of a finding.
    pub(crate) promise_spans: Vec<(&'static str, Span)>,
    /// Whether the type names a parameter of the struct: then only the name is judged.
    pub(crate) is_generic: bool,
}

impl<'a> Field<'a> {
    /// A field of which nothing is said.
    fn new(name: String, column: String, place: Span, ty: Typing<'a>, parameters: &[String]) -> Self {
        Self {
            name,
            column,
            other_column: None,
            may_be_absent: false,
            is_alias: false,
            is_unnamed: false,
            span: place,
            place,
            is_generic: rust_type::mentions(&ty.ty, parameters),
            ty,
            written_as: None,
            overrides: Vec::new(),
            none_is_default: false,
            none_is_null: false,
            left_out: Vec::new(),
            promises: ColumnPromises::default(),
            promise_spans: Vec::new(),
        }
    }

    /// The type that is held against the column's.
    pub(crate) fn ty(&self) -> &Type {
        &self.ty.ty
    }

    /// Where that is written.
    pub(crate) fn ty_span(&self) -> Span {
        self.ty.place.unwrap_or_else(|| self.ty.ty.span())
    }

    /// The type as messages spell it.
    pub(crate) fn spelled(&self) -> String {
        self.ty.spelled.clone().unwrap_or_else(|| rust_type::spell(&self.ty.ty))
    }

    /// What has to be written where NULL is to be read, if that is not an `Option` around the type.
    pub(crate) fn null_help(&self) -> Option<&str> {
        self.ty.null_help.as_deref()
    }

    /// Whether messages spell the type themselves: the compiler's name of it says nothing to the user.
    pub(crate) fn is_spelled_by_us(&self) -> bool {
        self.ty.is_ours
    }

    /// The same field with the type that is written, where it is another one.
    pub(crate) fn written(&self) -> Option<Self> {
        let ty = self.written_as.clone()?;
        Some(Self { ty, written_as: None, ..self.clone() })
    }
}

impl<'a> Model<'a> {
    /// Reads a struct; nothing if it is none.
    pub(crate) fn read(ctxt: &Ctxt, input: &'a DeriveInput) -> Option<Self> {
        let attrs = Attrs::read(ctxt, &input.attrs, symbol::MODEL);
        let data = match &input.data {
            Data::Struct(data) => data,
            Data::Enum(data) => {
                ctxt.error(
                    data.enum_token,
                    "`Model` is for structs\nhelp: an enum with the labels of a PostgreSQL enum derives `PgEnum`",
                );
                return None;
            }
            Data::Union(data) => {
                ctxt.error(data.union_token, "`Model` is for structs: a union has no columns");
                return None;
            }
        };
        let foreign = Container::of(input);
        let (fields, groups) = (Vec::new(), Vec::new());
        let (ident, generics) = (&input.ident, &input.generics);
        let mut model = Self { ident, generics, attrs, foreign, fields, groups, is_broken: false };
        let parameters = parameters(generics);
        for (index, field) in data.fields.iter().enumerate() {
            model.is_broken |= model.read_field(ctxt, index, field, &parameters).is_none();
        }
        Some(model)
    }

    /// Reads a field; nothing if it is not understood: then judging it would report a mistake that nobody made.
    fn read_field(
        &mut self,
        ctxt: &Ctxt,
        index: usize,
        field: &'a syn::Field,
        parameters: &[String],
    ) -> Option<()> {
        let before = ctxt.count();
        let own = Attrs::read(ctxt, &field.attrs, symbol::FIELD);
        check::field(ctxt, &own);
        if self.attrs.embedded.get().is_some() {
            check::embedded_allows_only(ctxt, &own);
        }
        if ctxt.count() > before {
            return None;
        }
        if own.skip.get().is_some() || own.computed.get().is_some() {
            return Some(());
        }
        let mut words = Words::of(field, &self.foreign);
        let role = match (own.flatten.get(), own.column.get()) {
            (Some(()), _) => Role::Flattened,
            (None, Some(_)) => Role::Column,
            (None, None) if words.is_expression && self.writes(&words.left_out) => Role::Column,
            (None, None) => words.role,
        };
        let (name, place) = match &field.ident {
            Some(ident) => (ident.unraw().to_string(), ident.span()),
            None => (index.to_string(), field.ty.span()),
        };
        match role {
            Role::None => return Some(()),
            Role::Flattened => {
                let ty = words.read_as.map_or(Cow::Borrowed(&field.ty), |judged| Cow::Owned(judged.ty));
                let is_generic = rust_type::mentions(&ty, parameters);
                self.groups.push(Flattened { name, place, ty, before: self.fields.len(), is_generic });
                return Some(());
            }
            Role::Column => {}
        }
        let named = match own.column.get() {
            Some(column) => Some((column.clone(), own.column.span().unwrap_or(place))),
            None => words.column.take(),
        };
        let is_unnamed = named.is_none();
        let (column, span) = match (named, &field.ident) {
            (Some(named), _) => named,
            (None, Some(_)) => (self.column(&name), place),
            (None, None) => {
                ctxt.error(
                    &field.ty,
                    "a field of a tuple struct needs its column\n\
                     help: write `#[schemacheck(column = \"...\")]`, or `#[schemacheck(skip)]`",
                );
                return None;
            }
        };
        let own_name = own.column.get().is_some();
        let without = column.strip_suffix('_').filter(|name| !name.is_empty() && self.foreign.is_diesel);
        let other_column = if words.or_field { Some(name.clone()) } else { without.map(str::to_owned) };
        // Put together where it is needed alone: each token costs the user's build.
        let judged = |judged: &Judged| Typing::judged(judged, &krate(&self.attrs));
        let (read_as, written_as) =
            (words.read_as.as_ref().map(judged), words.written_as.as_ref().map(judged));
        let (ty, written_as) = self.types(&field.ty, read_as, written_as);
        let mut read = Field::new(name, column, place, ty, parameters);
        read.span = span;
        // What names a parameter nobody can judge here.
        read.written_as = written_as.filter(|ty| !rust_type::mentions(&ty.ty, parameters));
        // diesel takes one `Option` for whether the column is written at all, and what is inside for its value.
        let is_twice = || rust_type::inner_of_option(read.ty()).is_some_and(rust_type::is_spelled_option);
        let writes_inner = self.foreign.is_diesel && is_twice();
        read.other_column = other_column.filter(|_| !own_name);
        read.may_be_absent = words.may_be_absent && !own_name;
        read.is_alias = words.is_alias && !own_name;
        read.is_unnamed = is_unnamed;
        read.none_is_default = own.none.get().or(self.attrs.none.get()).is_some()
            || words.none_is_default.unwrap_or(self.foreign.none_is_default);
        read.none_is_null = words.none_is_null.unwrap_or(self.foreign.none_is_null) || writes_inner;
        read.left_out = words.left_out;
        if self.foreign.key.contains(&read.column) {
            read.left_out.push(Kind::Update);
        }
        read.promises = own.column_promises();
        read.promise_spans = own.promise_spans();
        read.overrides = own.overrides;
        let mut leave = |code, reason: &str| {
            read.overrides.push(Override { code, level: Level::Allow, reason: reason.to_owned() });
        };
        if words.is_cast {
            leave(Code::TypeMismatch, "its library casts the column");
        }
        if words.is_filled {
            leave(Code::NotNullColumn, "its library writes a value for `None`");
        }
        if words.is_expression && self.reads() {
            leave(Code::TypeMismatch, "its library reads an expression");
            leave(Code::NullableColumn, "its library reads an expression");
        }
        self.fields.push(read);
        Some(())
    }

    /// What the program does with it: what is written, else what its derives do; nothing if neither says it.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        let own = self.attrs.kinds();
        if own.is_empty() { self.foreign.kinds.clone() } else { own }
    }

    fn reads(&self) -> bool {
        let kinds = self.kinds();
        kinds.is_empty() || kinds.contains(&Kind::Read)
    }

    /// Whether it writes a field that these kinds leave out.
    fn writes(&self, left_out: &[Kind]) -> bool {
        self.kinds().iter().any(|kind| *kind != Kind::Read && !left_out.contains(kind))
    }

    /// Whether an insert writes DEFAULT for `None` in any field.
    pub(crate) fn none_is_default(&self) -> bool {
        self.attrs.none.get().is_some() || self.foreign.none_is_default
    }

    /// The column of a field that no attribute names.
    fn column(&self, field: &str) -> String {
        match self.attrs.rename_all.get() {
            Some(rule) => rule.apply(field),
            None => self.foreign.column(field),
        }
    }

    /// The type that is held against the column's, and the one that is written where it is another one.
    fn types(
        &self,
        own: &'a Type,
        read_as: Option<Typing<'a>>,
        written_as: Option<Typing<'a>>,
    ) -> (Typing<'a>, Option<Typing<'a>>) {
        // How sqlx and sea-orm read a field, they write it too.
        let written = match (written_as, &read_as) {
            (Some(ty), _) => Some(ty),
            (None, Some(_)) if self.foreign.is_diesel => Some(Typing::own(own)),
            (None, _) => None,
        };
        match self.reads() {
            true => (read_as.unwrap_or(Typing::own(own)), written.filter(|_| self.writes(&[]))),
            false => (written.or(read_as).unwrap_or(Typing::own(own)), None),
        }
    }

    /// The columns that it may name.
    pub(crate) fn may_name(&self, column: &str) -> bool {
        self.fields
            .iter()
            .any(|field| field.column == column || field.other_column.as_deref() == Some(column))
    }

    /// Settles by the relation what other libraries' attributes leave open. Without one, what is not certain is left out.
    pub(crate) fn settle(&mut self, relation: Option<&Relation>) {
        let has = |name: &str| relation.is_some_and(|relation| relation.column(name).is_some());
        let settled = |field: &mut Field<'_>| {
            let other = field.other_column.take();
            let is_certain = other.is_none() && !field.may_be_absent;
            if let Some(other) = other.filter(|other| !has(&field.column) && has(other)) {
                field.column = other;
            }
            is_certain || has(&field.column) || relation.is_some() && !field.may_be_absent
        };
        let is_kept: Vec<bool> = self.fields.iter_mut().map(settled).collect();
        for group in &mut self.groups {
            group.before = is_kept[..group.before].iter().filter(|kept| **kept).count();
        }
        let mut kept = is_kept.into_iter();
        self.fields.retain(|_| kept.next() == Some(true));
    }
}

/// The names of type and const parameters.
fn parameters(generics: &Generics) -> Vec<String> {
    let types = generics.type_params().map(|parameter| parameter.ident.to_string());
    types.chain(generics.const_params().map(|parameter| parameter.ident.to_string())).collect()
}

/// An enum that derives `PgEnum`.
pub(crate) struct Enum<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) attrs: Attrs,
    /// What other libraries say of it.
    pub(crate) foreign: TypeWords,
    pub(crate) variants: Vec<Variant>,
    /// Whether code that was written by hand spells the labels: then they are not known here.
    pub(crate) is_by_hand: bool,
    /// Whether there are variants whose attributes are not understood: what is missing may be there.
    pub(crate) is_broken: bool,
}

/// A variant and its label.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) span: Span,
    /// Where the variant itself stands.
    pub(crate) place: Span,
    /// Whether an attribute names the label.
    is_named: bool,
}

impl<'a> Enum<'a> {
    /// Reads an enum; nothing if it is none.
    pub(crate) fn read(ctxt: &Ctxt, input: &'a DeriveInput) -> Option<Self> {
        let attrs = Attrs::read(ctxt, &input.attrs, symbol::ENUM);
        let Data::Enum(data) = &input.data else {
            ctxt.error(
                &input.ident,
                "`PgEnum` is for enums\nhelp: a struct with a table derives `Model`, a newtype `PgType`",
            );
            return None;
        };
        if !input.generics.params.is_empty() {
            ctxt.error(&input.generics, "a `PgEnum` has no generics");
        }
        let foreign = TypeWords::of(input);
        let rule = attrs.rename_all.get().map(|rule| LabelRule::Spelled(Spelling::Ours(*rule)));
        let rule = rule.unwrap_or_else(|| foreign.label_rule());
        let (mut variants, mut is_broken): (Vec<Variant>, bool) = (Vec::new(), false);
        for variant in &data.variants {
            let before = ctxt.count();
            let own = Attrs::read(ctxt, &variant.attrs, symbol::VARIANT);
            if ctxt.count() > before {
                is_broken = true;
                continue;
            }
            if !matches!(variant.fields, Fields::Unit) {
                ctxt.error(
                    &variant.fields,
                    "a variant of a `PgEnum` has no fields: a label is all that there is",
                );
            }
            let name = variant.ident.unraw().to_string();
            let place = variant.ident.span();
            let named = match own.rename.get() {
                Some(label) => Some((label.clone(), own.rename.span().unwrap_or(place))),
                None => label(&variant.attrs, &name),
            };
            let is_named = named.is_some();
            let (label, span) = named.unwrap_or_else(|| match rule {
                LabelRule::Spelled(spelling) => (spelling.apply(&name), place),
                LabelRule::ByHand => (name.clone(), place),
            });
            variants.push(Variant { name, label, span, place, is_named });
        }
        let is_by_hand = rule == LabelRule::ByHand && variants.iter().any(|variant| !variant.is_named);
        Some(Self { ident: &input.ident, attrs, foreign, variants, is_by_hand, is_broken })
    }

    /// Whether labels without variants are meant to be there.
    pub(crate) fn is_open(&self) -> bool {
        self.attrs.non_exhaustive.get().is_some() || self.foreign.is_open
    }

    /// How grave findings are.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        let mut overrides = self.attrs.overrides.clone();
        // A label more is no value that cannot be read: the whole type is refused then.
        if self.foreign.is_closed && self.attrs.non_exhaustive.get().is_none() {
            let reason = "postgres-types refuses an enum whose labels differ".to_owned();
            overrides.push(Override { code: Code::MissingLabel, level: Level::Deny, reason });
        }
        if self.is_by_hand {
            let reason = "the labels are spelled by hand".to_owned();
            for code in [Code::MissingLabel, Code::UnknownLabel] {
                overrides.push(Override { code, level: Level::Allow, reason: reason.clone() });
            }
        }
        overrides
    }

    /// Where the labels are spelled by hand: by the rule that fits best to those that there are. If none fits most of them,
    /// what the code spells is not known, and nothing of it is judged.
    pub(crate) fn settle(&mut self, labels: &[String]) {
        const RULES: [Spelling; 6] = [
            Spelling::Snake,
            Spelling::Literal,
            Spelling::Lower,
            Spelling::Upper,
            Spelling::ScreamingSnake,
            Spelling::Kebab,
        ];
        let unnamed = || self.variants.iter().filter(|variant| !variant.is_named);
        let fitting =
            |rule: Spelling| unnamed().filter(|variant| labels.contains(&rule.apply(&variant.name))).count();
        let best = RULES.into_iter().rev().max_by_key(|rule| fitting(*rule));
        let Some(best) = best.filter(|rule| fitting(*rule) * 2 > unnamed().count()) else { return };
        for variant in self.variants.iter_mut().filter(|variant| !variant.is_named) {
            variant.label = best.apply(&variant.name);
        }
        self.is_by_hand = false;
    }
}
