//! Names as file names: percent-encoded where a file system cannot hold them or would fold two together.

/// Device names of Windows, with any extension.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];

/// A file name without its extension for a catalog name; distinct names give names that stay distinct on file systems
/// that fold case or normalise Unicode.
pub fn encode(name: &str) -> String {
    let bytes = name.as_bytes();
    let device = is_device(name);
    let mut encoded = String::with_capacity(name.len());
    for (i, &byte) in bytes.iter().enumerate() {
        let end = i == 0 || i + 1 == bytes.len();
        let plain = match byte {
            b'/' | b'\\' | b':' | b'%' | b'*' | b'?' | b'"' | b'<' | b'>' | b'|' | 0x7f => false,
            b'A'..=b'Z' | 0x80.. | ..0x20 => false,
            b'.' | b' ' => !end,
            // A device name is one by its first part, so its first letter is encoded.
            _ => !(device && i == 0),
        };
        if plain {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02x}"));
        }
    }
    // Only an identifier of length zero would be empty, and PostgreSQL has none; `%` alone decodes to it.
    if encoded.is_empty() { "%".to_owned() } else { encoded }
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    let numbered = stem.len() == 4
        && (stem.starts_with("com") || stem.starts_with("lpt"))
        && stem.ends_with(|c: char| c.is_ascii_digit());
    DEVICES.contains(&stem) || numbered
}

/// The name that a file name stands for; nothing if [`encode`] could not have made it.
pub fn decode(file: &str) -> Option<String> {
    if file == "%" {
        return Some(String::new());
    }
    let mut bytes = Vec::with_capacity(file.len());
    let mut rest = file.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let hex = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(hex, 16).ok()?);
        rest = &rest[2..];
    }
    let name = String::from_utf8(bytes).ok()?;
    (encode(&name) == file).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for name in [
            "users",
            "User",
            "NotificationLog",
            "a b",
            " a",
            "a ",
            ".hidden",
            "a.",
            "a.b",
            "a/b",
            "a\\b",
            "c:d",
            "100%",
            "con",
            "con.txt",
            "com1",
            "console",
            "größe",
            "e\u{301}",
            "\u{e9}",
            "😀",
            "a\nb",
            "\"q\"",
            "nul",
            "lpt9.x",
            "",
        ] {
            let file = encode(name);
            assert_eq!(decode(&file).as_deref(), Some(name), "{file}");
            assert!(file.is_ascii() && !file.bytes().any(|b| b.is_ascii_uppercase() || b < 0x20), "{file}");
        }
    }

    #[test]
    fn names_look_like_themselves_where_they_can() {
        assert_eq!(encode("notification_log-2"), "notification_log-2");
        assert_eq!(encode("NotificationLog"), "%4eotification%4cog");
        assert_eq!(encode("con"), "%63on");
    }

    #[test]
    fn what_encode_does_not_make_is_refused() {
        for file in ["User", "a%2", "a%zz", "%75sers", "con", "ä", "a%ff"] {
            assert_eq!(decode(file), None, "{file}");
        }
    }
}
