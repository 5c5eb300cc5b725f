//! Digests: of a relation's facts, and of a type's name.

/// The version of the digest's input, written before each digest: digests of two versions never compare equal.
const VERSION: &str = "1";

/// FNV-1a with 64 bits: small, fixed for all time, evaluated at each expansion. It tells apart what people and tools
/// write; it is no defence against somebody who wants two texts to collide.
pub const fn fnv1a(bytes: &[u8]) -> u64 {
    fold(0xcbf2_9ce4_8422_2325, bytes)
}

/// Goes on where a hash ended.
const fn fold(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    hash
}

/// The digest of a text, such as `1:85944171f73967e8`. A checkout that ends its lines with CRLF has the same.
pub fn digest(text: &str) -> String {
    let hash = match text.contains('\r') {
        true => fnv1a(text.replace("\r\n", "\n").as_bytes()),
        false => fnv1a(text.as_bytes()),
    };
    format!("{VERSION}:{hash:016x}")
}

/// The number that stands for a type's name in generated code.
pub const fn type_hash(schema: &str, name: &str) -> u64 {
    // NUL cannot stand in a name, so ("a.b", "c") and ("a", "b.c") differ.
    fold(fold(fnv1a(schema.as_bytes()), b"\0"), name.as_bytes())
}

/// The number that stands for a column's name there.
pub fn column_hash(name: &str) -> u64 {
    fnv1a(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_fixed() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(digest("foobar"), "1:85944171f73967e8");
        assert_eq!(digest("foo\r\nbar\r\n"), digest("foo\nbar\n"));
        assert_ne!(digest("foo\rbar"), digest("foobar"));
        assert_ne!(type_hash("a.b", "c"), type_hash("a", "b.c"));
        assert_eq!(type_hash("public", "mood"), fnv1a(b"public\0mood"));
    }
}
