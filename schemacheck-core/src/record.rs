//! A manifest as it lies in a binary: magic, length, JSON. Written in two halves by the derive, since only the
//! compiler knows the module path and whether a type can hold NULL; read by the guard and by the command line.

use crate::Error;
use crate::catalog::RelKind;
use crate::code::Code;
use crate::json::{self, Node, Object};
use crate::manifest::{
    BuildMode, Built, Exact, Expected, Fit, Group, Kind, Label, Level, Manifest, Optional, Override, Promise,
    Sort,
};

mod column;
mod extra;
mod ledger;

pub(crate) use column::{read_type, type_json};
pub use extra::{
    EXTRA_BEGIN, EXTRA_END, GROUP_END, GROUP_NULLS, Hole, Holes, LABELS_END, embedded, group_begin,
    labels_begin, labels_json,
};
pub use ledger::{LEDGER_MAGIC, ledger_json, ledger_to_bytes, ledgers_from_json, read_ledgers};

/// What each record begins with.
pub const MAGIC: [u8; 8] = *b"SCHMCHK1";

/// The version of the JSON; a reader refuses any other.
pub const FORMAT: u32 = 1;

/// The bytes before the JSON: the magic, and the JSON's length in bytes as a little-endian `u32`.
pub const HEADER: usize = 12;

/// The section's name in ELF objects; PE and Mach-O have rules of their own.
pub const SECTION_ELF: &str = "schemacheck";
/// The section's name in PE images, where 8 bytes are the limit; what follows `$` orders the parts and is cut off.
pub const SECTION_PE: &str = ".schmck";
/// The segment and section of Mach-O objects.
pub const SECTION_MACHO: (&str, &str) = ("__DATA", "schemacheck");

/// The JSON of a record in two halves with the Rust path between them. The second ends where the answers of the trait
/// system go: for each column one byte, [`ACCEPTS_NULL`], [`REFUSES_NULL`] or [`UNKNOWN`], or the letter of the same where
/// the build let a type through that does not fit. Where such a build flattens structs, a byte for each of them follows:
/// [`group_answer`]. [`END`] follows, or what else only the compiler knows, between [`EXTRA_BEGIN`] and [`EXTRA_END`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Up to the Rust path.
    pub head: String,
    /// From the Rust path up to the answers.
    pub tail: String,
}

/// The answer for a type that can hold NULL.
pub const ACCEPTS_NULL: u8 = b'1';
/// The same, where an insert writes DEFAULT and not NULL: only flattened structs say so by their answers.
pub const ACCEPTS_NULL_AS_DEFAULT: u8 = b'2';
/// The answer for a type that cannot.
pub const REFUSES_NULL: u8 = b'0';
/// The answer where the trait system has none, such as for a type parameter.
pub const UNKNOWN: u8 = b'-';
/// [`ACCEPTS_NULL`] of a type that does not hold the column's, which the build let through.
pub const UNFIT_ACCEPTS_NULL: u8 = b'B';
/// [`REFUSES_NULL`] of such a type.
pub const UNFIT_REFUSES_NULL: u8 = b'A';
/// [`UNKNOWN`] of such a type.
pub const UNFIT_UNKNOWN: u8 = b'C';
/// What follows the answers.
pub const END: [u8; 2] = *b"\"}";

/// The two halves of a manifest's record. The manifest's own path and its columns' [`Expected::accepts_null`] are not
/// used: the compiler fills them in. `facts` are those of the columns that groups may name.
pub fn template(manifest: &Manifest, facts: &[(String, Built)]) -> Template {
    let columns: Vec<String> = manifest.columns.iter().map(column::to_compact).collect();
    let (head, mut tail) = halves(manifest, &columns.join(", "), true);
    if !facts.is_empty() {
        tail.push_str(&format!(", \"facts\": {}", extra::facts_json(facts)));
    }
    tail.push_str(", \"nulls\": \"");
    Template { head, tail }
}

