//! What holds for every catalog, manifest and name: each is written and read without loss.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;
use std::path::Path;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use schemacheck_core::catalog::{
    Action, Catalog, Column, Constraint, ConstraintKind, Generated, Identity, Index, IndexKey, IndexKeyKind,
    RelKind, Relation, Server,
};
use schemacheck_core::compare::{Moment, compare};
use schemacheck_core::ledger::{Ledger, LedgerColumns, LedgerKind, SeenLedger, name_key};
use schemacheck_core::manifest::{
    BuildMode, Built, ColumnPromises, DefaultPromise, Exact, Expected, Fit, Group, Kind, Label, LabelSet,
    Level, Manifest, Optional, Override, Promise, Reference, Sort,
};
use schemacheck_core::pg_type::{TypeDef, TypeKind};
use schemacheck_core::{Code, PgType, QualifiedName, drift, fingerprint, record, snapshot};

/// The same cases at each run, unless `PROPTEST_RNG_SEED` or a larger `PROPTEST_CASES` says otherwise.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 96;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = proptest::test_runner::RngSeed::Fixed(1);
    }
    config
}

/// Names that are hard on files, SQL and JSON, plain ones, and any others. No NUL: PostgreSQL has none.
fn name() -> impl Strategy<Value = String> {
    let hostile = select(vec![
        "user",
        "select",
        "User",
        "user name",
        "a.b",
        "..",
        ".",
        "a/b",
        "a\\b",
        "100%",
        "%41",
        "a\nb",
        "a\r\nb",
        "\"",
        "\"\"",
        "'",
        "con",
        "CON",
        "nul.json",
        "com1.x",
        "lpt9",
        " a",
        "a ",
        "größe",
        "gro\u{308}ße",
        "😀",
        "\u{202e}x",
        "{}",
        "[",
        "null",
        "=== ",
        "<<<<<<< HEAD",
        "\u{85}",
        "\u{7f}",
        "",
    ]);
    prop_oneof![
        2 => "[a-z_][a-z0-9_]{0,20}",
        2 => hostile.prop_map(str::to_owned),
        1 => "[^\u{0}]{0,63}",
        1 => any::<String>().prop_map(|text| text.replace('\0', "")),
    ]
}

fn qualified() -> impl Strategy<Value = QualifiedName> {
    (name(), name()).prop_map(|(schema, name)| QualifiedName { schema, name })
}

fn ty() -> impl Strategy<Value = PgType> {
    let builtin = select(vec![
        "bool",
        "int2",
        "int4",
        "int8",
        "text",
        "varchar",
        "bpchar",
        "bit",
        "varbit",
        "numeric",
        "interval",
        "time",
        "timetz",
        "timestamp",
        "timestamptz",
        "char",
        "json",
        "jsonb",
        "uuid",
        "bytea",
    ]);
    let named = prop_oneof![builtin.prop_map(|name| QualifiedName::new("pg_catalog", name)), qualified()];
    let typmod = prop_oneof![3 => Just(-1), 1 => 0..2_000_000, 1 => any::<i32>()];
    (named, typmod, prop_oneof![3 => Just(0), 1 => 1..7_u32], option::weighted(0.2, name())).prop_map(
        |(QualifiedName { schema, name }, typmod, dimensions, modifier)| PgType {
            schema: schema.into(),
            name: name.into(),
            typmod,
            dimensions,
            modifier,
        },
    )
}

fn column() -> impl Strategy<Value = Column> {
    let identity = option::weighted(0.2, select(vec![Identity::Always, Identity::ByDefault]));
    let generated = option::weighted(0.2, (any::<bool>(), name()));
    let collation = option::weighted(0.2, qualified());
    let filled_by = option::weighted(0.2, name());
    (name(), ty(), any::<bool>(), option::of(name()), identity, generated, collation, filled_by).prop_map(
        |(name, ty, not_null, default, identity, generated, collation, filled_by)| Column {
            name,
            ty,
            not_null,
            default,
            identity,
            generated: generated.map(|(stored, expression)| Generated { stored, expression }),
            collation,
            filled_by,
        },
    )
}

