//! Stage 1: attributes to typed slots. Rules that one attribute decides stand here; parsing never stops at a mistake.

use std::cell::RefCell;

use proc_macro2::Span;
use schemacheck_core::catalog::Action;
use schemacheck_core::manifest::{
    ColumnPromises, DefaultPromise, Exact, Kind, Level, Optional, Override, Promise, Reference,
};
use schemacheck_core::{Code, suggest};
use syn::Attribute;
use syn::meta::ParseNestedMeta;

use crate::ctxt::Ctxt;
use crate::foreign::TEXT;
use crate::symbol::{
    self, ALLOW, COLUMN, COMPUTED, CRATE, DATABASE, DEFAULT, DENY, EMBEDDED, EXACT, FLATTEN, INDEX, INSERT,
    MAX_LENGTH, NON_EXHAUSTIVE, NONE, NOT_NULL, NULLABILITY, NULLABLE, ON_DELETE, OPTIONAL, PRIMARY_KEY,
    READ, REASON, REFERENCES, RENAME, RENAME_ALL, REPR, SCHEMA, SCHEMACHECK, SKIP, TABLE, TRANSPARENT, TYPE,
    TYPES, UNIQUE, UPDATE, WARN,
};

mod level;
mod promise;
mod rename;
mod value;

pub(crate) use rename::RenameAll;
use value::{flag, set_name, set_number, set_text, skip_value, string, word_of, word_span};

/// A value that may be given once, with its tokens.
pub(crate) struct Slot<T> {
    word: &'static str,
    value: Option<(T, Span)>,
}

impl<T> Slot<T> {
    fn none(word: &'static str) -> Self {
        Self { word, value: None }
    }

    fn set(&mut self, ctxt: &Ctxt, span: Span, value: T) {
        if self.value.is_some() {
            ctxt.error_at(span, format!("duplicate schemacheck attribute `{}`", self.word));
        } else {
            self.value = Some((value, span));
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref().map(|(value, _)| value)
    }

    pub(crate) fn span(&self) -> Option<Span> {
        self.value.as_ref().map(|(_, span)| *span)
    }
}

/// The plain type of the columns that an enum is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repr {
    Text,
    Int2,
    Int4,
    Int8,
}

