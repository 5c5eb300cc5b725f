//! What the snapshots know: which relation and which type a name means.

use heck::ToUpperCamelCase;
use schemacheck_core::pg_type::TypeDef;
use schemacheck_core::{Catalog, QualifiedName, Relation, suggest};

/// The snapshots, the default database's first.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(super) databases: Vec<(Option<String>, Catalog)>,
}

/// Something that a name means.
#[derive(Debug)]
pub(super) struct Found<'a, T> {
    /// The named database that has it; none for the default one.
    pub(super) database: Option<&'a str>,
    pub(super) what: &'a T,
}

impl<T> Clone for Found<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Found<'_, T> {}

impl Known {
    /// The relation of a name, as a model without further words would find it; else of the one named database that has
    /// it. Or why there is none.
    pub(super) fn relation(&self, schema: Option<&str>, name: &str) -> Result<Found<'_, Relation>, String> {
        let shown = schema.map_or(name.to_owned(), |schema| format!("{schema}.{name}"));
        self.find(|catalog| catalog.relation(schema, name)).map_err(|several| {
            if !several.is_empty() {
                return format!("table `{shown}` is in several databases: {}", quoted(&several));
            }
            let elsewhere = self.relations().find(|found| schema.is_none() && found.what.name.name == name);
            let names = || self.relations().map(|found| found.what.name.name.as_str());
            match (elsewhere, suggest::nearest(name, names())) {
                (Some(other), _) => {
                    format!(
                        "the snapshot has no table `{shown}` in the search path; there is `{}`",
                        other.what.name
                    )
                }
                (None, Some(similar)) => {
                    format!(
                        "the snapshot has no table `{shown}`; a table with a similar name exists: `{similar}`"
                    )
                }
                (None, None) => format!("the snapshot has no table `{shown}`"),
            }
        })
    }

    /// The type of a name, likewise.
    pub(super) fn type_def(&self, schema: Option<&str>, name: &str) -> Result<Found<'_, TypeDef>, String> {
        let shown = schema.map_or(name.to_owned(), |schema| format!("{schema}.{name}"));
        self.find(|catalog| catalog.type_def(schema, name)).map_err(|several| {
            if !several.is_empty() {
                return format!("type `{shown}` is in several databases: {}", quoted(&several));
            }
            let all = || self.databases.iter().flat_map(|(_, catalog)| catalog.types.keys());
            let elsewhere = all().find(|found| schema.is_none() && found.name == name);
            match (elsewhere, suggest::nearest(name, all().map(|name| name.name.as_str()))) {
                (Some(other), _) => {
                    format!("the snapshot has no type `{shown}` in the search path; there is `{other}`")
                }
                (None, Some(similar)) => {
                    format!(
                        "the snapshot has no type `{shown}`; a type with a similar name exists: `{similar}`"
                    )
                }
                (None, None) => format!("the snapshot has no type `{shown}`"),
            }
        })
    }

    /// Every relation.
    pub(super) fn relations(&self) -> impl Iterator<Item = Found<'_, Relation>> {
        self.databases.iter().flat_map(|(database, catalog)| {
            catalog.relations.values().map(|what| Found { database: database.as_deref(), what })
        })
    }

    /// Whether diesel would call one of the types so.
    pub(super) fn has_marker(&self, marker: &str) -> bool {
        let mut types = self.databases.iter().flat_map(|(_, catalog)| catalog.types.keys());
        types.any(|found| found.name == marker || found.name.to_upper_camel_case() == marker)
    }

    /// Whether the default way of a model finds this relation by its name alone.
    pub(super) fn by_name(&self, found: Found<'_, Relation>) -> bool {
        let by_name = |catalog: &Catalog| {
            let relation = catalog.relation(None, &found.what.name.name);
            relation.is_some_and(|relation| relation.name == found.what.name)
        };
        self.catalog_of(found).is_some_and(by_name)
    }

    /// The columns that an insert into a table has to supply.
    pub(super) fn required<'a>(&'a self, found: Found<'a, Relation>) -> impl Iterator<Item = &'a str> {
        let catalog = self.catalog_of(found).filter(|_| found.what.kind.has_nullability());
        let columns = found.what.columns.iter();
        columns
            .filter(move |column| catalog.is_some_and(|catalog| catalog.requires_value(column)))
            .map(|c| c.name.as_str())
    }

    fn catalog_of(&self, found: Found<'_, Relation>) -> Option<&Catalog> {
        let database = self.databases.iter().find(|(database, _)| database.as_deref() == found.database)?;
        Some(&database.1)
    }

    /// Of the default database, else of the one other that has it; else those that have it.
    fn find<'a, T>(
        &'a self,
        get: impl Fn(&'a Catalog) -> Option<&'a T>,
    ) -> Result<Found<'a, T>, Vec<&'a str>> {
        let all = self.databases.iter();
        let mut found: Vec<Found<'a, T>> = all
            .filter_map(|(database, catalog)| {
                Some(Found { database: database.as_deref(), what: get(catalog)? })
            })
            .collect();
        match found.pop() {
            Some(only) if found.is_empty() => Ok(only),
            Some(last) => match found.first() {
                Some(first) if first.database.is_none() => Ok(*first),
                _ => Err(found.iter().chain([&last]).filter_map(|found| found.database).collect()),
            },
            None => Err(Vec::new()),
        }
    }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The words that name a relation or type in an attribute: `table = "users"`, `schema = "a", table = "b.c"`.