fn constraint() -> impl Strategy<Value = Constraint> {
    let names = || vec(name(), 0..4);
    let action = || select(Action::ALL.map(|(action, _, _)| action).to_vec());
    let foreign = (names(), qualified(), names(), action(), action(), any::<bool>(), names()).prop_map(
        |(columns, target, target_columns, on_update, on_delete, match_full, delete_columns)| {
            ConstraintKind::ForeignKey {
                columns,
                target,
                target_columns,
                on_update,
                on_delete,
                match_full,
                delete_columns,
            }
        },
    );
    let kind = prop_oneof![
        names().prop_map(ConstraintKind::PrimaryKey),
        (names(), any::<bool>())
            .prop_map(|(columns, nulls_not_distinct)| ConstraintKind::Unique { columns, nulls_not_distinct }),
        foreign,
        name().prop_map(ConstraintKind::Check),
        name().prop_map(ConstraintKind::Exclusion),
    ];
    (name(), kind, any::<[bool; 5]>()).prop_map(
        |(name, kind, [validated, enforced, period, deferrable, deferred])| Constraint {
            name,
            kind,
            validated,
            enforced,
            period,
            deferrable,
            deferred,
        },
    )
}

fn index() -> impl Strategy<Value = Index> {
    let what = prop_oneof![name().prop_map(IndexKeyKind::Column), name().prop_map(IndexKeyKind::Expression)];
    let key = (what, any::<[bool; 2]>(), option::of(name()), option::of(qualified())).prop_map(
        |(what, [descending, nulls_first], opclass, collation)| IndexKey {
            what,
            descending,
            nulls_first,
            opclass,
            collation,
        },
    );
    (
        (name(), name(), vec(key, 0..4), vec(name(), 0..3)),
        any::<[bool; 3]>(),
        option::of(name()),
        option::of(name()),
    )
        .prop_map(
            |((name, method, keys, include), [unique, nulls_not_distinct, valid], predicate, constraint)| {
                Index {
                    name,
                    method,
                    keys,
                    include,
                    unique,
                    nulls_not_distinct,
                    valid,
                    predicate,
                    constraint,
                }
            },
        )
}

fn relation() -> impl Strategy<Value = Relation> {
    (
        qualified(),
        select(RelKind::ALL.to_vec()),
        vec(column(), 0..8),
        vec(constraint(), 0..4),
        vec(index(), 0..4),
    )
        .prop_map(|(name, kind, mut columns, constraints, indexes)| {
            let mut seen = HashSet::new();
            columns.retain(|column| seen.insert(column.name.clone()));
            Relation { name, kind, columns, constraints, indexes }
        })
}

fn type_def() -> impl Strategy<Value = TypeDef> {
    let kind = prop_oneof![
        vec(name(), 0..6).prop_map(|labels| TypeKind::Enum { labels }),
        (ty(), any::<bool>(), option::of(name()), vec((name(), name()), 0..3)).prop_map(
            |(base, not_null, default, checks)| TypeKind::Domain { base, not_null, default, checks }
        ),
        vec((name(), ty()), 0..4).prop_map(|attributes| TypeKind::Composite { attributes }),
        ty().prop_map(|subtype| TypeKind::Range { subtype }),
    ];
    (qualified(), kind).prop_map(|(name, kind)| TypeDef { name, kind })
}

fn ledger() -> impl Strategy<Value = Ledger> {
    let kind = select([&LedgerKind::ALL[..], &[LedgerKind::Custom]].concat());
    let columns = (name(), option::of(name())).prop_map(|(version, order)| LedgerColumns { version, order });
    let rows = vec("[a-z0-9_]{1,12}", 0..9);
    (kind, qualified(), columns, rows).prop_map(|(kind, table, columns, mut applied)| {
        // In the order in which a reader of the table leaves them.
        applied.sort_by_cached_key(|name| name_key(name));
        applied.dedup();
        let columns = (kind == LedgerKind::Custom).then_some(columns);
        Ledger { kind, table, columns, applied, order: vec![], failed: vec![], readable: true }
    })
}

