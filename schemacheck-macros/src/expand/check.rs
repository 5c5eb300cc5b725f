//! The checks of types and nullability: bodies that the compiler judges by its trait system.
//!
//! Where the spelling promises that a type is accepted, the shared trait is asked: the cheapest form. Where it does
//! not, a local trait carries the whole message. The spelling decides only how good a message is.

use std::borrow::Cow;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use schemacheck_core::compare::refuses_none;
use schemacheck_core::finding::wording::{self, BuildMessage};
use schemacheck_core::fingerprint::type_hash;
use schemacheck_core::manifest::{Built, Expected, Kind, Level, Manifest};
use schemacheck_core::pg_type::TypeKind;
use schemacheck_core::{Catalog, Code, PgType, RelKind, TypeDef, mapping, record};

use super::labels;
use crate::attr::RenameAll;
use crate::input::{Field, Model};
use crate::known;
use crate::mode::Mode;
use crate::rust_type::{self, Leaf};
use crate::snapshot::Snapshot;

/// The checks of a model.
#[derive(Debug, Default)]
pub(super) struct Checks {
    /// For each field the expression whose value is the answer in the record, [`record::ACCEPTS_NULL`] or another:
    /// where it compiles, the field's type was judged. Nothing where the type has to be asked by itself.
    pub(super) answers: Vec<Option<TokenStream>>,
    /// For each field that the build lets through if its type does not fit, by its place: expressions that say whether it
    /// does, for the record.
    fits: Vec<(usize, TokenStream)>,
    /// What else the compiler has to judge, in one function.
    statements: TokenStream,
}

impl Checks {
    fn add(&mut self, field: usize, judged: Judged) {
        self.statements.extend(judged.statements);
        self.fits.extend(judged.fits.map(|fits| (field, fits)));
    }

    /// The names that the tokens use.
    pub(super) fn names(&self, krate: &TokenStream) -> TokenStream {
        let is_used = self.answers.iter().any(Option::is_some);
        let holds = is_used
            .then(|| quote!(AcceptsColumn as __Holds, AcceptsNullableColumn as __HoldsNullable, pg as __pg));
        quote!(use #krate::{self as __sc, #holds};)
    }

    /// The answers as the record holds them: of a field that is let through, with whether its type fits.
    pub(super) fn recorded(&self, krate: &TokenStream, answers: &[TokenStream]) -> Vec<TokenStream> {
        recorded(krate, answers, &self.fits)
    }

    /// The statements, where no type parameter is named: they go into a function that is there anyway. Each item costs
    /// the compiler more than what is in it.
    pub(super) fn statements(&self, model: &Model<'_>) -> Option<&TokenStream> {
        model.generics.params.is_empty().then_some(&self.statements)
    }

    /// Else a function in an impl with the model's parameters, so that it is never dead code.
    pub(super) fn item(&self, krate: &TokenStream, model: &Model<'_>) -> Option<TokenStream> {
        let (ig, tg, wc) = model.generics.split_for_impl();
        let (name, statements) = (model.ident, &self.statements);
        (!model.generics.params.is_empty() && !statements.is_empty()).then(|| {
            quote! {
                #[automatically_derived]
                impl #ig #krate::Check<0> for #name #tg #wc {
                    fn check() {
                        #statements
                    }
                }
            }
        })
    }
}