/// A whole record, as the compiler puts it together from [`template`]; the path must need no escapes.
pub fn to_bytes(manifest: &Manifest) -> Vec<u8> {
    let Template { head, tail } = template(manifest, &[]);
    let groups = manifest.groups.iter().any(|group| group.fit != Fit::Fits).then_some(&manifest.groups);
    let answers: Vec<u8> = manifest
        .columns
        .iter()
        .map(|column| {
            let answer = match column.accepts_null {
                Some(true) => ACCEPTS_NULL,
                Some(false) => REFUSES_NULL,
                None => UNKNOWN,
            };
            answer_of(answer, column.fit != Fit::LetThrough)
        })
        .chain(groups.into_iter().flatten().map(|group| match group.fit {
            Fit::Fits => group_answer(true, true),
            Fit::LetThrough => group_answer(true, false),
            Fit::Unchecked => group_answer(false, false),
        }))
        .collect();
    let json = [head.as_bytes(), manifest.path.as_bytes(), tail.as_bytes(), &answers, &END].concat();
    let length = u32::try_from(json.len()).unwrap_or(u32::MAX).to_le_bytes();
    [&MAGIC[..], &length, &json].concat()
}

/// An answer about NULL, with whether the type fits the column's.
pub const fn answer_of(null: u8, fits: bool) -> u8 {
    match (fits, null) {
        (true, answer) => answer,
        (false, ACCEPTS_NULL) => UNFIT_ACCEPTS_NULL,
        (false, REFUSES_NULL) => UNFIT_REFUSES_NULL,
        (false, _) => UNFIT_UNKNOWN,
    }
}

/// The answer whether the fields of a flattened struct hold the types of their columns. Without all of its columns
/// nobody checked them.
pub const fn group_answer(has_columns: bool, fits: bool) -> u8 {
    match (has_columns, fits) {
        (true, true) => b'1',
        (true, false) => b'0',
        (false, _) => UNKNOWN,
    }
}

/// The JSON around the Rust path with these columns, without the brace at its end.
fn halves(manifest: &Manifest, columns: &str, is_compact: bool) -> (String, String) {
    let head = format!(
        "{{\"format\": {FORMAT}, \"crate\": {}, \"version\": {}, \"path\": \"",
        json::quote(&manifest.package),
        json::quote(&manifest.version)
    );
    let mut tail = String::from("\"");
    let mut add = |key: &str, value: &str| {
        tail.push_str(", \"");
        tail.push_str(key);
        tail.push_str("\": ");
        tail.push_str(value);
    };
    let opt = |value: &Option<String>| value.as_deref().map_or("null".to_owned(), json::quote);
    add("file", &json::quote(&manifest.file));
    add("line", &manifest.line.to_string());
    add("sort", &json::quote(manifest.sort.word()));
    // A build that checked all that it could says nothing.
    if manifest.mode != BuildMode::Enforce {
        add("mode", &json::quote(manifest.mode.word()));
    }
    add("kinds", &json::strings(&manifest.kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>()));
    add("implied_kind", if manifest.implied_kind { "true" } else { "false" });
    add("database", &opt(&manifest.database));
    add("schema", &opt(&manifest.schema));
    add("resolved", &opt(&manifest.resolved));
    add("relation", &json::quote(&manifest.relation));
    add("relation_kind", &manifest.relation_kind.map_or("null".to_owned(), |kind| json::quote(kind.word())));
    add("digest", &opt(&manifest.digest));
    add("columns", &format!("[{columns}]"));
    let labels: Vec<String> = manifest.labels.iter().map(label_json).collect();
    add("labels", &format!("[{}]", labels.join(", ")));
    let groups = manifest.groups.iter().map(|group| extra::group_json(group, is_compact));
    let groups: Vec<String> = groups.collect();
    add("groups", &format!("[{}]", groups.join(", ")));
    add("overrides", &overrides_json(&manifest.overrides));
    // Hardly any model says these, and an absent key reads as none.
    if manifest.non_exhaustive {
        add("non_exhaustive", "true");
    }
    if !manifest.optional.is_empty() {
        let optional = manifest.optional.iter();
        let optional: Vec<String> = optional.map(|o| json::strings(&[&o.column, &o.reason])).collect();
        add("optional", &format!("[{}]", optional.join(", ")));
    }
    if !manifest.promises.is_empty() {
        let promises: Vec<String> = manifest.promises.iter().map(promise_json).collect();
        add("promises", &format!("[{}]", promises.join(", ")));
    }
    if let Some(exact) = manifest.exact {
        add("exact", &json::quote(exact.word()));
    }
    (head, tail)
}