fn catalog() -> impl Strategy<Value = Catalog> {
    let names = || vec(name(), 0..4);
    (
        (names(), names(), any::<bool>(), vec(qualified(), 0..3)),
        vec(relation(), 0..5),
        vec(type_def(), 0..5),
        (any::<u16>(), vec((name(), name()), 0..3)),
        option::of(ledger()),
    )
        .prop_map(
            |(
                (search_path, schemas, every_schema, include),
                relations,
                types,
                (major, extensions),
                ledger,
            )| {
                Catalog {
                    search_path,
                    schemas,
                    every_schema,
                    include,
                    relations: relations
                        .into_iter()
                        .map(|relation| (relation.name.clone(), relation))
                        .collect(),
                    types: types.into_iter().map(|def| (def.name.clone(), def)).collect(),
                    server: Server { major: major.into(), extensions },
                    ledgers: ledger.into_iter().collect(),
                    ..Catalog::default()
                }
            },
        )
}

fn overrides() -> impl Strategy<Value = Vec<Override>> {
    let level = select(vec![Level::Allow, Level::Warn, Level::Deny]);
    vec(
        (select(Code::ALL.to_vec()), level, name()).prop_map(|(code, level, reason)| Override {
            code,
            level,
            reason,
        }),
        0..3,
    )
}

fn expected() -> impl Strategy<Value = Expected> {
    let built = (ty(), option::of(ty()), any::<bool>(), option::of(name()))
        .prop_map(|(ty, base, not_null, default)| Built { ty, base, not_null, default });
    let labels = (vec(name(), 0..3), any::<bool>())
        .prop_map(|(labels, non_exhaustive)| LabelSet { labels, non_exhaustive });
    (
        (name(), name(), any::<u32>(), name(), any::<Option<bool>>(), option::of(built), overrides()),
        (any::<bool>(), any::<bool>(), vec(kind(), 0..3), option::of(labels), column_promises()),
        select(vec![Fit::Fits, Fit::LetThrough]),
    )
        .prop_map(
            |(
                (column, field, line, rust_type, accepts_null, built, overrides),
                (none_is_default, none_is_null, left_out, labels, promises),
                fit,
            )| Expected {
                column,
                field,
                line,
                rust_type,
                accepts_null,
                built,
                fit,
                group: None,
                none_is_default,
                none_is_null,
                left_out,
                labels,
                promises,
                overrides,
            },
        )
}

fn kind() -> impl Strategy<Value = Kind> {
    select(vec![Kind::Read, Kind::Insert, Kind::Update])
}

fn column_promises() -> impl Strategy<Value = ColumnPromises> {
    let action = option::of(select(Action::ALL.map(|(action, ..)| action).to_vec()));
    let default = option::of(name()).prop_map(|text| text.map_or(DefaultPromise::Any, DefaultPromise::Is));
    let references = (option::of(name()), name(), name(), action)
        .prop_map(|(schema, relation, column, on_delete)| Reference { schema, relation, column, on_delete });
    let parts = (
        option::of(name()),
        any::<Option<u32>>(),
        option::of(default),
        option::of(references),
        any::<Option<bool>>(),
    );
    parts.prop_map(|(ty, max_length, default, references, not_null)| ColumnPromises {
        ty,
        max_length,
        default,
        references,
        not_null,
    })
}

fn promise() -> impl Strategy<Value = Promise> {
    (0..3_u8, vec(name(), 0..3), option::of(name())).prop_map(|(kind, columns, predicate)| match kind {
        0 => Promise::PrimaryKey(columns),
        1 => Promise::Unique { columns, predicate },
        _ => Promise::Index(columns),
    })
}

