//! What is inserted into a source file, and where. Nothing else of the file is touched.

use super::candidate::Adoption;
use super::scan::Item;

/// How a package names the crate.
#[derive(Clone, Debug, Default)]
pub(super) struct CrateName {
    /// The path before `::Model`.
    pub(super) path: String,
    /// The word `crate = "..."`, if it has another name than its own.
    pub(super) word: Option<String>,
}

/// An insertion, at a byte of the text.
pub(super) type Insertion = (usize, String);

/// The attributes of an adoption: above every derive, since a derive macro sees only the derives below its own.
pub(super) fn insertion(text: &str, item: &Item, adoption: &Adoption, name: &CrateName) -> Insertion {
    let derives = item.attributes.iter().filter(|attribute| attribute.path == "derive");
    let at = derives.map(|attribute| attribute.span.start).min().unwrap_or(item.start);
    let of_crate = name.word.iter().filter(|_| item.word("schemacheck", "crate").is_none());
    let words: Vec<&str> = adoption.words.iter().chain(of_crate).map(String::as_str).collect();
    let mut attributes = vec![format!("derive({}::{})", name.path, adoption.derive)];
    if !words.is_empty() {
        attributes.push(format!("schemacheck({})", words.join(", ")));
    }
    if adoption.through_sea_orm {
        attributes =
            attributes.iter().map(|attribute| format!("sea_orm(model_attrs({attribute}))")).collect();
    }
    if let Some(condition) = &adoption.condition {
        attributes =
            attributes.iter().map(|attribute| format!("cfg_attr({condition}, {attribute})")).collect();
    }
    let line = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let before = text[line..at].trim_start_matches('\u{feff}');
    let behind = if before.chars().all(char::is_whitespace) {
        format!("{}{before}", line_ending(text, at))
    } else {
        // Within a line that begins with something else.
        " ".to_owned()
    };
    (at, attributes.iter().map(|attribute| format!("#[{attribute}]{behind}")).collect())
}

/// How the line ends that this byte is in; as the first one does, if it is the last.
pub(super) fn line_ending(text: &str, at: usize) -> &'static str {
    let end = text[at..].find('\n').map(|end| at + end).or_else(|| text.find('\n'));
    if end.is_some_and(|end| text[..end].ends_with('\r')) { "\r\n" } else { "\n" }
}