/// The whole JSON of a manifest, as `cargo schemacheck manifest` writes it and `--manifest` reads it.
pub fn to_json(manifest: &Manifest) -> String {
    let columns: Vec<String> = manifest.columns.iter().map(column::to_object).collect();
    let (head, tail) = halves(manifest, &columns.join(", "), false);
    let path = json::quote(&manifest.path);
    format!("{head}{}{tail}}}", &path[1..path.len() - 1])
}

fn label_json(label: &Label) -> String {
    let object = Object::new().str("label", &label.label).str("variant", &label.variant);
    object.raw("line", &label.line.to_string()).end()
}

fn promise_json(promise: &Promise) -> String {
    let predicate = promise.predicate().map_or(String::new(), |text| format!(", {}", json::quote(text)));
    format!("[{}, {}{predicate}]", json::quote(promise.word()), json::strings(promise.columns()))
}

fn read_promise(node: &Node<'_>) -> Result<Promise, Error> {
    let items = node.items()?;
    if items.len() != 2 && items.len() != 3 {
        return Err(node.error("expected a promise: [word, columns, predicate]"));
    }
    let predicate = items.get(2).map(Node::string).transpose()?;
    let word = items[0].str()?;
    Promise::from_parts(word, items[1].strings()?, predicate)
        .ok_or_else(|| items[0].error(format!("unknown promise `{word}`")))
}

fn overrides_json(overrides: &[Override]) -> String {
    let items: Vec<String> =
        overrides.iter().map(|o| json::strings(&[o.code.id(), o.level.word(), o.reason.as_str()])).collect();
    format!("[{}]", items.join(", "))
}

/// Reads the JSON of one record. `place` names it in errors.
///
/// # Errors
///
/// If it is not JSON, of another format, or lacks what a record has.
pub fn from_json(text: &str, place: &str) -> Result<Manifest, Error> {
    read_manifest(&Node::root(&json::parse(text, place)?, place))
}

/// Reads a list of records: what `cargo schemacheck manifest` writes, `{"manifests": [...]}`, or the bare array.
///
/// # Errors
///
/// As [`from_json`], naming the record.
pub fn list_from_json(text: &str, place: &str) -> Result<Vec<Manifest>, Error> {
    let value = json::parse_file(text, place)?;
    let root = Node::root(&value, place);
    let list = if value.is_array() { root } else { root.get("manifests")? };
    list.items()?.iter().map(read_manifest).collect()
}