fn manifest() -> impl Strategy<Value = Manifest> {
    let sort = select(vec![Sort::Model, Sort::Enum, Sort::Type]);
    let mode = select(vec![BuildMode::Enforce, BuildMode::Warn, BuildMode::Off]);
    let kinds = vec(kind(), 0..4);
    let label =
        (name(), name(), any::<u32>()).prop_map(|(label, variant, line)| Label { label, variant, line });
    let fit = select(vec![Fit::Fits, Fit::LetThrough, Fit::Unchecked]);
    let group = (name(), any::<u32>(), name(), any::<bool>(), any::<bool>(), fit).prop_map(
        |(field, line, rust_type, is_open, none_is_default, fit)| Group {
            field,
            line,
            rust_type,
            is_open,
            none_is_default,
            fit,
        },
    );
    let opt = || option::of(name());
    (
        (name(), name(), name(), name(), any::<u32>(), sort, mode),
        (kinds, any::<bool>(), opt(), opt(), opt(), name()),
        (option::of(select(RelKind::ALL.to_vec())), opt()),
        (vec(expected(), 0..6), vec(label, 0..4), vec(group, 0..3), overrides()),
        (
            any::<bool>(),
            vec((name(), name()).prop_map(|(column, reason)| Optional { column, reason }), 0..3),
            vec(promise(), 0..3),
            option::of(select(vec![Exact::Columns, Exact::Order])),
        ),
    )
        .prop_map(
            |(
                (package, version, path, file, line, sort, mode),
                (kinds, implied_kind, database, schema, resolved, relation),
                (relation_kind, digest),
                (mut columns, labels, groups, overrides),
                (non_exhaustive, optional, promises, exact),
            )| {
                // A column of a group names one that there is.
                for (at, column) in columns.iter_mut().enumerate() {
                    column.group = (at < groups.len()).then_some(at);
                }
                Manifest {
                    package,
                    version,
                    path,
                    file,
                    line,
                    sort,
                    mode,
                    kinds,
                    implied_kind,
                    database,
                    schema,
                    resolved,
                    relation,
                    relation_kind,
                    digest,
                    columns,
                    labels,
                    non_exhaustive,
                    groups,
                    awaits_columns: false,
                    optional,
                    promises,
                    exact,
                    overrides,
                }
            },
        )
}

