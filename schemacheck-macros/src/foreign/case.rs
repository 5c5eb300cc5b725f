//! `rename_all` of sqlx, sea-orm and postgres-types, whose words are those of the crate heck. Those of serde, which ours
//! are, begin a word at each capital.

use heck::{
    ToKebabCase, ToLowerCamelCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase, ToTitleCase,
    ToTrainCase, ToUpperCamelCase,
};

use crate::attr::RenameAll;

/// How a Rust name is turned into a catalog name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// By our own `rename_all`.
    Ours(RenameAll),
    /// As it is.
    Literal,
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
    Train,
    Title,
}

/// The words of the three libraries: no word means two things.
const WORDS: &[(&str, Spelling)] = &[
    ("lowercase", Spelling::Lower),
    ("UPPERCASE", Spelling::Upper),
    ("PascalCase", Spelling::Pascal),
    ("camel_case", Spelling::Pascal),
    ("camelCase", Spelling::Camel),
    ("mixed_case", Spelling::Camel),
    ("snake_case", Spelling::Snake),
    ("snek_case", Spelling::Snake),
    ("SCREAMING_SNAKE_CASE", Spelling::ScreamingSnake),
    ("shouty_snake_case", Spelling::ScreamingSnake),
    ("shouty_snek_case", Spelling::ScreamingSnake),
    ("kebab-case", Spelling::Kebab),
    ("kebab_case", Spelling::Kebab),
    ("SCREAMING-KEBAB-CASE", Spelling::ScreamingKebab),
    ("Train-Case", Spelling::Train),
    ("title_case", Spelling::Title),
];

impl Spelling {
    pub(super) fn from_word(word: &str) -> Option<Self> {
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, spelling)| *spelling)
    }

    pub(crate) fn apply(self, name: &str) -> String {
        match self {
            Self::Ours(rule) => rule.apply(name),
            Self::Literal => name.to_owned(),
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            Self::Pascal => name.to_upper_camel_case(),
            Self::Camel => name.to_lower_camel_case(),
            Self::Snake => name.to_snake_case(),
            Self::ScreamingSnake => name.to_shouty_snake_case(),
            Self::Kebab => name.to_kebab_case(),
            Self::ScreamingKebab => name.to_shouty_kebab_case(),
            Self::Train => name.to_train_case(),
            Self::Title => name.to_title_case(),
        }
    }
}

/// An underscore before each capital but the first letter, then all in lower case.
pub(super) fn diesel_snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len());
    for (at, c) in name.char_indices() {
        if at > 0 && c.is_uppercase() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_heck() {
        for (word, expect) in [
            ("lowercase", "http2server"),
            ("UPPERCASE", "HTTP2SERVER"),
            ("PascalCase", "Http2Server"),
            ("camelCase", "http2Server"),
            ("snake_case", "http2_server"),
            ("SCREAMING_SNAKE_CASE", "HTTP2_SERVER"),
            ("kebab-case", "http2-server"),
            ("SCREAMING-KEBAB-CASE", "HTTP2-SERVER"),
            ("Train-Case", "Http2-Server"),
            // sea-orm has names of its own.
            ("camel_case", "Http2Server"),
            ("mixed_case", "http2Server"),
            ("snek_case", "http2_server"),
            ("shouty_snake_case", "HTTP2_SERVER"),
            ("shouty_snek_case", "HTTP2_SERVER"),
            ("kebab_case", "http2-server"),
            ("title_case", "Http2 Server"),
        ] {
            assert_eq!(Spelling::from_word(word).unwrap().apply("HTTP2Server"), expect, "{word}");
        }
        assert_eq!(Spelling::from_word("Snake"), None);
        // Serde's rule, which is ours, differs.
        assert_eq!(RenameAll::Snake.apply("HTTPServer"), "h_t_t_p_server");
        assert_eq!(Spelling::Snake.apply("HTTPServer"), "http_server");
        assert_eq!(Spelling::Snake.apply("type_"), "type");
    }

    #[test]
    fn diesel_has_a_rule_of_its_own() {
        assert_eq!(diesel_snake("UserPost"), "user_post");
        assert_eq!(diesel_snake("HTTPServer"), "h_t_t_p_server");
        assert_eq!(diesel_snake("users"), "users");
    }
}
