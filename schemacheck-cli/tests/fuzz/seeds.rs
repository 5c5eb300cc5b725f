//! What the seeds are made of: a small catalog and its models, and files of each format that hold records.

use std::collections::BTreeMap;

use object::write::{Object, pe};
use object::{Architecture, BinaryFormat, Endianness, SectionKind};
use schemacheck_core::catalog::{
    Action, Catalog, Column, Constraint, ConstraintKind, Generated, Identity, Index, IndexKey, IndexKeyKind,
    RelKind, Relation, Server,
};
use schemacheck_core::ledger::{Ledger, LedgerColumns, LedgerKind, SeenLedger};
use schemacheck_core::manifest::{Built, Expected, Kind, Label, Level, Manifest, Override, Sort};
use schemacheck_core::pg_type::{TypeDef, TypeKind};
use schemacheck_core::{Code, PgType, QualifiedName, record, snapshot};

use crate::targets::section_record;

/// The seeds of each target, by name.
pub(crate) fn all() -> BTreeMap<&'static str, Vec<(&'static str, Vec<u8>)>> {
    let text = |texts: &[(&'static str, &str)]| -> Vec<(&'static str, Vec<u8>)> {
        texts.iter().map(|(name, text)| (*name, text.as_bytes().to_vec())).collect()
    };
    let (model_json, enum_json) = (record::to_json(&model()), record::to_json(&enumeration()));
    let ledger_json = record::ledger_json(&ledger());
    let list = format!("{{\"manifests\": [{model_json}, {enum_json}], \"ledgers\": [{ledger_json}]}}");
    let template = record::template(&model(), &[]);
    let record::Template { head, tail } = template;
    BTreeMap::from([
        (
            "artifact",
            vec![
                ("archive", archive(&[&elf(64), &elf(32)])),
                ("coff", object(BinaryFormat::Coff, Architecture::X86_64, Endianness::Little)),
                ("elf32", elf(32)),
                ("elf64", elf(64)),
                ("macho", object(BinaryFormat::MachO, Architecture::Aarch64, Endianness::Little)),
                ("pe", portable_executable()),
            ],
        ),
        (
            "connection",
            text(&[
                (
                    "keywords",
                    "host=/run/postgresql port=5432 dbname='my app' user=me password='a b\\'c' sslmode=prefer",
                ),
                ("password", "p@ss/w%6frd?\nx:1"),
                (
                    "url",
                    "postgres://me:pass@[::1]:5432,db.example/my%20app?sslmode=require&schema=public&host=%2Frun",
                ),
            ]),
        ),
        (
            "file_name",
            text(&[
                ("device", "con.txt"),
                ("encoded", "%4eotification%4cog%2f"),
                ("hostile", "Ä. \n%/e\u{301} "),
            ]),
        ),
        (
            "ledger",
            text(&[
                ("merged", "sqlx public._sqlx_migrations\n1\n10\n2\nsqlx public._sqlx_migrations\n10\n\n"),
                ("heads", "alembic public.alembic_version\na1\nb2 (head)\nc3 (head)\n"),
                ("quoted", "alembic \"My.\\nA\"\"pp\".alembic_version\nb2\na1\n"),
                ("own", "custom ops.schema_log (version, \"installed at\")\nb\na\n"),
            ]),
        ),
        (
            "record",
            vec![
                ("list.json", list.into_bytes()),
                ("model.json", format!("{head}shop::User{tail}01-\"}}").into_bytes()),
                ("section", section()),
            ],
        ),
        ("snapshot", vec![("whole", directory(&catalog()).into_bytes())]),
    ])
}

/// A snapshot directory as the target `snapshot` reads it.
fn directory(catalog: &Catalog) -> String {
    let files = snapshot::to_files(catalog);
    files.iter().map(|(path, text)| format!("=== {}\n{text}", path.display())).collect()
}

fn name(name: &str) -> QualifiedName {
    QualifiedName::new("App", name)
}

/// A catalog that has one of everything.
fn catalog() -> Catalog {
    let column = |name: &str, ty: PgType| Column {
        name: name.into(),
        ty,
        not_null: true,
        default: None,
        identity: None,
        generated: None,
        collation: None,
        filled_by: Some("users_slug".into()),
    };
    let constraint = |name: &str, kind| Constraint {
        name: name.into(),
        kind,
        validated: true,
        enforced: true,
        period: false,
        deferrable: false,
        deferred: false,
    };
    let columns = vec![
        Column { identity: Some(Identity::Always), ..column("id", PgType::builtin("int8")) },
        Column {
            default: Some("'a'::text".into()),
            collation: Some(QualifiedName::new("pg_catalog", "C")),
            ..column("e\"mail", PgType::builtin("varchar").with_typmod(24).array())
        },
        Column {
            generated: Some(Generated { stored: true, expression: "(id + 1)".into() }),
            not_null: false,
            ..column("next", PgType::named("App", "positive"))
        },
    ];
    let relation = Relation {
        name: name("users"),
        kind: RelKind::PartitionedTable,
        columns,
        constraints: vec![
            constraint("pk", ConstraintKind::PrimaryKey(vec!["id".into()])),
            constraint(
                "u",
                ConstraintKind::Unique { columns: vec!["next".into()], nulls_not_distinct: true },
            ),
            constraint(
                "f",
                ConstraintKind::ForeignKey {
                    columns: vec!["next".into()],
                    target: name("users"),
                    target_columns: vec!["id".into()],
                    on_update: Action::NoAction,
                    on_delete: Action::SetNull,
                    match_full: false,
                    delete_columns: vec!["next".into()],
                },
            ),
            constraint("c", ConstraintKind::Check("CHECK ((id > 0))".into())),
        ],
        indexes: vec![Index {
            name: "i".into(),
            method: "btree".into(),
            keys: vec![IndexKey {
                what: IndexKeyKind::Expression("lower(id)".into()),
                descending: true,
                nulls_first: false,
                opclass: Some("text_pattern_ops".into()),
                collation: None,
            }],
            include: vec!["next".into()],
            unique: true,
            nulls_not_distinct: false,
            valid: true,
            predicate: Some("(id > 0)".into()),
            constraint: None,
        }],
    };
    let types = [
        ("mood", TypeKind::Enum { labels: vec!["ok".into(), "so so".into()] }),
        (
            "positive",
            TypeKind::Domain {
                base: PgType::builtin("int4"),
                not_null: true,
                default: Some("1".into()),
                checks: vec![("c".into(), "CHECK (VALUE > 0)".into())],
            },
        ),
        ("addr", TypeKind::Composite { attributes: vec![("zip".into(), PgType::builtin("text").array())] }),
        ("span", TypeKind::Range { subtype: PgType::builtin("float8") }),
    ];
    Catalog {
        search_path: vec!["pg_catalog".into(), "App".into()],
        schemas: vec!["App".into()],
        every_schema: true,
        include: vec![QualifiedName::new("pg_catalog", "pg_class")],
        relations: [(relation.name.clone(), relation)].into(),
        types: types.map(|(word, kind)| (name(word), TypeDef { name: name(word), kind })).into(),
        server: Server { major: 18, extensions: vec![("citext".into(), "public".into())] },
        ledgers: vec![Ledger {
            kind: LedgerKind::Sqlx,
            table: QualifiedName::new("public", "_sqlx_migrations"),
            columns: None,
            applied: vec!["1".into(), "2".into()],
            order: vec![],
            failed: vec![],
            readable: true,
        }],
        ..Catalog::default()
    }
}

fn model() -> Manifest {
    let column = |name: &str, built| Expected {
        column: name.into(),
        field: name.into(),
        line: 3,
        rust_type: "Option<String>".into(),
        built,
        ..Expected::default()
    };
    let built = Built {
        ty: PgType::named("App", "positive"),
        base: Some(PgType::builtin("int4")),
        not_null: true,
        default: Some("1".into()),
    };
    Manifest {
        package: "shop".into(),
        version: "0.1.0".into(),
        path: "shop::User".into(),
        file: "src/lib.rs".into(),
        line: 2,
        kinds: vec![Kind::Read],
        implied_kind: true,
        resolved: Some("App".into()),
        relation: "users".into(),
        relation_kind: Some(RelKind::Table),
        digest: Some("1:00".into()),
        columns: vec![column("id", None), column("next", Some(built)), column("e\"mail", None)],
        overrides: vec![Override { code: Code::TypeMismatch, level: Level::Warn, reason: "old".into() }],
        ..Manifest::default()
    }
}

fn enumeration() -> Manifest {
    Manifest {
        package: "shop".into(),
        path: "shop::Mood".into(),
        file: "src/lib.rs".into(),
        sort: Sort::Enum,
        schema: Some("App".into()),
        relation: "mood".into(),
        labels: vec![Label { label: "so so".into(), variant: "SoSo".into(), line: 9 }],
        ..Manifest::default()
    }
}

/// A section with the registry's anchor, a linker's padding, an enum's record and a model's.
/// What a build saw of a ledger.
fn ledger() -> SeenLedger {
    let columns = LedgerColumns { version: "version".into(), order: Some("at".into()) };
    SeenLedger {
        database: None,
        kind: LedgerKind::Custom,
        table: QualifiedName::new("ops", "log"),
        columns: Some(columns),
        heads: vec![],
        migrations: vec!["1".into(), "2".into()],
        older: vec![7, u32::MAX],
    }
}

fn section() -> Vec<u8> {
    let padding = [0; 4];
    let ledger = record::ledger_to_bytes(&ledger());
    let records = [record::to_bytes(&enumeration()), ledger, record::to_bytes(&model())];
    [section_record(""), padding.to_vec(), records.concat()].concat()
}

fn elf(bits: u8) -> Vec<u8> {
    match bits {
        64 => object(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little),
        _ => object(BinaryFormat::Elf, Architecture::PowerPc, Endianness::Big),
    }
}

/// An object file whose one section holds [`section`].
fn object(format: BinaryFormat, architecture: Architecture, endianness: Endianness) -> Vec<u8> {
    let mut object = Object::new(format, architecture, endianness);
    let (segment, name) = match format {
        BinaryFormat::MachO => record::SECTION_MACHO,
        BinaryFormat::Coff => ("", ".schmck$m"),
        _ => ("", record::SECTION_ELF),
    };
    let id = object.add_section(segment.into(), name.into(), SectionKind::ReadOnlyData);
    object.append_section_data(id, &section(), 1);
    object.write().unwrap()
}

/// An executable of Windows whose one section holds [`section`].
fn portable_executable() -> Vec<u8> {
    let data = section();
    let mut bytes = Vec::new();
    let mut writer = pe::Writer::new(true, 0x1000, 0x200, &mut bytes);
    writer.reserve_dos_header();
    writer.reserve_nt_headers(0);
    writer.reserve_section_headers(1);
    let characteristics = object::pe::IMAGE_SCN_CNT_INITIALIZED_DATA | object::pe::IMAGE_SCN_MEM_READ;
    let size = u32::try_from(data.len()).unwrap();
    let range = writer.reserve_section(*b".schmck\0", characteristics, size, size);
    writer.write_empty_dos_header().unwrap();
    writer.write_nt_headers(pe::NtHeaders {
        machine: object::pe::IMAGE_FILE_MACHINE_AMD64,
        time_date_stamp: 0,
        characteristics: object::pe::IMAGE_FILE_EXECUTABLE_IMAGE,
        major_linker_version: 0,
        minor_linker_version: 0,
        address_of_entry_point: 0,
        image_base: 0x1_4000_0000,
        major_operating_system_version: 6,
        minor_operating_system_version: 0,
        major_image_version: 0,
        minor_image_version: 0,
        major_subsystem_version: 6,
        minor_subsystem_version: 0,
        subsystem: object::pe::IMAGE_SUBSYSTEM_WINDOWS_CUI,
        dll_characteristics: 0,
        size_of_stack_reserve: 0,
        size_of_stack_commit: 0,
        size_of_heap_reserve: 0,
        size_of_heap_commit: 0,
    });
    writer.write_section_headers();
    writer.write_section(range.file_offset, &data);
    bytes
}

/// An archive as `ar` makes it.
fn archive(members: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (i, member) in members.iter().enumerate() {
        let name = format!("m{i}.o/");
        bytes.extend(format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 644, member.len()).bytes());
        bytes.extend(*member);
        bytes.extend(vec![b'\n'; member.len() % 2]);
    }
    bytes
}

