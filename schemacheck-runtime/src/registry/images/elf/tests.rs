//! The images of this test, and records among other bytes.

use super::*;

#[test]
fn the_loader_lists_the_program_and_its_libraries() {
    let own = crate::registry::section();
    let (mut images, mut holders) = (0, 0);
    loader::each(&mut |loaded| {
        images += 1;
        holders += usize::from(loaded.holds(own.as_ptr()));
    });
    assert!(images > 1 || cfg!(target_feature = "crt-static"), "the C library is an image too");
    assert_eq!(holders, 1, "records lie in one image");
    assert!(others(own).is_empty(), "{:?}", others(own));
}

/// What the file says of the section is what the linker's bounds say.
#[test]
fn the_section_of_the_program_is_found_by_its_file() {
    let own = crate::registry::section();
    let mut images = Vec::new();
    loader::each(&mut |loaded| {
        images.push((loaded.holds(own.as_ptr()), Known::new(loaded, images.is_empty())))
    });
    let (holds, program) = &images[0];
    assert!(holds);
    let Place::Section(section) = program.place() else { panic!("{}", program.path.display()) };
    let start = program.address.wrapping_add(usize::try_from(section.address).unwrap());
    assert_eq!((start, section.size), (own.as_ptr() as usize, own.len() as u64));
    // The C library says that it has none; the kernel's own image has no file.
    let has_none = images.iter().any(|(_, known)| matches!(known.place(), Place::Nowhere));
    assert!(has_none || cfg!(target_feature = "crt-static"));
    for (_, known) in images.iter().filter(|(_, known)| known.path.as_os_str().is_empty()) {
        assert!(matches!(known.place(), Place::Unknown));
    }
}

/// Another file in the place of the one that was loaded.
#[cfg(target_pointer_width = "64")]
#[test]
fn a_file_that_was_not_loaded_says_nothing() {
    let own = crate::registry::section();
    let mut program = None;
    loader::each(&mut |loaded| {
        program.get_or_insert_with(|| Known::new(loaded, true));
    });
    let mut program = program.unwrap();
    let folder = std::env::temp_dir().join(format!("schemacheck-images-{}", std::process::id()));
    let whole = std::fs::read("/proc/self/exe").unwrap();
    let mut place = |bytes: &[u8]| {
        std::fs::write(&folder, bytes).unwrap();
        program.path.clone_from(&folder);
        program.place()
    };
    assert!(matches!(place(&whole), Place::Section(_)));
    // One byte of a segment's header, and of a note; no section headers; half of it; something else.
    let segments = usize::try_from(word_at(&whole, 32)).unwrap();
    let mut resized = whole.clone();
    resized[segments + 40] ^= 1;
    let mut stripped = whole.clone();
    stripped[40..48].fill(0);
    for bytes in [&resized[..], &stripped, &whole[..whole.len() / 2], b"#!/bin/sh", b""] {
        assert!(matches!(place(bytes), Place::Unknown));
    }
    std::fs::remove_file(&folder).unwrap();
    assert!(matches!(program.place(), Place::Unknown));
    assert!(!own.is_empty());
}

#[cfg(target_pointer_width = "64")]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap())
}

#[test]
fn records_are_found_among_other_bytes() {
    let record = |text: &str| {
        [&MAGIC[..], &u32::try_from(text.len()).unwrap().to_le_bytes(), text.as_bytes()].concat()
    };
    let (one, two) = (record("{\"format\": 1, \"a\": 1}"), record("{\"format\": 1, \"b\": 2}"));
    // The anchor, the magic as code has it, one that is cut off, one that is no record.
    let anchor = record("");
    let cut = &record("{\"format\": 1, \"cut off\": 3}")[..20];
    let other = record("SCHMCHK1 and other text");
    for between in [&b""[..], b"\0\0\0", &MAGIC, b"SCHMCHK", &anchor, cut, &other] {
        let bytes = [between, &one, between, &two, between].concat();
        assert_eq!(records(&bytes), [&one[..], &two].concat(), "{between:?}");
    }
    assert!(records(cut).is_empty() && records(b"").is_empty());
}
