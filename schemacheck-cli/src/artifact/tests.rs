//! Objects and archives of every format, written here as compilers write them.

use object::write;
use object::{Architecture, BinaryFormat, Endianness, SectionKind};
use schemacheck_core::record::{HEADER, MAGIC};

use super::*;

/// The formats, and segment and section as the derive names them (schemacheck-macros/src/expand/record.rs).
const FORMATS: [(BinaryFormat, Architecture, &str, &str); 4] = [
    (BinaryFormat::Elf, Architecture::X86_64, "", "schemacheck"),
    (BinaryFormat::MachO, Architecture::Aarch64, "__DATA", "schemacheck"),
    (BinaryFormat::MachO, Architecture::X86_64, "__DATA", "schemacheck"),
    (BinaryFormat::Coff, Architecture::X86_64, "", ".schmck$m"),
];

/// A record as it lies in a section.
fn record_of(relation: &str) -> Vec<u8> {
    let manifest = Manifest { package: "app".into(), relation: relation.into(), ..Manifest::default() };
    let json = record::to_json(&manifest);
    let mut bytes = MAGIC.to_vec();
    bytes.extend(u32::try_from(json.len()).unwrap().to_le_bytes());
    bytes.extend(json.as_bytes());
    bytes
}

/// An object with code, and these sections besides.
fn object_of(format: BinaryFormat, architecture: Architecture, sections: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut object = write::Object::new(format, architecture, Endianness::Little);
    let text = object.section_id(write::StandardSection::Text);
    object.append_section_data(text, &[0xc3; 16], 16);
    for (segment, section, data) in sections {
        let id =
            object.add_section(segment.as_bytes().to_vec(), section.as_bytes().to_vec(), SectionKind::Data);
        object.append_section_data(id, data, 1);
    }
    object.write().unwrap()
}