/// [`Checks::recorded`].
pub(super) fn recorded(
    krate: &TokenStream,
    answers: &[TokenStream],
    fits: &[(usize, TokenStream)],
) -> Vec<TokenStream> {
    let answer = |(place, answer): (usize, &TokenStream)| {
        let fits: Vec<&TokenStream> =
            fits.iter().filter(|(at, _)| *at == place).map(|(_, fits)| fits).collect();
        if fits.is_empty() { answer.clone() } else { quote!(#krate::answer_of(#answer, #(#fits)&&*)) }
    };
    answers.iter().enumerate().map(answer).collect()
}

/// Every check of a model.
pub(super) fn of_model(
    krate: &TokenStream,
    model: &Model<'_>,
    manifest: &Manifest,
    snapshot: &Snapshot,
    mode: Mode,
) -> Checks {
    let catalog = &snapshot.catalog;
    let mut checks = Checks::default();
    let Some(relation) = catalog.relation(manifest.schema.as_deref(), &manifest.relation) else {
        return checks;
    };
    for (at, (field, expected)) in model.fields.iter().zip(&manifest.columns).enumerate() {
        let Some(built) = expected.built.as_ref().filter(|_| !field.is_generic) else {
            checks.answers.push(None);
            continue;
        };
        let object = || format!("{}.{}", relation.name, field.column);
        let def = catalog.types.get(&built.base_type().qualified_name());
        let type_how = how(manifest, expected, Code::TypeMismatch, mode);
        let is_nullable = manifest.is(Kind::Read) && can_be_null(relation.kind, built, expected);
        let null_how = if is_nullable { how(manifest, expected, Code::NullableColumn, mode) } else { None };
        let judges_null = null_how == Some(How::Error) && rust_type::is_spelled_option(field.ty());
        let answer = if type_how == Some(How::Error) { answer(field, built, def, judges_null) } else { None };
        if let (None, Some(how)) = (&answer, type_how) {
            checks.add(at, type_check(krate, model.ident, field, built, def, &object(), how));
        }
        // Only `postgres` and `tokio-postgres` want it.
        if type_how.is_some() && !model.foreign.has_library() {
            let subject = ("column", object());
            checks.statements.extend(names_domain(
                krate,
                model.ident,
                field,
                built,
                catalog,
                manifest.writes(),
                &subject,
            ));
        }
        if let Some(how) = null_how
            && !(judges_null && answer.is_some())
        {
            let says_table = relation.kind.has_nullability();
            // What an insert of diesel is read as, where its derive is not seen.
            let hides = model.foreign.is_diesel && manifest.implied_kind;
            let note = hides.then(|| wording::derives_unseen(&model.ident.to_string()));
            let object = object();
            checks.statements.extend(null_check(krate, model.ident, field, (&object, says_table), note, how));
        }
        // What is written is another type perhaps, and is judged by itself.
        if let (Some(written), Some(how)) = (field.written(), type_how) {
            checks.add(at, type_check(krate, model.ident, &written, built, def, &object(), how));
        }
        let column = relation.column(&field.column);
        if let Some(how) = how(manifest, expected, Code::NotNullColumn, mode)
            && let written = field.written()
            && let field = written.as_ref().unwrap_or(field)
            && !spells_a_value(field.ty(), built.base_type())
            && let Some(by) =
                column.and_then(|column| refuses_none(manifest, expected, relation, column, catalog))
        {
            let text = wording::null_written_lines(&object(), expected, by);
            checks.statements.extend(none_check(krate, model.ident, field, &text, how));
        }
        let labels = labels::check(krate, model.ident, (field, expected), relation, catalog, manifest, mode);
        checks.statements.extend(labels);
        checks.answers.push(answer);
    }
    checks
}

/// Whether the field has to hold NULL. Of a view's column PostgreSQL cannot tell, and the model may. A `not_null` that
/// a table does not keep is a finding of its own, about the attribute.
fn can_be_null(kind: RelKind, built: &Built, expected: &Expected) -> bool {
    match (kind.has_nullability(), expected.promises.not_null) {
        (true, promised) => !built.not_null && promised != Some(true),
        (false, promised) => promised == Some(false),
    }
}

/// The cheapest check, and the record's answer in one: for a field whose spelling promises that it is accepted, and
/// with `judges_null` that it holds NULL too.
fn answer(field: &Field<'_>, built: &Built, def: Option<&TypeDef>, judges_null: bool) -> Option<TokenStream> {
    let base = built.base_type();
    let leaf = rust_type::leaf(field.ty())?;
    if !promises(&leaf, base) {
        return None;
    }
    let marker = marker(&quote!(__pg), base, def, Some(&leaf))?;
    let ty = rust_type::with_static_lifetimes(field.ty())?;
    let holds = if judges_null { format_ident!("__HoldsNullable") } else { format_ident!("__Holds") };
    Some(quote!(<#ty as #holds<#marker>>::NULL))
}

/// What a disagreement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Error,
    Warning,
}

pub(super) fn how(manifest: &Manifest, expected: &Expected, code: Code, mode: Mode) -> Option<How> {
    match (manifest.level(Some(expected), code), mode) {
        (Some(Level::Allow), _) | (_, Mode::Off) => None,
        (Some(Level::Warn), _) | (_, Mode::Warn) => Some(How::Warning),
        _ => Some(How::Error),
    }
}

fn type_check(
    krate: &TokenStream,
    owner: &Ident,
    field: &Field<'_>,
    built: &Built,
    def: Option<&TypeDef>,
    object: &str,
    how: How,
) -> Judged {
    judge_type(krate, owner, field, built, def, how, |written, accepted| {
        wording::wrong_type(object, &field.name, written, &built.ty, built.base_type(), def, accepted)
    })
}

/// A check of a type: statements, and where those only warn an expression that says whether the type fits.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) statements: TokenStream,
    pub(super) fits: Option<TokenStream>,
}

impl From<TokenStream> for Judged {
    fn from(statements: TokenStream) -> Self {
        Self { statements, fits: None }
    }
}

/// Whether a field can be read from a type. `message` gets the field's type as written, and the types that are accepted.
pub(super) fn judge_type(
    krate: &TokenStream,
    owner: &Ident,
    field: &Field<'_>,
    built: &Built,
    def: Option<&TypeDef>,
    how: How,
    message: impl FnOnce(&str, &[String]) -> BuildMessage,
) -> Judged {
    let (base, ty) = (built.base_type(), field.ty());
    let leaf = rust_type::leaf(ty);
    let markers = quote!(#krate::pg);
    let always = marker(&markers, base, def, leaf.as_ref());
    // Of what a schema defines only a type that derives what it is can be judged.
    let marker = match &always {
        Some(marker) => marker.clone(),
        None if def.is_some() => marker_of(&markers, base, def),
        None => return Judged::default(),
    };
    // What was derived under that name may be another type: of a type that is not closed it is no reason to judge.
    let by_name = |leaf: &Leaf| always.is_some() && known::promises(leaf, base, promises);
    let promised = |leaf: &Leaf| promises(leaf, base) || by_name(leaf);
    if how == How::Error && leaf.as_ref().is_some_and(promised) {
        return quote!(let _ = <#ty as #krate::AcceptsColumn<#marker>>::NULL;).into();
    }
    let owned = rust_type::with_static_lifetimes(ty);
    let is_derived = match (&always, &owned) {
        (Some(_), _) => None,
        (None, Some(ty)) => Some(quote! {
            #krate::derived::Answer<{
                use #krate::derived::IsNotDerived as _;
                <#krate::derived::IsDerived<#ty>>::ANSWER
            }>
        }),
        (None, None) => return Judged::default(),
    };
    let name = trait_name(owner, field, &type_word(base));
    let spelled = field.is_spelled_by_us();
    let message = message(&field.spelled(), &mapping::accepted(base));
    match (how, is_derived) {
        (How::Error, None) => {
            local_trait(&name, quote!(#krate::AcceptsColumn<#marker>), ty, &message, spelled).into()
        }
        (How::Error, Some(answer)) => {
            let bound = quote!(#krate::derived::AcceptsIfDerived<#marker, #answer>);
            local_trait(&name, bound, ty, &message, spelled).into()
        }
        (How::Warning, None) => {
            let (carrier, arguments) = (quote!(#krate::Accepted), quote!(#ty, #marker));
            let statements =
                deprecated(&name, &carrier, &quote!(T, P), &arguments, field.ty_span(), &message);
            let fits = owned.map(|ty| holds(krate, &carrier, &quote!(#ty, #marker)));
            Judged { statements, fits }
        }
        (How::Warning, Some(answer)) => {
            let carrier = quote!(#krate::derived::AcceptedIfDerived);
            let statements = deprecated(
                &name,
                &carrier,
                &quote!(T, P, D),
                &quote!(#ty, #marker, #answer),
                field.ty_span(),
                &message,
            );
            let fits = owned.map(|ty| holds(krate, &carrier, &quote!(#ty, #marker, #answer)));
            Judged { statements, fits }
        }
    }
}

/// The question of a [`deprecated`] check, for the record.
fn holds(krate: &TokenStream, carrier: &TokenStream, arguments: &TokenStream) -> TokenStream {
    quote! {{
        use #krate::NotAccepted as _;
        <#carrier<#arguments>>::HOLDS
    }}
}

/// A warning where `postgres` and `tokio-postgres` want a type that names a domain: as the type of a parameter, if it
/// `is_bound`, as that of an element and of an attribute.
pub(super) fn names_domain(
    krate: &TokenStream,
    owner: &Ident,
    field: &Field<'_>,
    built: &Built,
    catalog: &Catalog,
    is_bound: bool,
    subject: &(&str, String),
) -> Option<TokenStream> {
    let (domain, ty) = (&built.ty, field.ty());
    let def = catalog.types.get(&domain.qualified_name())?;
    let is_domain = matches!(def.kind, TypeKind::Domain { .. });
    // What decodes an element or an attribute by itself may well look at the domain.
    let is_plain = || rust_type::leaf(ty).is_some_and(|leaf| mapping::is_plain(&leaf.name, domain));
    let (noun, object) = subject;
    let is_within = domain.is_array() || *noun == "attribute";
    if !is_domain || !(if is_within { is_plain() } else { is_bound }) {
        return None;
    }
    let marker = marker_of(&quote!(#krate::pg), domain, Some(def));
    let message = wording::domain_unnamed(noun, object, &field.name, &field.spelled(), domain, is_within);
    Some(deprecated(
        &trait_name(owner, field, &format!("{}Domain", type_word(domain))),
        &quote!(#krate::derived::Bound),
        &quote!(T, P),
        &quote!(#ty, #marker),
        field.ty_span(),
        &message,
    ))
}

/// `says_table`: the table says that the column can be NULL, and not the model's own `nullable`.
fn null_check(
    krate: &TokenStream,
    owner: &Ident,
    field: &Field<'_>,
    (object, says_table): (&str, bool),
    note: Option<String>,
    how: How,
) -> TokenStream {
    let ty = field.ty();
    if how == How::Error && rust_type::is_spelled_option(ty) {
        return quote!(let _ = <#ty as #krate::AcceptsNull>::OK;);
    }
    let written = field.spelled();
    let mut message = match says_table {
        true => wording::cannot_hold_null(object, &field.name, &written, field.null_help()),
        false => wording::cannot_hold_promised_null(object, &field.name, &written),
    };
    if let Some(note) = note {
        message.notes.insert(0, note);
    }
    match how {
        How::Error => {
            let (name, spelled) = (trait_name(owner, field, "Null"), field.is_spelled_by_us());
            local_trait(&name, quote!(#krate::AcceptsNull), ty, &message, spelled)
        }
        How::Warning => deprecated(
            &trait_name(owner, field, "Null"),
            &quote!(#krate::Nullable),
            &quote!(T),
            &quote!(#ty),
            field.ty_span(),
            &message,
        ),
    }
}

/// The other way round: a type that must not hold NULL, since an insert would send it.
fn none_check(krate: &TokenStream, owner: &Ident, field: &Field<'_>, text: &str, how: How) -> TokenStream {
    let Some(ty) = rust_type::with_static_lifetimes(field.ty()) else { return TokenStream::new() };
    let answer = quote! {{
        use #krate::CannotHoldNull as _;
        <#krate::Probe<#ty>>::ACCEPTS_NULL
    }};
    let refuses = record::REFUSES_NULL;
    let name = trait_name(owner, field, "NoNull");
    agrees(krate, &name, &quote!(#answer == #refuses), field.place, text, how)
}

/// A check whose truth is a constant, and whose message is this text.
pub(super) fn agrees(
    krate: &TokenStream,
    name: &Ident,
    condition: &TokenStream,
    place: Span,
    text: &str,
    how: How,
) -> TokenStream {
    match how {
        How::Error => {
            // At the field, and still a token of ours to the user's lints.
            let place = place.resolved_at(Span::call_site());
            let judged = respan(quote!(#krate::agree(__AGREES, #text)), place);
            quote! {
                {
                    const __AGREES: ::core::primitive::bool = #condition;
                    const _: () = #judged;
                }
            }
        }
        How::Warning => {
            // A deprecation within the span of a derive is not reported, so all of it has the field's.
            let used = respan(quote!(<#krate::Agree<__AGREES>>::CHECKED), place);
            quote! {
                {
                    const __AGREES: ::core::primitive::bool = #condition;
                    trait #name {
                        #[deprecated(note = #text)]
                        const CHECKED: () = ();
                    }
                    impl<const AGREES: ::core::primitive::bool> #name for #krate::Agree<AGREES> {}
                    fn mention<T: #name>() {}
                    let _ = mention::<#krate::Agree<true>>;
                    let _ = #used;
                }
            }
        }
    }
}

/// Tokens of ours at another place: an error underlines all of them together.
pub(crate) fn respan(tokens: TokenStream, place: Span) -> TokenStream {
    let at_place = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            let inner = respan(group.stream(), place);
            token = TokenTree::Group(proc_macro2::Group::new(group.delimiter(), inner));
        }
        token.set_span(place);
        token
    };
    tokens.into_iter().map(at_place).collect()
}

/// Whether the spelling says that the type holds a value, never NULL.
fn spells_a_value(ty: &syn::Type, column: &PgType) -> bool {
    // Nothing is compiled after this, so what was derived under the same name is no evidence.
    !rust_type::mentions_option(ty) && rust_type::leaf(ty).is_some_and(|leaf| promises(&leaf, column))
}

/// Whether the spelling says that the type is accepted.
pub(super) fn promises(leaf: &Leaf, ty: &PgType) -> bool {
    let bytes = leaf.in_list && leaf.name == "u8";
    match (ty.is_array(), &*ty.name) {
        (false, "bytea") => bytes,
        (is_array, _) => is_array == leaf.in_list && mapping::promises(&leaf.name, ty),
    }
}

/// The marker of a type in generated code; nothing where only the name of the column can be judged. `markers` is
/// the path of their module.
pub(super) fn marker(
    markers: &TokenStream,
    ty: &PgType,
    def: Option<&TypeDef>,
    leaf: Option<&Leaf>,
) -> Option<TokenStream> {
    let judged = judged(ty, def, leaf)?;
    Some(match &judged {
        Cow::Borrowed(ty) => marker_of(markers, ty, def),
        Cow::Owned(below) => marker_of(markers, below, None),
    })
}

/// The type that a field is held against: the column's own, or one below; nothing where only the name can be judged.
fn judged<'a>(ty: &'a PgType, def: Option<&TypeDef>, leaf: Option<&Leaf>) -> Option<Cow<'a, PgType>> {
    // What an enum is, its derive says, and of closed types it is known which Rust types hold them. Of any other type
    // nobody knows here what else decodes it, so only what is certainly wrong is refused: a plain type.
    let is_enum = def.is_some_and(|def| matches!(def.kind, TypeKind::Enum { .. }));
    let is_closed = is_enum || def.is_none() && mapping::is_closed(ty);
    if !is_closed && !leaf.is_some_and(|leaf| mapping::is_plain(&leaf.name, ty)) {
        return None;
    }
    // sqlx reads an element of a domain as what the domain is based on, where that is no domain again.
    Some(match def.map(|def| &def.kind) {
        Some(TypeKind::Domain { base, .. }) if ty.is_array() && base.is_builtin() && !base.is_array() => {
            Cow::Owned(base.clone().array())
        }
        _ => Cow::Borrowed(ty),
    })
}

/// The marker of a type, whatever it is.
pub(super) fn marker_of(markers: &TokenStream, ty: &PgType, def: Option<&TypeDef>) -> TokenStream {
    let element = match named(ty, def) {
        Ok(name) => {
            let name = format_ident!("{name}");
            quote!(#markers::#name)
        }
        Err(hash) => quote!(#markers::Named<#hash>),
    };
    if ty.is_array() { quote!(#markers::Array<#element>) } else { element }
}

/// The name of the marker of a type's element, or the number that stands for one without.
fn named(ty: &PgType, def: Option<&TypeDef>) -> Result<&'static str, u64> {
    match mapping::marker(ty) {
        Some(name) if def.is_none() => Ok(name),
        _ => Err(type_hash(&ty.schema, &ty.name)),
    }
}

/// The marker of a type as a text, where no field's spelling is known.
pub(super) fn marker_text(markers: &str, ty: &PgType, def: Option<&TypeDef>) -> Option<String> {
    let ty = judged(ty, def, None)?;
    let def = def.filter(|_| matches!(ty, Cow::Borrowed(_)));
    let element = match named(&ty, def) {
        Ok(name) => format!("{markers}::{name}"),
        Err(hash) => format!("{markers}::Named<{hash}>"),
    };
    Some(if ty.is_array() { format!("{markers}::Array<{element}>") } else { element })
}

/// A name for the local trait: rustc prints it, and with its path where another one has the same name.
pub(super) fn trait_name(owner: &Ident, field: &Field<'_>, what: &str) -> Ident {
    let owner = syn::ext::IdentExt::unraw(owner);
    Ident::new(&format!("{owner}{}Holds{what}", RenameAll::Pascal.apply(&field.name)), Span::call_site())
}

/// A type's name as part of an identifier.
fn type_word(ty: &PgType) -> String {
    let name = RenameAll::Pascal.apply(&ty.name);
    let plain = name.chars().filter(char::is_ascii_alphanumeric);
    plain.chain(if ty.is_array() { "Array" } else { "" }.chars()).collect()
}

/// A trait of the check's own, so that its message is the whole message.
fn local_trait(
    name: &Ident,
    bound: TokenStream,
    ty: &syn::Type,
    message: &BuildMessage,
    is_spelled: bool,
) -> TokenStream {
    // `{Self}` is the type as the compiler resolves it, through aliases.
    let text = match is_spelled {
        true => escape(&message.plain),
        false => format!("{}{{Self}}{}", escape(&message.before), escape(&message.after)),
    };
    let label = escape(&message.label);
    let notes = message.notes.iter().map(|note| escape(note));
    quote! {
        {
            #[diagnostic::on_unimplemented(message = #text, label = #label, #(note = #notes),*)]
            trait #name {
                const OK: () = ();
            }
            #[diagnostic::do_not_recommend]
            impl<T: #bound + ?::core::marker::Sized> #name for T {}
            let _ = <#ty as #name>::OK;
        }
    }
}

/// A warning that appears only on a disagreement: the inherent constant of the carrier exists where the bound holds,
/// and wins; else the trait's is taken, which is deprecated.
fn deprecated(
    name: &Ident,
    carrier: &TokenStream,
    parameters: &TokenStream,
    arguments: &TokenStream,
    place: Span,
    message: &BuildMessage,
) -> TokenStream {
    let mut note = message.plain.clone();
    for line in &message.notes {
        note.push_str(&format!("\nnote: {line}"));
    }
    let unsized_parameters = parameters.clone().into_iter().map(|token| match &token {
        TokenTree::Ident(name) => quote!(#name: ?::core::marker::Sized),
        _ => quote!(#token),
    });
    // A deprecation within the span of a derive is not reported, so the whole path has the field's.
    let used = quote_spanned!(place=> <#carrier<#arguments>>::CHECKED);
    quote! {
        {
            trait #name {
                #[deprecated(note = #note)]
                const CHECKED: () = ();
            }
            impl<#(#unsized_parameters)*> #name for #carrier<#parameters> {}
            // Where the types agree, nothing else would use the trait.
            fn mention<T: #name>() {}
            let _ = mention::<#carrier<#arguments>>;
            let _ = #used;
        }
    }
}

/// Protects what a format string would take for a placeholder.
pub(super) fn escape(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}
