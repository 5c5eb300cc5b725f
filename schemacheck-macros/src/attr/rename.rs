//! `rename_all`: the spelling of many names at once, with serde's words.

use schemacheck_core::suggest;

/// How a Rust name is turned into a catalog name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RenameAll {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const WORDS: &[(&str, RenameAll)] = &[
    ("lowercase", RenameAll::Lower),
    ("UPPERCASE", RenameAll::Upper),
    ("PascalCase", RenameAll::Pascal),
    ("camelCase", RenameAll::Camel),
    ("snake_case", RenameAll::Snake),
    ("SCREAMING_SNAKE_CASE", RenameAll::ScreamingSnake),
    ("kebab-case", RenameAll::Kebab),
    ("SCREAMING-KEBAB-CASE", RenameAll::ScreamingKebab),
];

impl RenameAll {
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, rule)| *rule)
    }

    /// The message for a word that is none.
    pub(crate) fn unknown(word: &str) -> String {
        let words: Vec<String> = WORDS.iter().map(|(word, _)| format!("`{word}`")).collect();
        let mut message = format!("unknown spelling `{word}`, expected one of {}", words.join(", "));
        if let Some(nearest) = suggest::nearest(word, WORDS.iter().map(|(word, _)| *word)) {
            message.push_str(&format!("\nhelp: a spelling with a similar name exists: `{nearest}`"));
        }
        message
    }

    /// Spells a name.
    pub(crate) fn apply(self, name: &str) -> String {
        let words = words(name);
        let capital = |word: &String| {
            let mut chars = word.chars();
            chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
        };
        let lower = |joint: &str| words.join(joint);
        match self {
            // As serde does: these two know no words.
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            Self::Pascal => words.iter().map(capital).collect(),
            Self::Camel => {
                let rest: String = words.iter().skip(1).map(capital).collect();
                words.first().cloned().unwrap_or_default() + &rest
            }
            Self::Snake => lower("_"),
            Self::ScreamingSnake => lower("_").to_uppercase(),
            Self::Kebab => lower("-"),
            Self::ScreamingKebab => lower("-").to_uppercase(),
        }
    }
}

/// The words of a name in snake case or Pascal case, in lower case. Each capital begins one, as in serde.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut begin = true;
    for c in name.chars() {
        if c == '_' {
            begin = true;
            continue;
        }
        if begin || c.is_uppercase() {
            words.push(String::new());
        }
        begin = false;
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_fields_and_variants() {
        for (rule, field, variant) in [
            (RenameAll::Lower, "user_id", "stagechanged"),
            (RenameAll::Upper, "USER_ID", "STAGECHANGED"),
            (RenameAll::Pascal, "UserId", "StageChanged"),
            (RenameAll::Camel, "userId", "stageChanged"),
            (RenameAll::Snake, "user_id", "stage_changed"),
            (RenameAll::ScreamingSnake, "USER_ID", "STAGE_CHANGED"),
            (RenameAll::Kebab, "user-id", "stage-changed"),
            (RenameAll::ScreamingKebab, "USER-ID", "STAGE-CHANGED"),
        ] {
            assert_eq!((rule.apply("user_id"), rule.apply("StageChanged")), (field.into(), variant.into()));
        }
        assert!(RenameAll::unknown("camelcase").ends_with("`camelCase`"));
    }
}