/// An archive as `ar` makes it; Apple's writes long names into the member.
fn archive(members: &[(&str, &[u8])], apple: bool) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, data) in members {
        let (field, inside) =
            if apple { (format!("#1/{}", name.len()), *name) } else { (format!("{name}/"), "") };
        let size = inside.len() + data.len();
        bytes.extend(format!("{field:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, "100644").as_bytes());
        bytes.extend(inside.as_bytes());
        bytes.extend(*data);
        if size % 2 == 1 {
            bytes.push(b'\n');
        }
    }
    bytes
}

#[track_caller]
fn relations(bytes: &[u8]) -> Vec<String> {
    let Records { manifests, .. } = records(bytes, "app").unwrap().unwrap_or_default();
    manifests.into_iter().map(|manifest| manifest.relation).collect()
}

#[test]
fn records_are_read_from_objects_of_every_format() {
    for (format, architecture, segment, section) in FORMATS {
        // The linker may leave room between records; the anchor is an empty one.
        let anchor = [&MAGIC[..], &[0; HEADER - MAGIC.len()]].concat();
        let both = [&anchor[..], &record_of("users"), &[0; 7], &record_of("posts")].concat();
        let object = object_of(format, architecture, &[(segment, section, &both)]);
        assert_eq!(relations(&object), ["users", "posts"], "{format:?}");
    }
}

#[test]
fn a_linked_pe_image_has_the_short_name() {
    let object = object_of(BinaryFormat::Coff, Architecture::X86_64, &[("", ".schmck", &record_of("users"))]);
    assert_eq!(relations(&object), ["users"]);
}

#[test]
fn only_our_section_counts() {
    let record = record_of("users");
    for (format, architecture, segment, section) in [
        (BinaryFormat::Elf, Architecture::X86_64, "", "schemacheck2"),
        (BinaryFormat::Elf, Architecture::X86_64, "", ".schemacheck"),
        (BinaryFormat::MachO, Architecture::Aarch64, "__TEXT", "schemacheck"),
        (BinaryFormat::MachO, Architecture::Aarch64, "__DATA", "__data"),
        (BinaryFormat::Coff, Architecture::X86_64, "", ".schmckx"),
        (BinaryFormat::Coff, Architecture::X86_64, "", ".data$schmck"),
    ] {
        let object = object_of(format, architecture, &[(segment, section, &record)]);
        assert_eq!(records(&*object, "app").unwrap(), None, "{segment} {section}");
    }
}

#[test]
fn records_are_read_from_archives_beside_what_is_no_object() {
    for (format, architecture, segment, section) in FORMATS {
        let (users, posts) = (record_of("users"), record_of("posts"));
        let users = object_of(format, architecture, &[(segment, section, &users)]);
        let posts = object_of(format, architecture, &[(segment, section, &posts)]);
        let none = object_of(format, architecture, &[]);
        for apple in [false, true] {
            let rlib = archive(
                &[
                    ("lib.rmeta", b"rust\0\0\0\x09metadata"),
                    ("a.rcgu.o", &users),
                    ("b.rcgu.o", &none),
                    ("c.bc", b"BC\xc0\xdebitcode"),
                    ("empty.o", b""),
                    ("d.rcgu.o", &posts),
                ],
                apple,
            );
            assert_eq!(relations(&rlib), ["users", "posts"], "{format:?}");
        }
    }
}

#[test]
fn an_object_without_our_section_and_one_with_an_empty_section_are_told_apart() {
    for (format, architecture, segment, section) in FORMATS {
        assert_eq!(records(&*object_of(format, architecture, &[]), "app").unwrap(), None, "{format:?}");
        for data in [&b""[..], &[0; 64]] {
            let object = object_of(format, architecture, &[(segment, section, data)]);
            assert_eq!(records(&*object, "app").unwrap(), Some(Records::default()), "{format:?}");
        }
    }
    assert_eq!(records(&b"!<arch>\n"[..], "app").unwrap(), None);
}

#[test]
fn many_records_are_all_read() {
    for (format, architecture, segment, section) in FORMATS {
        let names: Vec<String> = (0..5000).map(|n| format!("relation_{n:05}")).collect();
        let data: Vec<u8> = names.iter().flat_map(|name| record_of(name)).collect();
        assert!(data.len() > 1 << 20);
        let object = object_of(format, architecture, &[(segment, section, &data)]);
        assert_eq!(relations(&object), names, "{format:?}");
        assert_eq!(relations(&archive(&[("a.o", &object)], false)), names, "{format:?}");
    }
}

#[test]
fn broken_records_are_errors_in_every_format() {
    let mut longer = record_of("users");
    longer[MAGIC.len()] ^= 0x80;
    let mut other = record_of("users");
    other[7] = b'2';
    let cut = &record_of("users")[..40];
    for (format, architecture, segment, section) in FORMATS {
        for data in [&longer[..], &other, cut, b"hello"] {
            let object = object_of(format, architecture, &[(segment, section, data)]);
            for bytes in [object.clone(), archive(&[("a.o", &object)], false)] {
                let error = records(&*bytes, "app").unwrap_err();
                assert!(error.message.contains("`app`"), "{}", error.message);
            }
        }
    }
}

/// Whatever is cut off, the answer is an error, nothing at all (which `read` refuses), or all records: never some.
#[test]
fn a_truncated_file_never_has_fewer_records() {
    for (format, architecture, segment, section) in FORMATS {
        let both = [record_of("users"), record_of("posts")].concat();
        let object = object_of(format, architecture, &[(segment, section, &both)]);
        let rlib = archive(&[("a.o", &object), ("b.o", &object)], false);
        // Between two members an archive may end.
        let between = 8 + 60 + object.len().next_multiple_of(2);
        for (whole, all) in [(&object, 2), (&rlib, 4)] {
            assert_eq!(relations(whole).len(), all);
            for cut in (0..whole.len()).filter(|cut| *cut != between) {
                let found = records(&whole[..cut], "app").map(Option::unwrap_or_default);
                let found = found.map_or(0, |found| found.manifests.len());
                assert!(found == 0 || found == all, "{format:?}: {found} at {cut} of {}", whole.len());
            }
        }
    }
}

/// Each byte turned over in turn: an answer or an error, no panic.
#[test]
fn a_damaged_file_is_no_panic() {
    for (format, architecture, segment, section) in FORMATS {
        let object = object_of(format, architecture, &[(segment, section, &record_of("users"))]);
        let rlib = archive(&[("a.o", &object), ("b.o", &object)], false);
        for whole in [object, rlib] {
            for at in 0..whole.len() {
                for flip in [0xff, 0x01, 0x80] {
                    let mut damaged = whole.clone();
                    damaged[at] ^= flip;
                    let _ = records(&*damaged, "app");
                }
            }
        }
    }
}

#[test]
fn what_is_no_object_file_is_named() {
    for bytes in
        [&b""[..], b"hello", b"\x7fELF", b"MZ", b"!<arch", &[0; 100], b"\xcf\xfa\xed\xfe", b"\x64\x86"]
    {
        let error = records(bytes, "app").unwrap_err();
        assert_eq!(error.message, "`app` is not an executable, shared library or rlib");
    }
}

#[test]
fn an_object_file_without_records_has_none() {
    let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    // This binary links the registry, whose anchor is an empty record.
    assert!(records(&*own, "app").unwrap().unwrap_or_default().manifests.is_empty());
}