/// What a case-folding file system that cuts off final dots and spaces makes of a name. Normalising leaves ASCII alone.
fn folded(file: &str) -> String {
    assert!(file.is_ascii(), "{file}");
    file.to_ascii_lowercase().trim_end_matches(['.', ' ']).to_owned()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_relation_comes_back_and_keeps_its_digest(relation in relation()) {
        let text = snapshot::relation_text(&relation);
        let path = snapshot::relation_file(&relation.name);
        let again = snapshot::read_relation(&path, &text, "x").unwrap();
        prop_assert_eq!(&again, &relation);
        prop_assert_eq!(fingerprint::digest(&snapshot::relation_text(&again)), fingerprint::digest(&text));
        // One line an object, or git could not merge.
        let objects = relation.columns.len() + relation.constraints.len() + relation.indexes.len();
        prop_assert_eq!(text.lines().filter(|line| line.starts_with("    {\"name\": ")).count(), objects);
    }

    #[test]
    fn two_relations_that_differ_have_two_digests(relation in relation(), other in relation(), pick in any::<prop::sample::Index>()) {
        let digest = |relation: &Relation| fingerprint::digest(&snapshot::relation_text(relation));
        prop_assert_eq!(relation == other, digest(&relation) == digest(&other));
        if !relation.columns.is_empty() {
            let mut changed = relation.clone();
            let column = &mut changed.columns[pick.index(relation.columns.len())];
            column.not_null = !column.not_null;
            prop_assert_ne!(digest(&changed), digest(&relation));
        }
    }

    #[test]
    fn a_catalog_comes_back_whatever_the_order_of_its_files(catalog in catalog(), shuffle in any::<u64>()) {
        let files = snapshot::to_files(&catalog);
        let mut texts: Vec<(&Path, &str)> = files.iter().map(|(path, text)| (path.as_path(), text.as_str())).collect();
        texts.sort_by_key(|(path, _)| fingerprint::fnv1a(format!("{shuffle}{}", path.display()).as_bytes()));
        let again = snapshot::from_files(".schemacheck", texts).unwrap();
        prop_assert_eq!(&again, &catalog);
        prop_assert_eq!(snapshot::to_files(&again), files);
        prop_assert_eq!(drift::differences(&again, &catalog), vec![]);
    }

    #[test]
    fn no_two_objects_share_a_file(names in vec(qualified(), 2..20)) {
        let names: HashSet<QualifiedName> = names.into_iter().collect();
        let files: HashSet<String> =
            names.iter().map(|name| folded(snapshot::relation_file(name).to_str().unwrap())).collect();
        prop_assert_eq!(files.len(), names.len());
    }

    #[test]
    fn a_name_and_its_neighbours_have_files_of_their_own(name in name()) {
        let mut names = vec![
            snapshot::encode_file_name(&name), name.to_uppercase(), name.to_lowercase(), format!("{name}."),
            format!("{name} "), format!(".{name}"), format!("{name}\u{301}"), format!("{name}.json"), format!("%{name}"),
            name.replace('\u{e9}', "e\u{301}"), name.replace('%', "%25"), name.clone(),
        ];
        names.sort();
        names.dedup();
        let files: HashSet<String> = names.iter().map(|name| folded(&snapshot::encode_file_name(name))).collect();
        prop_assert_eq!(files.len(), names.len(), "{:?} are {:?}", names, files);
        for name in names {
            let file = snapshot::encode_file_name(&name);
            prop_assert_eq!(folded(&file), file.clone());
            prop_assert_eq!(snapshot::decode_file_name(&file), Some(name));
        }
    }

    #[test]
    fn what_decodes_is_what_would_be_encoded(file in "[a-z%0-9A-F. ]{0,12}") {
        if let Some(name) = snapshot::decode_file_name(&file) {
            prop_assert_eq!(snapshot::encode_file_name(&name), file);
        }
    }

    #[test]
    fn a_manifest_comes_back(manifest in manifest()) {
        let json = record::to_json(&manifest);
        prop_assert_eq!(&record::from_json(&json, "x").unwrap(), &manifest);
        let list = format!("{{\"manifests\": [{json}, {json}]}}");
        prop_assert_eq!(record::list_from_json(&list, "x").unwrap(), vec![manifest.clone(), manifest]);
    }

    #[test]
    fn records_come_back_from_their_section(
        manifests in vec(manifest(), 0..4),
        ledgers in vec(ledger(), 0..3),
        padding in 0..9_usize,
    ) {
        let mut section = Vec::new();
        let ledgers: Vec<SeenLedger> = ledgers.iter().map(|ledger| SeenLedger::of(None, ledger)).collect();
        for ledger in &ledgers {
            section.extend(record::ledger_to_bytes(ledger));
            section.extend(vec![0; padding]);
        }
        let mut expected = Vec::new();
        for mut manifest in manifests {
            // The compiler's half: a path of identifiers, and a byte for each answer.
            manifest.path = "app::models::User".to_owned();
            section.extend(record::to_bytes(&manifest));
            section.extend(vec![0; padding]);
            expected.push(manifest);
        }
        prop_assert_eq!(&record::read_section(&section, "x").unwrap(), &expected);
        prop_assert_eq!(&record::read_ledgers(&section, "x").unwrap(), &ledgers);
        for cut in [section.len() / 3, section.len() / 2, section.len().saturating_sub(padding + 1)] {
            // A cut section is an error, or what was whole before the cut; never something else.
            if let Ok(read) = record::read_section(&section[..cut], "x") {
                prop_assert!(expected.starts_with(&read));
            }
        }
    }

    #[test]
    fn a_model_made_from_a_catalog_has_no_finding_in_it(catalog in catalog(), strict in any::<bool>()) {
        for relation in catalog.relations.values() {
            let columns = relation.columns.iter().map(|column| Expected {
                column: column.name.clone(),
                field: column.name.clone(),
                rust_type: "T".into(),
                accepts_null: Some(!catalog.refuses_null(column)),
                ..Expected::default()
            });
            let mut manifest = Manifest {
                schema: Some(relation.name.schema.clone()),
                relation: relation.name.name.clone(),
                columns: columns.collect(),
                ..Manifest::default()
            };
            manifest.add_facts(&catalog);
            prop_assert!(manifest.columns.iter().all(|column| column.built.is_some()));
            for moment in [Moment::Build, Moment::Start { strict }] {
                prop_assert_eq!(compare(&manifest, &catalog, moment), vec![]);
            }
        }
    }
}