/// An ELF file with `n` section headers that all name the same bytes.
pub(crate) fn overlapping_sections(n: usize) -> Vec<u8> {
    let records = section_record(&record::to_json(&enumeration())).repeat(n);
    let names = b"\0schemacheck\0.shstrtab\0";
    let (headers_at, records_at) = (64, 64 + 64 * (n as u64 + 2));
    let names_at = records_at + records.len() as u64;
    let header = |name: u32, sort: u32, at: u64, size: u64| -> Vec<u8> {
        let mut header = [name.to_le_bytes(), sort.to_le_bytes()].concat();
        for word in [0, 0, at, size, 0, 1, 0] {
            header.extend(u64::to_le_bytes(word));
        }
        header
    };
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    bytes.extend([2, 0, 62, 0, 1, 0, 0, 0]);
    bytes.extend([0; 16]);
    bytes.extend(u64::to_le_bytes(headers_at));
    bytes.extend([0; 4]);
    for word in [64, 0, 0, 64, n as u16 + 2, n as u16 + 1] {
        bytes.extend(u16::to_le_bytes(word));
    }
    bytes.extend(header(0, 0, 0, 0));
    for _ in 0..n {
        bytes.extend(header(1, 1, records_at, records.len() as u64));
    }
    bytes.extend(header(13, 3, names_at, names.len() as u64));
    bytes.extend(records);
    bytes.extend(names);
    bytes
}

/// An archive of AIX's form, whose index names one member `n` times.
pub(crate) fn overlapping_members(n: usize) -> Vec<u8> {
    let member = elf(64);
    let header = |size: usize, name: &str| {
        let mut header: Vec<u8> = format!(
            "{size:<20}{:<20}{:<20}{:<12}{:<12}{:<12}{:<12}{:<4}{name}",
            0,
            0,
            0,
            0,
            0,
            644,
            name.len()
        )
        .into_bytes();
        header.resize(header.len() + header.len() % 2, 0);
        header.extend(b"`\n");
        header
    };
    let first = 128;
    let mut bytes = header(member.len(), "m.o");
    bytes.extend(&member);
    bytes.resize(bytes.len() + bytes.len() % 2, 0);
    let index = first + bytes.len();
    let mut body = format!("{n:<20}");
    for _ in 0..n {
        body.push_str(&format!("{first:<20}"));
    }
    body.push_str(&"m.o\0".repeat(n));
    bytes.extend(header(body.len(), ""));
    bytes.extend(body.bytes());
    let mut file =
        format!("<bigaf>\n{index:<20}{:<20}{:<20}{first:<20}{first:<20}{:<20}", 0, 0, 0).into_bytes();
    file.extend(bytes);
    file
}
