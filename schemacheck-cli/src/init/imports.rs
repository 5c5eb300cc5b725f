//! `use schemacheck::Model as Checked;`: what the names of a file mean where it gives things names of its own.

use super::attribute::{Word, plain};
use super::scan::Item;

/// The renaming imports of a file, in whichever of its modules they stand.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// The name in the file, and the path that it stands for.
    renamed: Vec<(String, String)>,
}

impl Imports {
    pub(super) fn add(&mut self, tree: &syn::UseTree) {
        self.add_below(tree, "");
    }

    fn add_below(&mut self, tree: &syn::UseTree, path: &str) {
        let below = |name: &syn::Ident| match path {
            "" => plain(name),
            path => format!("{path}::{}", plain(name)),
        };
        match tree {
            syn::UseTree::Path(tree) => self.add_below(&tree.tree, &below(&tree.ident)),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_below(tree, path)),
            // `use schemacheck::{self as sc};`
            syn::UseTree::Rename(tree) if tree.ident == "self" => {
                self.renamed.push((plain(&tree.rename), path.to_owned()));
            }
            syn::UseTree::Rename(tree) => self.renamed.push((plain(&tree.rename), below(&tree.ident))),
            syn::UseTree::Name(_) | syn::UseTree::Glob(_) => {}
        }
    }

    /// Writes the derives of items as if nothing had another name.
    pub(super) fn resolve(&self, items: &mut [Item]) {
        if self.renamed.is_empty() {
            return;
        }
        for attribute in items.iter_mut().flat_map(|item| &mut item.attributes) {
            match attribute.path.as_str() {
                "derive" => attribute.words.iter_mut().for_each(|word| self.resolve_word(word)),
                // `model_attrs(derive(...))`
                "sea_orm" => {
                    let nested = attribute.words.iter_mut().flat_map(|word| &mut word.words);
                    let derives = nested.filter(|word| word.path == "derive");
                    derives.flat_map(|word| &mut word.words).for_each(|word| self.resolve_word(word));
                }
                _ => {}
            }
        }
    }

    fn resolve_word(&self, word: &mut Word) {
        let (first, rest) = match word.path.split_once("::") {
            Some((first, rest)) => (first, Some(rest)),
            None => (word.path.as_str(), None),
        };
        if let Some((_, path)) = self.renamed.iter().find(|(name, _)| name == first) {
            word.path = rest.map_or(path.clone(), |rest| format!("{path}::{rest}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let scan = scan(text).unwrap();
        let derives: Vec<&str> = scan.items[0].derives().map(|(word, _)| word.path.as_str()).collect();
        assert_eq!(derives, expected, "{text}");
    }

    #[test]
    fn derives_are_read_through_the_names_that_a_file_gives() {
        check(
            "use schemacheck::Model as Checked; #[derive(Clone, Checked)] struct A;",
            &["Clone", "schemacheck::Model"],
        );
        check("use schemacheck as sc; #[derive(sc::Model)] struct A;", &["schemacheck::Model"]);
        check(
            "use schemacheck::{self as sc, PgEnum as E}; #[derive(sc::Model, E)] struct A;",
            &["schemacheck::Model", "schemacheck::PgEnum"],
        );
        check(
            "mod m { use sqlx::{prelude::{FromRow as Row}}; #[derive(Row)] struct A; }",
            &["sqlx::prelude::FromRow"],
        );
        // Without another name a path stays as it is written.
        check("use sqlx::FromRow; use other::*; #[derive(FromRow, a::B)] struct A;", &["FromRow", "a::B"]);
    }
}
