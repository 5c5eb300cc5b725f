//! From verdicts of single items to what is done: who is flattened, and whose type a field has.

use std::collections::BTreeMap;

use schemacheck_core::Catalog;
use schemacheck_core::pg_type::TypeKind;

use super::candidate::{Adoption, Verdict, column, columns};
use super::known::Known;
use super::scan::{Field, Item};

/// An item and what it comes to.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    /// The index of its package, and of its file within that.
    pub(super) package: usize,
    pub(super) file: usize,
    pub(super) item: &'a Item,
    pub(super) verdict: Verdict,
}

/// Settles every verdict: what is left is `Nothing`, `Already`, `Skip` or `Adopt`.
pub(super) fn settle(all: &mut [Judged<'_>], known: &Known) {
    let names = Names::new(all);
    // Each round settles one struct at least, or is the last.
    while (0..all.len()).any(|at| settle_flattened(at, all, &names, known)) {}
    settle_used(all, &names, known);
    for judged in all {
        match &judged.verdict {
            Verdict::Part(reason, _) => judged.verdict = Verdict::Skip(reason.clone()),
            Verdict::IfUsed(_) => judged.verdict = Verdict::Nothing,
            _ => {}
        }
    }
}

/// Which items have a name.
struct Names(BTreeMap<String, Vec<(usize, usize)>>);

impl Names {
    fn new(all: &[Judged<'_>]) -> Self {
        let mut names: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, judged) in all.iter().enumerate() {
            names.entry(judged.item.name.clone()).or_default().push((judged.package, at));
        }
        Self(names)
    }

    /// Those that a name may mean in a package: its own, else those of the other packages.
    fn of(&self, package: usize, name: &str) -> Vec<usize> {
        let all = self.0.get(name).map_or(&[][..], Vec::as_slice);
        let own: Vec<usize> = all.iter().filter(|(of, _)| *of == package).map(|(_, at)| *at).collect();
        if own.is_empty() { all.iter().map(|(_, at)| *at).collect() } else { own }
    }
}

/// The word on a struct that is judged where it is flattened.
const EMBEDDED: &str = "embedded";

/// A struct that flattens others builds only if they are models too. Whether something was changed.
fn settle_flattened(at: usize, all: &mut [Judged<'_>], names: &Names, known: &Known) -> bool {
    let Verdict::Adopt(outer) = &all[at].verdict else { return false };
    if outer.derive != "Model" {
        return false;
    }
    let (outer, package, item) = (outer.clone(), all[at].package, all[at].item);
    let mut changed = false;
    for field in item.fields.iter().filter(|field| is_flattened(field)) {
        let name = field.inner.clone();
        if name.as_ref().is_some_and(|name| item.parameters.contains(name)) {
            continue;
        }
        let meant = name.as_ref().map_or(Vec::new(), |name| names.of(package, name));
        // Columns of the same table, which an insert has to supply: those of a struct with a table do not count as its.
        let by_hand = |item: &Item, word: &str| item.word("schemacheck", word).is_some();
        let has = |word: &str| outer.words.iter().any(|known| known == word) || by_hand(item, word);
        if has("insert") || has(EMBEDDED) {
            for at in &meant {
                if all[*at].item.words("schemacheck").next().is_some() {
                    continue;
                }
                if let Verdict::Adopt(inner) = &mut all[*at].verdict
                    && inner.derive == "Model"
                    && inner.relation == outer.relation
                    && inner.words != [EMBEDDED]
                {
                    inner.words = vec![EMBEDDED.to_owned()];
                    changed = true;
                }
            }
        }
        let is_model = |at: &usize| match &all[*at].verdict {
            Verdict::Already => true,
            Verdict::Adopt(adoption) => adoption.derive == "Model",
            _ => false,
        };
        if meant.iter().any(is_model) {
            continue;
        }
        let part =
            meant.iter().copied().find(|at| is_part_of(all[*at].item, &all[*at].verdict, &outer, known));
        match part {
            Some(part) => {
                let Verdict::Part(_, condition) = &all[part].verdict else { continue };
                all[part].verdict = Verdict::Adopt(Adoption {
                    derive: "Model",
                    words: vec![EMBEDDED.to_owned()],
                    condition: condition.clone(),
                    relation: outer.relation.clone(),
                    through_sea_orm: false,
                });
                changed = true;
            }
            None => {
                let name = name.unwrap_or_else(|| "a type without a name".to_owned());
                all[at].verdict = Verdict::Skip(format!(
                    "flattens `{name}`, which is no model: derive `schemacheck::Model` on that first"
                ));
                return true;
            }
        }
    }
    changed
}

/// Whether a struct without a table reads columns of this one.
fn is_part_of(item: &Item, verdict: &Verdict, outer: &Adoption, known: &Known) -> bool {
    let (Verdict::Part(..), Some(table)) = (verdict, &outer.relation) else { return false };
    let has = |(_, catalog): &(Option<String>, Catalog)| {
        let relation = catalog.relations.get(table);
        relation.is_some_and(|relation| columns(item).iter().all(|column| relation.column(column).is_some()))
    };
    !item.test_only && known.databases.iter().any(has)
}

/// `#[sqlx(flatten)]`, `#[diesel(embed)]`, or our own word.
pub(super) fn is_flattened(field: &Field) -> bool {
    let words = [("sqlx", "flatten"), ("diesel", "embed"), ("schemacheck", "flatten")];
    words.iter().any(|(attribute, word)| field.word(attribute, word).is_some())
}

/// Types of fields that get a derive are asked for what they hold, so they need one too.
fn settle_used(all: &mut [Judged<'_>], names: &Names, known: &Known) {
    let is_ours = |at: &usize| matches!(all[*at].verdict, Verdict::Adopt(_) | Verdict::Already);
    let mut left: Vec<usize> = (0..all.len()).filter(is_ours).collect();
    while let Some(at) = left.pop() {
        let (item, package) = (all[at].item, all[at].package);
        for field in item.fields.iter().filter(|field| is_column(field)) {
            let Some(name) = field.inner.clone().filter(|name| !item.parameters.contains(name)) else {
                continue;
            };
            let meant = names.of(package, &name);
            for used in &meant {
                if let Verdict::IfUsed(adoption) = &all[*used].verdict {
                    all[*used].verdict = Verdict::Adopt(adoption.clone());
                    left.push(*used);
                }
            }
            // What somebody has settled by hand needs no advice.
            if let [only] = meant[..]
                && all[only].verdict == Verdict::Nothing
                && let Verdict::Adopt(user) = &all[at].verdict
                && !takes_any(user, item, field, known)
            {
                let place =
                    field.name.as_ref().map_or(item.name.clone(), |field| format!("{}.{field}", item.name));
                all[only].verdict = Verdict::Skip(format!(
                    "is the type of `{place}`, and no attribute says what it is in the database: derive \
                     `schemacheck::PgEnum` or `PgType`, or write `impl schemacheck::AcceptsColumn`"
                ));
            }
        }
    }
}

/// Whether the column takes a type by its word: one of a composite type, or of a type that only an extension knows.
fn takes_any(user: &Adoption, item: &Item, field: &Field, known: &Known) -> bool {
    let (Some(table), Some(name)) = (&user.relation, column(item, field)) else { return false };
    known.databases.iter().any(|(_, catalog)| {
        let Some(column) = catalog.relations.get(table).and_then(|relation| relation.column(&name)) else {
            return false;
        };
        let ty = column.ty.element();
        let base = catalog.base_type(&ty);
        match catalog.types.get(&base.qualified_name()) {
            Some(known) => matches!(known.kind, TypeKind::Composite { .. }),
            None => !base.is_builtin(),
        }
    })
}

/// Whether the field's own type is what decodes a column.
fn is_column(field: &Field) -> bool {
    let is_else = [
        ("sqlx", "skip"),
        ("sqlx", "json"),
        ("sqlx", "try_from"),
        ("diesel", "select_expression"),
        ("diesel", "deserialize_as"),
        ("diesel", "serialize_as"),
        ("sea_orm", "ignore"),
        ("sea_orm", "column_type"),
        ("schemacheck", "computed"),
        ("schemacheck", "skip"),
    ];
    !is_flattened(field) && is_else.iter().all(|(attribute, word)| field.word(attribute, word).is_none())
}

#[cfg(test)]
mod tests {
    use super::super::candidate::{Context, SqlTypes, judge};
    use super::super::known::tests::known;
    use super::super::packages::{Dependency, Package};
    use super::super::scan::scan;
    use super::*;

    /// What the items of a text come to together: name, and derive with words or reason.
    fn settled(text: &str, known: &Known) -> Vec<String> {
        let dependency = Dependency { name: "sqlx".into(), ..Dependency::default() };
        let package = Package { dependencies: vec![dependency], ..Package::default() };
        let scan = scan(text).unwrap();
        let (tables, sql_types) = (BTreeMap::new(), SqlTypes::default());
        let loaded = scan.loaded.iter().map(String::as_str).collect();
        let context =
            Context { known, package: &package, tables: &tables, sql_types: &sql_types, loaded: &loaded };
        let items = scan.items.iter();
        let mut all: Vec<Judged<'_>> =
            items.map(|item| Judged { package: 0, file: 0, item, verdict: judge(item, &context) }).collect();
        settle(&mut all, known);
        let shown = all.iter().filter_map(|judged| match &judged.verdict {
            Verdict::Adopt(adoption) => {
                Some(format!("{} {}({})", judged.item.name, adoption.derive, adoption.words.join(", ")))
            }
            Verdict::Skip(reason) => Some(format!("{} {reason}", judged.item.name)),
            Verdict::Already => Some(format!("{} already", judged.item.name)),
            Verdict::Nothing => None,
            other => panic!("{other:?}"),
        });
        shown.collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let known =
            known("public.users: id email state made_at made_by\n public.posts: id\n enum public.mood: ok");
        assert_eq!(settled(text, &known), expected, "{text}");
    }

    #[test]
    fn newtypes_come_with_the_structs_that_use_them() {
        check(
            "#[derive(sqlx::FromRow)] struct User { id: Option<UserId>, #[sqlx(json)] state: Json2 }\n\
             #[derive(sqlx::Type)] #[sqlx(transparent)] struct UserId(Raw);\n\
             #[derive(sqlx::Type)] #[sqlx(transparent)] struct Raw(i64);\n\
             #[derive(sqlx::Type)] #[sqlx(transparent)] struct Unused(i64); struct Json2;",
            &["User Model(table = \"users\")", "UserId PgType()", "Raw PgType()"],
        );
    }

    #[test]
    fn a_column_that_takes_any_type_needs_no_advice() {
        let known =
            known("public.users: id place::public.address spot::ext.geometry\n composite public.address: a");
        let text = "#[derive(sqlx::FromRow)] struct User { place: Address, #[sqlx(rename = \"spot\")] at: Spot, id: Id }\n\
                    struct Address; struct Spot; struct Id;";
        let all = settled(text, &known);
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(all[1].starts_with("Id is the type of `User.id`"), "{all:?}");
    }

    #[test]
    fn what_was_settled_by_hand_gets_newtypes_and_no_advice() {
        check(
            "#[derive(schemacheck::Model)] struct User { id: UserId, state: State } enum State { New }\n\
             #[derive(sqlx::Type)] #[sqlx(transparent)] struct UserId(i64);",
            &["User already", "UserId PgType()"],
        );
    }

    #[test]
    fn a_type_that_nobody_explains_is_listed() {
        check(
            "#[derive(sqlx::FromRow)] struct User<T> { id: T, state: State } enum State { New } struct Other; struct T;",
            &[
                "User Model(table = \"users\")",
                "State is the type of `User.state`, and no attribute says what it is in the database: derive \
                 `schemacheck::PgEnum` or `PgType`, or write `impl schemacheck::AcceptsColumn`",
            ],
        );
    }

    #[test]
    fn flattened_structs_are_embedded_or_models() {
        check(
            "#[derive(sqlx::FromRow)] struct User { id: i64, #[sqlx(flatten)] made: Option<Made> }\n\
             #[derive(sqlx::FromRow)] struct Made { made_at: i64, #[sqlx(flatten)] by: By }\n\
             #[derive(sqlx::FromRow)] struct By { made_by: i64 }\n\
             #[derive(sqlx::FromRow)] struct Alone { made_by: i64 }",
            &[
                "User Model(table = \"users\")",
                "Made Model(embedded)",
                "By Model(embedded)",
                "Alone the snapshot has no table that is named like it: `#[schemacheck(table = \"...\")]` names one",
            ],
        );
        check(
            "#[derive(sqlx::FromRow)] struct User { id: i64, #[sqlx(flatten)] post: Post }\n\
             #[derive(schemacheck::Model)] struct Post { id: i64 }",
            &["User Model(table = \"users\")", "Post already"],
        );
    }

    #[test]
    fn what_an_insert_embeds_is_part_of_it() {
        let with = |derive: &str| {
            format!(
                "#[derive({derive})] #[diesel(table_name = users)] struct New {{ id: i64, #[diesel(embed)] made: Made }}\n\
                 #[derive({derive})] #[diesel(table_name = users)] struct Made {{ made_at: i64 }}"
            )
        };
        check(&with("Insertable"), &["New Model(insert)", "Made Model(embedded)"]);
        // Rows are read into each by itself.
        check(&with("Selectable"), &["New Model()", "Made Model()"]);
        // Of another table.
        check(
            "#[derive(Insertable)] #[diesel(table_name = users)] struct New { id: i64, #[diesel(embed)] post: Post }\n\
             #[derive(Insertable)] #[diesel(table_name = posts)] struct Post { id: i64 }",
            &["New Model(insert)", "Post Model(insert)"],
        );
    }

    #[test]
    fn what_flattens_no_model_is_skipped_and_so_is_what_flattens_that() {
        check(
            "#[derive(sqlx::FromRow)] struct Post { id: i64, #[sqlx(flatten)] user: User }\n\
             #[derive(sqlx::FromRow)] struct User { id: i64, #[sqlx(flatten)] other: elsewhere::Other }",
            &[
                "Post flattens `User`, which is no model: derive `schemacheck::Model` on that first",
                "User flattens `Other`, which is no model: derive `schemacheck::Model` on that first",
            ],
        );
        check(
            "#[derive(sqlx::FromRow)] struct User<T> { id: i64, #[sqlx(flatten)] other: T }",
            &["User Model(table = \"users\")"],
        );
    }
}