fn read_manifest(node: &Node<'_>) -> Result<Manifest, Error> {
    let format: i64 = node.get("format")?.int()?;
    if format != i64::from(FORMAT) {
        return Err(node
            .error(format!("the record has format {format}, this version reads format {FORMAT}"))
            .help("use the same version of the `schemacheck` crate and of `cargo schemacheck`"));
    }
    let word = |key: &str| node.get(key).and_then(|node| Ok((node.str()?, node)));
    let (sort, sort_node) = word("sort")?;
    let mut groups = node.list("groups", extra::read_group)?;
    let columns = read_columns(node, &mut groups)?;
    Ok(Manifest {
        package: node.get("crate")?.string()?,
        version: node.map("version", Node::string)?.unwrap_or_default(),
        path: node.get("path")?.string()?,
        file: node.get("file")?.string()?,
        line: node.get("line")?.int()?,
        sort: Sort::from_word(sort).ok_or_else(|| sort_node.error(format!("unknown sort `{sort}`")))?,
        mode: node
            .map("mode", |node| {
                let word = node.str()?;
                BuildMode::from_word(word).ok_or_else(|| node.error(format!("unknown mode `{word}`")))
            })?
            .unwrap_or_default(),
        kinds: node.list("kinds", |node| {
            let word = node.str()?;
            Kind::from_word(word).ok_or_else(|| node.error(format!("unknown kind `{word}`")))
        })?,
        implied_kind: node.map("implied_kind", Node::bool)?.unwrap_or(false),
        database: node.map("database", Node::string)?,
        schema: node.map("schema", Node::string)?,
        resolved: node.map("resolved", Node::string)?,
        relation: node.get("relation")?.string()?,
        relation_kind: node.map("relation_kind", |node| {
            let word = node.str()?;
            RelKind::from_word(word).ok_or_else(|| node.error(format!("unknown kind of relation `{word}`")))
        })?,
        digest: node.map("digest", Node::string)?,
        columns,
        labels: node.list("labels", |node| {
            Ok(Label {
                label: node.get("label")?.string()?,
                variant: node.get("variant")?.string()?,
                line: node.get("line")?.int()?,
            })
        })?,
        non_exhaustive: node.map("non_exhaustive", Node::bool)?.unwrap_or(false),
        groups,
        awaits_columns: false,
        optional: node.list("optional", |node| {
            let items = node.tuple(2)?;
            Ok(Optional { column: items[0].string()?, reason: items[1].string()? })
        })?,
        promises: node.list("promises", read_promise)?,
        exact: node.map("exact", |node| {
            let word = node.str()?;
            Exact::from_word(word).ok_or_else(|| node.error(format!("unknown word `{word}`")))
        })?,
        overrides: node.list("overrides", read_override)?,
    })
}

/// The columns, with the compiler's answers where there are some.
fn read_columns(node: &Node<'_>, groups: &mut [Group]) -> Result<Vec<Expected>, Error> {
    let mut columns = node.list("columns", column::read)?;
    if let Some(group) = columns.iter().find_map(|column| column.group.filter(|group| *group >= groups.len()))
    {
        return Err(node.error(format!("there is no group {group}")));
    }
    if let Some(nulls) = node.opt("nulls")? {
        let answers = nulls.str()?.as_bytes();
        // Only a build that lets mismatches through answers for groups.
        let has_groups = !groups.is_empty() && answers.len() == columns.len() + groups.len();
        let (own, of_groups) = answers.split_at(if has_groups { columns.len() } else { answers.len() });
        read_answers(&nulls, own, &mut columns)?;
        for (group, answer) in groups.iter_mut().zip(of_groups) {
            group.fit = match *answer {
                b'1' => Fit::Fits,
                b'0' => Fit::LetThrough,
                _ => Fit::Unchecked,
            };
        }
    }
    extra::read(node, groups, columns)
}

/// Reads [`Fit::word`].
fn read_fit(node: &Node<'_>) -> Result<Fit, Error> {
    let word = node.str()?;
    Fit::from_word(word).ok_or_else(|| node.error(format!("unknown word `{word}`")))
}

/// The compiler's answers, one a column.
fn read_answers(nulls: &Node<'_>, answers: &[u8], columns: &mut [Expected]) -> Result<(), Error> {
    if answers.len() != columns.len() {
        return Err(nulls.error(format!("expected {} answers, found {}", columns.len(), answers.len())));
    }
    for (column, answer) in columns.iter_mut().zip(answers) {
        column.accepts_null = match *answer {
            ACCEPTS_NULL | ACCEPTS_NULL_AS_DEFAULT | UNFIT_ACCEPTS_NULL => Some(true),
            REFUSES_NULL | UNFIT_REFUSES_NULL => Some(false),
            _ => None,
        };
        if matches!(*answer, UNFIT_ACCEPTS_NULL | UNFIT_REFUSES_NULL | UNFIT_UNKNOWN) {
            column.fit = Fit::LetThrough;
        }
    }
    Ok(())
}

fn read_override(node: &Node<'_>) -> Result<Override, Error> {
    let items = node.tuple(3)?;
    let (code, level) = (items[0].str()?, items[1].str()?);
    Ok(Override {
        code: Code::from_id(code).ok_or_else(|| items[0].error(format!("unknown code `{code}`")))?,
        level: Level::from_word(level).ok_or_else(|| items[1].error(format!("unknown level `{level}`")))?,
        reason: items[2].string()?,
    })
}