impl Repr {
    /// The types of the columns.
    pub(crate) fn types(self) -> &'static [&'static str] {
        match self {
            Self::Text => TEXT,
            Self::Int2 => &["int2"],
            Self::Int4 => &["int4"],
            Self::Int8 => &["int8"],
        }
    }

    const ALL: [(&'static str, Self); 4] =
        [("text", Self::Text), ("int2", Self::Int2), ("int4", Self::Int4), ("int8", Self::Int8)];
}

/// All slots. Which words are known where is decided by the list that is given to [`Attrs::read`].
pub(crate) struct Attrs {
    pub(crate) table: Slot<String>,
    pub(crate) schema: Slot<String>,
    pub(crate) database: Slot<String>,
    /// Whether something is wrong with them: then what would be judged is not what is meant.
    pub(crate) is_broken: bool,
    pub(crate) column: Slot<String>,
    pub(crate) ty: Slot<String>,
    pub(crate) rename: Slot<String>,
    pub(crate) rename_all: Slot<RenameAll>,
    pub(crate) krate: Slot<syn::Path>,
    pub(crate) skip: Slot<()>,
    pub(crate) computed: Slot<()>,
    pub(crate) flatten: Slot<()>,
    pub(crate) embedded: Slot<()>,
    pub(crate) transparent: Slot<()>,
    pub(crate) read: Slot<()>,
    pub(crate) insert: Slot<()>,
    pub(crate) update: Slot<()>,
    /// `none = "default"`
    pub(crate) none: Slot<()>,
    pub(crate) optional: Vec<(Optional, Span)>,
    pub(crate) promises: Vec<(Promise, Span)>,
    pub(crate) exact: Slot<Exact>,
    pub(crate) max_length: Slot<u32>,
    pub(crate) default: Slot<DefaultPromise>,
    pub(crate) references: Slot<Reference>,
    pub(crate) on_delete: Slot<Action>,
    pub(crate) not_null: Slot<()>,
    pub(crate) nullable: Slot<()>,
    pub(crate) non_exhaustive: Slot<()>,
    pub(crate) repr: Slot<Repr>,
    pub(crate) overrides: Vec<Override>,
    /// Where `warn` and `deny` stand.
    pub(crate) levels: Vec<(Level, Span)>,
}

impl Attrs {
    /// Reads every `#[schemacheck(...)]` among the attributes.
    pub(crate) fn read(ctxt: &Ctxt, attributes: &[Attribute], known: &'static [&'static str]) -> Self {
        let mut attrs = Self {
            table: Slot::none(TABLE),
            schema: Slot::none(SCHEMA),
            database: Slot::none(DATABASE),
            is_broken: false,
            column: Slot::none(COLUMN),
            ty: Slot::none(TYPE),
            rename: Slot::none(RENAME),
            rename_all: Slot::none(RENAME_ALL),
            krate: Slot::none(CRATE),
            skip: Slot::none(SKIP),
            computed: Slot::none(COMPUTED),
            flatten: Slot::none(FLATTEN),
            embedded: Slot::none(EMBEDDED),
            transparent: Slot::none(TRANSPARENT),
            read: Slot::none(READ),
            insert: Slot::none(INSERT),
            update: Slot::none(UPDATE),
            none: Slot::none(NONE),
            optional: Vec::new(),
            promises: Vec::new(),
            exact: Slot::none(EXACT),
            max_length: Slot::none(MAX_LENGTH),
            default: Slot::none(DEFAULT),
            references: Slot::none(REFERENCES),
            on_delete: Slot::none(ON_DELETE),
            not_null: Slot::none(NOT_NULL),
            nullable: Slot::none(NULLABLE),
            non_exhaustive: Slot::none(NON_EXHAUSTIVE),
            repr: Slot::none(REPR),
            overrides: Vec::new(),
            levels: Vec::new(),
        };
        let before = ctxt.count();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(SCHEMACHECK)) {
            attrs.read_one(ctxt, attribute, known);
        }
        attrs.is_broken = ctxt.count() > before;
        attrs
    }

    /// The kinds that are written; none if none is.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        let slots = [(&self.read, Kind::Read), (&self.insert, Kind::Insert), (&self.update, Kind::Update)];
        slots.into_iter().filter(|(slot, _)| slot.get().is_some()).map(|(_, kind)| kind).collect()
    }

    /// What a field promises of its column.
    pub(crate) fn column_promises(&self) -> ColumnPromises {
        let on_delete = self.on_delete.get().copied();
        ColumnPromises {
            ty: self.ty.get().cloned(),
            max_length: self.max_length.get().copied(),
            default: self.default.get().cloned(),
            references: self.references.get().map(|to| Reference { on_delete, ..to.clone() }),
            not_null: match (self.not_null.get(), self.nullable.get()) {
                (Some(()), _) => Some(true),
                (None, Some(())) => Some(false),
                (None, None) => None,
            },
        }
    }

    /// Where each of these stands, by the attribute of a finding.
    pub(crate) fn promise_spans(&self) -> Vec<(&'static str, Span)> {
        let null = self.not_null.span().or(self.nullable.span());
        let spans = [
            ("type", self.ty.span()),
            ("length", self.max_length.span()),
            ("default", self.default.span()),
            ("references", self.references.span()),
            ("nullable", null),
        ];
        spans.into_iter().filter_map(|(attribute, span)| Some((attribute, span?))).collect()
    }

    fn read_one(&mut self, ctxt: &Ctxt, attribute: &Attribute, known: &'static [&'static str]) {
        // `types` and `nullability` take the reason that stands in the same attribute, before or after them.
        let off: RefCell<Vec<(Code, &str, Span)>> = RefCell::default();
        let mut reason = Slot::none(REASON);
        let mut is_reasoned = false;
        let before = ctxt.count();
        let result = attribute.parse_nested_meta(|meta| {
            let word = word_of(&meta);
            let span = word_span(&meta);
            if !known.contains(&word.as_str()) {
                ctxt.error(&meta.path, unknown_word(&word, &meta, known));
                return skip_value(meta.input);
            }
            match word.as_str() {
                // #[schemacheck(table = "public.users")]
                TABLE => set_name(ctxt, &meta, &mut self.table),
                // #[schemacheck(schema = "public")]
                SCHEMA => set_name(ctxt, &meta, &mut self.schema),
                // #[schemacheck(database = "billing")]
                DATABASE => set_name(ctxt, &meta, &mut self.database),
                // #[schemacheck(column = "source_type")]
                COLUMN => set_name(ctxt, &meta, &mut self.column),
                // #[schemacheck(type = "mood")], on a field #[schemacheck(type = "varchar(20)")]
                TYPE => set_name(ctxt, &meta, &mut self.ty),
                // #[schemacheck(rename = "very sad")]
                RENAME => set_name(ctxt, &meta, &mut self.rename),
                // #[schemacheck(rename_all = "camelCase")]
                RENAME_ALL => {
                    if let Some(literal) = string(ctxt, &meta)? {
                        match RenameAll::from_word(&literal.value()) {
                            Some(rule) => self.rename_all.set(ctxt, span, rule),
                            None => ctxt.error(&literal, RenameAll::unknown(&literal.value())),
                        }
                    }
                    Ok(())
                }
                // #[schemacheck(crate = "my_crate::schemacheck")]
                CRATE => {
                    if let Some(literal) = string(ctxt, &meta)? {
                        match literal.parse_with(syn::Path::parse_mod_style) {
                            Ok(path) => self.krate.set(ctxt, span, path),
                            Err(_) => ctxt.error(&literal, "expected the path of the crate `schemacheck`"),
                        }
                    }
                    Ok(())
                }
                // #[schemacheck(skip)]
                SKIP => flag(ctxt, &meta, &mut self.skip),
                // #[schemacheck(transparent)]
                TRANSPARENT => flag(ctxt, &meta, &mut self.transparent),
                // #[schemacheck(computed)]
                COMPUTED => flag(ctxt, &meta, &mut self.computed),
                // #[schemacheck(flatten)]
                FLATTEN => flag(ctxt, &meta, &mut self.flatten),
                // #[schemacheck(embedded)]
                EMBEDDED => flag(ctxt, &meta, &mut self.embedded),
                // #[schemacheck(read, insert, update)]
                READ => flag(ctxt, &meta, &mut self.read),
                INSERT => flag(ctxt, &meta, &mut self.insert),
                UPDATE => flag(ctxt, &meta, &mut self.update),
                // #[schemacheck(optional("slug", reason = "a trigger"))]
                OPTIONAL => promise::read_optional(ctxt, &meta, &mut self.optional),
                // #[schemacheck(none = "default")]
                NONE => {
                    if let Some(literal) = string(ctxt, &meta)? {
                        match literal.value().as_str() {
                            DEFAULT => self.none.set(ctxt, span, ()),
                            other => ctxt.error(
                                &literal,
                                format!("unknown value `{other}` of `{NONE}`, expected `{DEFAULT}`"),
                            ),
                        }
                    }
                    Ok(())
                }
                // #[schemacheck(primary_key("id"), unique("user_id", "kind"), index("status"))]
                PRIMARY_KEY | UNIQUE | INDEX => promise::read(ctxt, &meta, &mut self.promises),
                // #[schemacheck(exact)], #[schemacheck(exact(order))]
                EXACT => promise::read_exact(ctxt, &meta, &mut self.exact),
                // #[schemacheck(max_length = 20)]
                MAX_LENGTH => set_number(ctxt, &meta, &mut self.max_length),
                // #[schemacheck(default)], #[schemacheck(default = "'sent'")]
                DEFAULT => promise::read_default(ctxt, &meta, &mut self.default),
                // #[schemacheck(references = "users(id)", on_delete = "cascade")]
                REFERENCES => promise::read_references(ctxt, &meta, &mut self.references),
                ON_DELETE => promise::read_action(ctxt, &meta, &mut self.on_delete),
                // #[schemacheck(not_null)]
                NOT_NULL => flag(ctxt, &meta, &mut self.not_null),
                NULLABLE => flag(ctxt, &meta, &mut self.nullable),
                // #[schemacheck(non_exhaustive)]
                NON_EXHAUSTIVE => flag(ctxt, &meta, &mut self.non_exhaustive),
                // #[schemacheck(repr = "text")]
                REPR => {
                    if let Some(literal) = string(ctxt, &meta)? {
                        match Repr::ALL.iter().find(|(word, _)| *word == literal.value()) {
                            Some((_, repr)) => self.repr.set(ctxt, literal.span(), *repr),
                            None => {
                                let known: Vec<String> =
                                    Repr::ALL.iter().map(|(word, _)| format!("`{word}`")).collect();
                                let value = literal.value();
                                ctxt.error(
                                    &literal,
                                    format!(
                                        "unknown value `{value}` of `{REPR}`, expected one of {}",
                                        known.join(", ")
                                    ),
                                );
                            }
                        }
                    }
                    Ok(())
                }
                // #[schemacheck(types = "off", reason = "decoded by hand")]
                TYPES | NULLABILITY => {
                    let (code, word) = match word.as_str() {
                        TYPES => (Code::TypeMismatch, TYPES),
                        _ => (Code::NullableColumn, NULLABILITY),
                    };
                    if let Some(literal) = string(ctxt, &meta)? {
                        match literal.value().as_str() {
                            "off" => off.borrow_mut().push((code, word, span)),
                            other => ctxt.error(
                                &literal,
                                format!("unknown value `{other}` of `{word}`, expected `off`"),
                            ),
                        }
                    }
                    Ok(())
                }
                // #[schemacheck(types = "off", reason = "decoded by hand")]
                REASON => {
                    is_reasoned = true;
                    set_text(ctxt, &meta, &mut reason)
                }
                // #[schemacheck(allow(missing-column, reason = "added by the next release"))]
                ALLOW => self.read_level(ctxt, &meta, Level::Allow),
                WARN => self.read_level(ctxt, &meta, Level::Warn),
                DENY => self.read_level(ctxt, &meta, Level::Deny),
                other => unreachable!("`{other}` is listed as known and has no arm"),
            }
        });
        if let Err(error) = result {
            ctxt.push(value::in_our_words(error));
        }
        let off = off.into_inner();
        match (off.is_empty(), reason.get()) {
            // Of something that is not understood, perhaps.
            (true, Some(_)) if ctxt.count() > before => {}
            (true, Some(_)) => {
                let span = reason.span().unwrap_or_else(Span::call_site);
                ctxt.error_at(
                    span,
                    format!("`{REASON}` goes with `{TYPES} = \"off\"` or `{NULLABILITY} = \"off\"`"),
                );
            }
            (true, None) => {}
            (false, reason) => {
                for (code, word, span) in off {
                    // Also without a reason: what it would hide is not the mistake to report.
                    let level = Level::Allow;
                    self.overrides.push(Override {
                        code,
                        level,
                        reason: reason.cloned().unwrap_or_default(),
                    });
                    if is_reasoned {
                        continue;
                    }
                    ctxt.error_at(
                        span,
                        format!("`{word} = \"off\"` needs a reason\nhelp: add `, reason = \"...\"`"),
                    );
                }
            }
        }
    }

    fn read_level(&mut self, ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, level: Level) -> syn::Result<()> {
        self.overrides.extend(level::read(ctxt, meta, level)?);
        if level != Level::Allow {
            self.levels.push((level, word_span(meta)));
        }
        Ok(())
    }
}

fn unknown_word(word: &str, meta: &ParseNestedMeta<'_>, known: &[&str]) -> String {
    let spelled = match word {
        "" => {
            meta.path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>().join("::")
        }
        word => word.to_owned(),
    };
    let words: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    let mut message = format!("unknown schemacheck attribute `{spelled}`");
    if let Some(synonym) = symbol::synonym(&spelled, known) {
        message.push_str(&format!("\nhelp: another name is said with `{synonym} = \"...\"` here"));
    } else if let Some(nearest) = suggest::nearest(&spelled, known.iter().copied()) {
        message.push_str(&format!("\nhelp: a word with a similar name exists: `{nearest}`"));
    } else if let Some(place) = symbol::place_of(&spelled) {
        message.push_str(&format!("\nhelp: `{spelled}` belongs to {place}"));
    }
    let expected = if words.len() == 1 { "expected" } else { "expected one of" };
    message.push_str(&format!("\nnote: {expected} {}", words.join(", ")));
    message
}