/// The text with insertions.
pub(super) fn apply(text: &str, insertions: &[Insertion]) -> String {
    let mut sorted: Vec<&Insertion> = insertions.iter().collect();
    sorted.sort_by_key(|(at, _)| *at);
    let mut edited = String::with_capacity(text.len());
    let mut done = 0;
    for (at, inserted) in sorted {
        edited.push_str(&text[done..*at]);
        edited.push_str(inserted);
        done = *at;
    }
    edited.push_str(&text[done..]);
    edited
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;

    fn adoption(words: &[&str]) -> Adoption {
        Adoption {
            derive: "Model",
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            ..Adoption::default()
        }
    }

    fn own() -> CrateName {
        CrateName { path: "schemacheck".to_owned(), word: None }
    }

    fn edited(text: &str, adoption: &Adoption, name: &CrateName) -> String {
        let items = scan(text).unwrap().items;
        let insertions: Vec<Insertion> =
            items.iter().map(|item| insertion(text, item, adoption, name)).collect();
        apply(text, &insertions)
    }

    /// What becomes of a text: `@` stands for our derive, at the place and with the line end that is meant.
    #[track_caller]
    fn check(expected: &str) {
        let ours = "#[derive(schemacheck::Model)]";
        let before = ["@\n        ", "@\r\n\t\t", "@\r\n    ", "@\r\n", "@\n    ", "@\n", "@ "];
        let text = before.iter().fold(expected.to_owned(), |text, marked| text.replace(marked, ""));
        assert!(!text.contains('@'), "{text:?}");
        assert_eq!(edited(&text, &adoption(&[]), &own()), expected.replace('@', ours));
    }

    #[test]
    fn the_derive_stands_above_the_other_derives() {
        check("/// Doc.\n@\n#[derive(Queryable)]\n#[diesel(table_name = a)]\nstruct A { a: i32 }\n");
        check(
            "/// Doc.\n#[diesel(table_name = a)]\n// why\n@\n#[derive(Queryable)] // so\n/* x */\n#[derive(B)]\npub struct A;\n",
        );
        check(
            "mod a {\n    mod b {\n        @\n        struct X;\n    }\n\n    @\n    #[derive(Queryable)]\n    struct A;\n}\n",
        );
        check("\u{feff}@\n#[derive(Queryable)]\nstruct A;");
        check("/// größe\r\n@\r\n#[derive(\r\n    A,\r\n    B,\r\n)]\r\nstruct A;\r\n");
        check("mod m {\r\n\t\t@\r\n\t\t#[derive(A)]\r\n\t\tstruct A;\r\n}");
        check("fn f() { @ #[derive(A)] struct A; @ #[derive(A)] struct r#B { r#type: i32 } }");
        check("@\n#[derive(A)] struct A;");
        check("@\n#[cfg_attr(a, derive(A))]\n#[derive(B)]\nstruct A;\n");
        check("@\n#[derive(A)]\nstruct A;\nmacro_rules! m { () => { #[derive(B)] struct C; } }\n");
        check("fn f() {\n    let x = {\n    @\n    #[derive(A)]\n    struct A;\n    };\n}\n");
    }

    #[test]
    fn words_conditions_and_other_names() {
        let text = "  #[derive(A)]\n  struct A;\n";
        assert_eq!(
            edited(text, &adoption(&["table = \"users\"", "insert"]), &own()),
            "  #[derive(schemacheck::Model)]\n  #[schemacheck(table = \"users\", insert)]\n  #[derive(A)]\n  struct A;\n"
        );
        let renamed = CrateName { path: "sc".to_owned(), word: Some("crate = \"sc\"".to_owned()) };
        assert_eq!(
            edited(text, &adoption(&[]), &renamed),
            "  #[derive(sc::Model)]\n  #[schemacheck(crate = \"sc\")]\n  #[derive(A)]\n  struct A;\n"
        );
        let conditional =
            Adoption { condition: Some("feature = \"x\"".to_owned()), ..adoption(&["embedded"]) };
        assert_eq!(
            edited(text, &conditional, &own()),
            "  #[cfg_attr(feature = \"x\", derive(schemacheck::Model))]\n  \
             #[cfg_attr(feature = \"x\", schemacheck(embedded))]\n  #[derive(A)]\n  struct A;\n"
        );
        let through = Adoption { through_sea_orm: true, ..adoption(&["table = \"a\""]) };
        assert_eq!(
            edited(text, &through, &own()),
            "  #[sea_orm(model_attrs(derive(schemacheck::Model)))]\n  \
             #[sea_orm(model_attrs(schemacheck(table = \"a\")))]\n  #[derive(A)]\n  struct A;\n"
        );
    }

    #[test]
    fn without_what_was_inserted_the_text_is_the_old_one() {
        // Texts put together at random from what may stand around a struct, the same ones each time.
        let pieces = [
            "/// Größe.",
            "// #[derive(X)]",
            "/* a\n b */",
            "#[allow(dead_code)]",
            "#[cfg(unix)]",
            "#[diesel(table_name = a)]",
            "#[derive(Clone, Debug)]",
            "#[derive(\n  Queryable,\n)]",
            "#[cfg_attr(all(a, b), derive(Selectable))]",
            "",
        ];
        let mut seed = 7_u64;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % below
        };
        let mut with_derive = 0;
        for round in 0..2000 {
            let (end, indent) = (["\n", "\r\n"][next(2)], ["", "    ", "\t"][next(3)]);
            let mut text = ["", "\u{feff}", "#!/bin/run größe\n"][next(3)].to_owned();
            let open = next(3);
            text += ["", "mod m {", "fn f() { "][open];
            for n in 0..1 + next(3) {
                for _ in 0..next(5) {
                    let separator = [end, " "][usize::from(next(4) == 0)];
                    let piece = pieces[next(pieces.len())];
                    // A comment takes the rest of its line.
                    let separator = if piece.starts_with("//") { end } else { separator };
                    text += &format!("{separator}{indent}{piece}{separator}");
                }
                text += &format!("{end}{indent}pub struct r#S{n} {{ pub a: i32 }}");
            }
            text += ["", "}", "}"][open];
            let Ok(scan) = scan(&text) else { panic!("round {round}: {text}") };
            let before = scan.items.len();
            let new = edited(&text, &adoption(&["insert"]), &own());
            let after = super::super::scan::scan(&new).unwrap();
            assert_eq!(after.items.len(), before);
            let ours = ["#[derive(schemacheck::Model)]", "#[schemacheck(insert)]"];
            let mut removed = new.clone();
            for item in &after.items {
                let paths: Vec<&str> = item.derives().map(|(word, _)| word.path.as_str()).collect();
                assert_eq!(paths[0], "schemacheck::Model", "round {round}:\n{new}");
                with_derive += usize::from(paths.len() > 1);
            }
            for ours in ours {
                while let Some(at) = removed.find(ours) {
                    let rest = &removed[at + ours.len()..];
                    let line = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'));
                    // The indentation of the line below was repeated.
                    let taken =
                        line.map_or(1, |line| rest.len() - line.trim_start_matches([' ', '\t']).len());
                    removed.replace_range(at..at + ours.len() + taken, "");
                }
            }
            assert_eq!(removed, text, "round {round}");
        }
        assert!(with_derive > 1000, "{with_derive}");
    }
}