pub(super) fn words(key: &str, name: &QualifiedName, with_schema: bool) -> Vec<String> {
    let dotted = name.name.contains('.') || with_schema && name.schema.contains('.');
    match (with_schema || dotted, dotted) {
        (false, _) => vec![format!("{key} = {:?}", name.name)],
        (true, false) => vec![format!("{key} = {:?}", name.to_string())],
        (true, true) => vec![format!("schema = {:?}", name.schema), format!("{key} = {:?}", name.name)],
    }
}

/// A name as the attributes of libraries write it: `app.mood`, `"Mood"`.
pub(super) fn written(name: &str) -> (Option<String>, String) {
    let plain = |name: &str| {
        let inner = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
        inner.map_or(name.to_owned(), |inner| inner.replace("\"\"", "\""))
    };
    // A dot within quotes separates nothing.
    let dot = name.char_indices().scan(false, |quoted, (at, c)| {
        *quoted ^= c == '"';
        Some((at, c == '.' && !*quoted))
    });
    match dot.into_iter().find(|(_, is_dot)| *is_dot) {
        Some((at, _)) => (Some(plain(&name[..at])), plain(&name[at + 1..])),
        None => (None, plain(name)),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use schemacheck_core::Column;
    use schemacheck_core::catalog::RelKind;
    use schemacheck_core::pg_type::{PgType, TypeKind};

    use super::*;

    fn relation(name: &str, columns: &[&str]) -> (QualifiedName, Relation) {
        let (schema, name) = name.split_once('.').unwrap();
        // `place::public.address`, else a text; `note?` can be NULL.
        let split = |column: &str| {
            let column = column.trim_end_matches('?');
            let (name, ty) = column.split_once("::").unwrap_or((column, "pg_catalog.text"));
            let (schema, ty) = ty.split_once('.').unwrap();
            (name.to_owned(), PgType::named(schema, ty))
        };
        let column = |column: &&str| Column {
            name: split(column).0,
            ty: split(column).1,
            not_null: !column.ends_with('?'),
            default: None,
            identity: None,
            generated: None,
            collation: None,
            filled_by: None,
        };
        let name = QualifiedName::new(schema, name);
        let relation = Relation {
            name: name.clone(),
            kind: RelKind::Table,
            columns: columns.iter().map(column).collect(),
            constraints: Vec::new(),
            indexes: Vec::new(),
        };
        (name, relation)
    }

    /// A catalog from lines such as `public.users: id name` and `enum public.mood: ok sad`.
    pub(in super::super) fn catalog(lines: &str) -> Catalog {
        let mut catalog =
            Catalog { search_path: vec!["pg_catalog".into(), "public".into()], ..Catalog::default() };
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (name, rest) = line.split_once(": ").unwrap();
            let rest: Vec<&str> = rest.split_whitespace().collect();
            let type_name = |name: &str| {
                let (schema, name) = name.split_once('.').unwrap();
                QualifiedName::new(schema, name)
            };
            let kind = match name.split_once(' ') {
                Some(("enum", name)) => {
                    Some((name, TypeKind::Enum { labels: rest.iter().map(|l| (*l).to_owned()).collect() }))
                }
                Some(("domain", name)) => {
                    let base = PgType::builtin(rest[0]);
                    Some((
                        name,
                        TypeKind::Domain { base, not_null: false, default: None, checks: Vec::new() },
                    ))
                }
                Some(("composite", name)) => {
                    let attributes =
                        rest.iter().map(|name| ((*name).to_owned(), PgType::builtin("text"))).collect();
                    Some((name, TypeKind::Composite { attributes }))
                }
                _ => None,
            };
            match kind {
                Some((name, kind)) => {
                    let name = type_name(name);
                    catalog.types.insert(name.clone(), TypeDef { name, kind });
                }
                None => {
                    let (name, relation) = relation(name, &rest);
                    catalog.relations.insert(name, relation);
                }
            }
        }
        catalog
    }

    pub(in super::super) fn known(lines: &str) -> Known {
        Known { databases: vec![(None, catalog(lines))] }
    }

    #[test]
    fn a_name_means_what_the_search_path_finds() {
        let known = known("public.users: id\n audit.users: id\n audit.log: id");
        assert_eq!(known.relation(None, "users").unwrap().what.name.schema, "public");
        assert_eq!(known.relation(Some("audit"), "users").unwrap().what.name.schema, "audit");
        for (schema, name, reason) in [
            (None, "log", "the snapshot has no table `log` in the search path; there is `audit.log`"),
            (None, "user", "the snapshot has no table `user`; a table with a similar name exists: `users`"),
            (Some("x"), "zebra", "the snapshot has no table `x.zebra`"),
        ] {
            assert_eq!(known.relation(schema, name).unwrap_err(), reason);
        }
    }

    #[test]
    fn a_named_database_counts_where_the_default_one_has_nothing() {
        let databases = vec![
            (None, catalog("public.users: id")),
            (Some("a".to_owned()), catalog("public.users: id\n public.bills: id\n public.both: id")),
            (Some("b".to_owned()), catalog("public.both: id\n enum public.mood: ok")),
        ];
        let known = Known { databases };
        assert_eq!(known.relation(None, "users").unwrap().database, None);
        assert_eq!(known.relation(None, "bills").unwrap().database, Some("a"));
        assert_eq!(known.type_def(None, "mood").unwrap().database, Some("b"));
        let error = known.relation(None, "both").unwrap_err();
        assert_eq!(error, "table `both` is in several databases: `a`, `b`");
    }

    #[test]
    fn names_as_attributes_write_them() {
        for (text, schema, name) in [
            ("mood", None, "mood"),
            ("app.mood", Some("app"), "mood"),
            ("\"Mood\"", None, "Mood"),
            ("app.\"My.Mood\"", Some("app"), "My.Mood"),
        ] {
            assert_eq!(written(text), (schema.map(str::to_owned), name.to_owned()));
        }
        let name = QualifiedName::new("app", "a.b");
        assert_eq!(words("table", &name, false), ["schema = \"app\"", "table = \"a.b\""]);
        assert_eq!(words("table", &QualifiedName::new("app", "b"), true), ["table = \"app.b\""]);
        assert_eq!(words("type", &QualifiedName::new("app", "b"), false), ["type = \"b\""]);
    }
}