/// Reads all records of models, enums and types in a section. `place` names the section's file in errors.
///
/// Zero bytes between records are padding of the linker; an empty record is the anchor of the library itself.
///
/// # Errors
///
/// If there is anything else than records, or a record that cannot be read.
pub fn read_section(bytes: &[u8], place: &str) -> Result<Vec<Manifest>, Error> {
    read_bodies(bytes, MAGIC, place, |text| from_json(text, place))
}

/// Reads the bodies of a section's records with this magic; the others are walked over.
fn read_bodies<T>(
    bytes: &[u8],
    magic: [u8; 8],
    place: &str,
    read: impl Fn(&str) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut found = Vec::new();
    let mut at = 0;
    let broken = |at: usize, problem: &str| {
        Error::new(place, problem)
            .at(format!("byte {at} of the section `{SECTION_ELF}`"))
            .help("build the program again with this version of the `schemacheck` crate")
    };
    while let Some(skipped) = bytes[at..].iter().position(|byte| *byte != 0) {
        at += skipped;
        let rest = &bytes[at..];
        let known = [MAGIC, LEDGER_MAGIC].into_iter().find(|magic| rest.starts_with(magic));
        let (Some(own), true) = (known, rest.len() >= HEADER) else {
            return Err(broken(at, "there is no record of a format that this version reads"));
        };
        let length = u32::from_le_bytes([rest[8], rest[9], rest[10], rest[11]]) as usize;
        let Some(body) = rest[HEADER..].get(..length) else {
            return Err(broken(at, "the record is longer than its section"));
        };
        if length > 0 && own == magic {
            let text = std::str::from_utf8(body).map_err(|_| broken(at, "the record is not UTF-8"))?;
            found.push(read(text)?);
        }
        at += HEADER + length;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PgType;
    use crate::manifest::{ColumnPromises, DefaultPromise, LabelSet, Reference};

    fn sample() -> Manifest {
        Manifest {
            package: "shop".into(),
            version: "0.1.0".into(),
            path: "shop::models::User".into(),
            file: "src/models.rs".into(),
            line: 12,
            kinds: vec![Kind::Read],
            implied_kind: true,
            resolved: Some("public".into()),
            relation: "users \"x\"\n".into(),
            relation_kind: Some(RelKind::PartitionedTable),
            digest: Some("1:00".into()),
            columns: vec![
                Expected {
                    column: "id".into(),
                    field: "id".into(),
                    line: 13,
                    rust_type: "UserId".into(),
                    accepts_null: Some(false),
                    built: Some(Built {
                        ty: PgType::named("public", "user_id"),
                        base: Some(PgType::builtin("int8")),
                        not_null: true,
                        default: Some("nextval('x')".into()),
                    }),
                    ..Expected::default()
                },
                Expected {
                    column: "name".into(),
                    field: "name".into(),
                    accepts_null: Some(true),
                    overrides: vec![Override {
                        code: Code::TypeMismatch,
                        level: Level::Allow,
                        reason: "legacy".into(),
                    }],
                    ..Expected::default()
                },
            ],
            ..Manifest::default()
        }
    }

    #[test]
    fn json_gives_the_manifest_back() {
        let manifest = sample();
        assert_eq!(from_json(&to_json(&manifest), "x").unwrap(), manifest);
        let list = format!("{{\"manifests\": [{}]}}", to_json(&manifest));
        assert_eq!(list_from_json(&list, "x").unwrap(), [manifest]);
    }

    /// With what hardly any model says.
    fn rare() -> Manifest {
        let mut manifest = sample();
        manifest.kinds = vec![Kind::Insert, Kind::Update];
        manifest.implied_kind = false;
        manifest.database = Some("billing".into());
        manifest.non_exhaustive = true;
        manifest.groups = vec![Group {
            field: "times".into(),
            line: 20,
            rust_type: "Times".into(),
            is_open: false,
            none_is_default: false,
            fit: Fit::LetThrough,
        }];
        manifest.mode = BuildMode::Warn;
        manifest.columns[1].fit = Fit::LetThrough;
        manifest.optional = vec![Optional { column: "slug".into(), reason: "a trigger".into() }];
        manifest.promises = vec![
            Promise::PrimaryKey(vec!["id".into()]),
            Promise::Unique { columns: vec!["a".into(), "b".into()], predicate: Some("a > 0".into()) },
            Promise::Unique { columns: vec!["a".into()], predicate: None },
            Promise::Index(vec!["c".into()]),
        ];
        manifest.exact = Some(Exact::Order);
        let column = &mut manifest.columns[1];
        column.none_is_default = true;
        column.none_is_null = true;
        column.left_out = vec![Kind::Insert, Kind::Update];
        column.labels = Some(LabelSet { labels: vec!["a\"b".into()], non_exhaustive: true });
        column.promises = ColumnPromises {
            ty: Some("varchar(20)".into()),
            max_length: Some(20),
            default: Some(DefaultPromise::Is("'x'".into())),
            references: Some(Reference {
                schema: None,
                relation: "users".into(),
                column: "id".into(),
                on_delete: Some(crate::catalog::Action::SetNull),
            }),
            not_null: Some(false),
        };
        manifest.columns[0].promises.default = Some(DefaultPromise::Any);
        manifest.columns[0].group = Some(0);
        manifest
    }

    #[test]
    fn what_is_rare_comes_back_too() {
        let manifest = rare();
        assert_eq!(from_json(&to_json(&manifest), "x").unwrap(), manifest);
        assert_eq!(read_section(&to_bytes(&manifest), "x").unwrap(), [manifest]);
    }

    #[test]
    fn the_compiler_adds_what_only_it_knows() {
        let column = |name: &str| Expected {
            column: name.into(),
            field: name.into(),
            line: 5,
            rust_type: "T".into(),
            ..Expected::default()
        };
        let fill = |first: String, rest: Vec<(Hole, String)>, group: &str| {
            rest.into_iter().fold(first, |text, (hole, then)| {
                let filled = match hole {
                    Hole::Labels(_) => labels_json(&["x"], false),
                    Hole::Group(_) => group.to_owned(),
                };
                text + &filled + &then
            })
        };
        let inner = Manifest { columns: vec![column("by")], ..Manifest::default() };
        let (inner, rest) = embedded(&inner, &Holes { labels: vec![0], groups: vec![] });
        let inner = fill(inner, rest, "");
        assert_eq!(inner, r#"["by",null,5,"T",null,null,null,null,null,{"labels": ["x"]}]"#);
        let group = Group {
            field: "audit".into(),
            line: 7,
            rust_type: "Audit".into(),
            is_open: false,
            none_is_default: false,
            fit: Fit::Fits,
        };
        let middle = Manifest {
            columns: vec![column("at")],
            groups: vec![Group { line: 99, ..group.clone() }],
            ..Manifest::default()
        };
        let (first, rest) = embedded(&middle, &Holes { labels: vec![], groups: vec![1] });
        let middle = fill(first, rest, &inner);
        let group = Group { field: "times".into(), ..group };
        let outer = Manifest {
            path: "app::User".into(),
            relation: "users".into(),
            columns: vec![column("id"), column("status")],
            groups: vec![group.clone()],
            ..Manifest::default()
        };
        let built = Built { ty: PgType::builtin("int8"), base: None, not_null: true, default: None };
        let Template { head, tail } = template(&outer, &[("by".into(), built.clone())]);
        let labels = labels_begin(1) + &labels_json(&["a", "b"], true) + LABELS_END;
        let columns = group_begin(0, 1) + &middle + GROUP_NULLS + "10" + GROUP_END;
        let extra = format!("{EXTRA_BEGIN}{labels},{columns}{EXTRA_END}");
        let json = head + "app::User" + &tail + "01" + &extra;
        let read = from_json(&json, "x").unwrap();
        let fields: Vec<_> =
            read.columns.iter().map(|c| (c.field.as_str(), c.line, c.group, c.accepts_null)).collect();
        assert_eq!(
            fields,
            [
                ("id", 5, None, Some(false)),
                ("times.at", 7, Some(0), Some(true)),
                ("times.audit.by", 7, Some(0), Some(false)),
                ("status", 5, None, Some(true)),
            ]
        );
        assert_eq!(read.columns[2].built, Some(built));
        assert_eq!(read.columns[2].labels.as_ref().unwrap().labels, ["x"]);
        assert_eq!(read.columns[3].labels.as_ref().unwrap().labels, ["a", "b"]);
        assert_eq!(read.groups, [group]);
        // A build that lets mismatches through answers for each group too.
        for (answer, fit) in [("1", Fit::Fits), ("0", Fit::LetThrough), ("-", Fit::Unchecked)] {
            let read = from_json(&json.replace("\"nulls\": \"01", &format!("\"nulls\": \"01{answer}")), "x")
                .unwrap();
            assert_eq!(read.groups[0].fit, fit);
            let is_unchecked = read.columns[1].fit == Fit::Unchecked && read.columns[2].fit == Fit::Unchecked;
            assert_eq!((is_unchecked, read.columns[0].fit), (fit == Fit::Unchecked, Fit::Fits));
        }
        for (good, bad, problem) in [
            ("\"group\": 0", "\"group\": 1", "there is no group 1"),
            ("\"at\": 1", "\"at\": 3", "there are only 2 columns"),
            ("[1,[", "[2,[", "there is no column 2"),
            ("\"nulls\": \"10\"", "\"nulls\": \"1\"", "expected 2 answers, found 1"),
        ] {
            let error = from_json(&json.replace(good, bad), "x").unwrap_err().headline();
            assert!(error.contains(problem), "{error}");
        }
    }

    #[test]
    fn the_compiler_fills_in_path_and_nullability() {
        let mut manifest = sample();
        let Template { head, tail } = template(&manifest, &[]);
        let record = |answers: &str| {
            let json = format!("{head}app::User{tail}{answers}{}", String::from_utf8_lossy(&END));
            [&MAGIC[..], &(json.len() as u32).to_le_bytes(), json.as_bytes()].concat()
        };
        let padded = [&[0; 3][..], &MAGIC, &[0; 4], &[0; 5], &record("10"), &[0; 2]].concat();
        manifest.path = "app::User".into();
        manifest.columns[0].accepts_null = Some(true);
        manifest.columns[1].accepts_null = Some(false);
        assert_eq!(read_section(&padded, "x").unwrap(), [manifest.clone()]);
        for (answers, accepts_null) in [("A0", Some(false)), ("B0", Some(true)), ("C0", None)] {
            let column = &read_section(&record(answers), "x").unwrap()[0].columns[0];
            assert_eq!((column.fit, column.accepts_null), (Fit::LetThrough, accepts_null), "{answers}");
        }
        assert_eq!(read_section(&record("-1"), "x").unwrap()[0].columns[0].accepts_null, None);
        assert!(
            read_section(&record("1"), "x").unwrap_err().headline().contains("expected 2 answers, found 1")
        );
    }

    #[test]
    fn broken_sections_are_errors_and_not_panics() {
        let manifest = sample();
        let json = to_json(&manifest);
        let mut good = MAGIC.to_vec();
        good.extend((json.len() as u32).to_le_bytes());
        good.extend(json.as_bytes());
        assert_eq!(read_section(&good, "x").unwrap().len(), 1);
        for cut in 1..good.len() {
            assert!(read_section(&good[..cut], "x").is_err(), "cut at {cut}");
        }
        let other = json.replace("\"format\": 1", "\"format\": 2");
        let error = from_json(&other, "app").unwrap_err().to_string();
        assert_eq!(
            error,
            "cannot read `app`: the record has format 2, this version reads format 1\n\
             help: use the same version of the `schemacheck` crate and of `cargo schemacheck`"
        );
        // The library's own record, with nothing behind it, is the whole section of a program without models.
        assert_eq!(read_section(&[&MAGIC[..], &[0; 4]].concat(), "x").unwrap(), []);
        assert!(read_section(b"\0\0garbage that is long enough", "x").is_err());
        assert_eq!(read_section(&[0; 40], "x").unwrap(), []);
    }
}
