//! Does a struct fit the composite type, or the domain, that it stands for?
//!
//! At the build the compiler judges the types of the fields; from then on the live types are judged against those that
//! the build saw. `sqlx` reads the attributes by their place, `postgres` by name: so both have to be right.

use super::data_type::is_still;
use super::{Moment, at_level};
use crate::catalog::Catalog;
use crate::finding::Finding;
use crate::finding::wording::{self, Attribute, Meant};
use crate::manifest::{Expected, Fit, Manifest};
use crate::pg_type::{self, Change, PgType, TypeDef, TypeKind};
use crate::suggest;

/// What is wrong with the type as a whole goes to `findings`; what is wrong with a field is returned, at the level that
/// holds for it.
pub(super) fn check(
    manifest: &Manifest,
    def: &TypeDef,
    catalog: &Catalog,
    moment: Moment,
    findings: &mut Vec<Finding>,
) -> Vec<Finding> {
    let domain = manifest.built_domain();
    let has_attributes = domain.is_none() && manifest.columns.iter().any(|expected| expected.built.is_some());
    match &def.kind {
        TypeKind::Composite { .. } if domain.is_some() => {
            findings.push(wording::other_sort(manifest, def, "domain"));
            Vec::new()
        }
        TypeKind::Composite { attributes } => {
            check_attributes(manifest, def, attributes, catalog, moment, findings)
        }
        TypeKind::Domain { .. } if has_attributes => {
            findings.push(wording::other_sort(manifest, def, "composite type"));
            Vec::new()
        }
        TypeKind::Domain { base, .. } => match &manifest.columns[..] {
            [expected] => check_base(manifest, expected, def, catalog, moment, base),
            _ => {
                findings.push(wording::domain_of_several(manifest, def));
                Vec::new()
            }
        },
        TypeKind::Enum { .. } | TypeKind::Range { .. } => {
            findings.push(wording::wrong_sort(manifest, def));
            Vec::new()
        }
    }
}

fn check_base(
    manifest: &Manifest,
    expected: &Expected,
    def: &TypeDef,
    catalog: &Catalog,
    moment: Moment,
    base: &PgType,
) -> Vec<Finding> {
    let Some(built) = manifest.built_domain() else { return Vec::new() };
    let live = catalog.base_type(base);
    let finding = if expected.fit == Fit::LetThrough {
        if !is_still(built.base_type(), live) {
            return Vec::new();
        }
        wording::base_let_through(manifest, expected, def, catalog, moment.known_risk())
    } else {
        let change = pg_type::change(built.base_type(), live);
        if change == Change::Same {
            return Vec::new();
        }
        wording::domain_changed(manifest, expected, def, built, live, change)
    };
    let level = manifest.level(Some(expected), finding.code);
    at_level(finding, level).into_iter().collect()
}

fn check_attributes(
    manifest: &Manifest,
    def: &TypeDef,
    attributes: &[(String, PgType)],
    catalog: &Catalog,
    moment: Moment,
    findings: &mut Vec<Finding>,
) -> Vec<Finding> {
    let names: Vec<&str> = attributes.iter().map(|(name, _)| name.as_str()).collect();
    if let [Expected { field, .. }] = &manifest.columns[..]
        && field.parse::<usize>().is_ok()
    {
        findings.push(wording::newtype_of_composite(manifest, def, &names));
        return Vec::new();
    }
    let places: Vec<Option<usize>> = manifest
        .columns
        .iter()
        .map(|expected| names.iter().position(|name| *name == expected.column))
        .collect();
    let mut unclaimed: Vec<usize> =
        (0..names.len()).filter(|place| !places.contains(&Some(*place))).collect();
    let in_order = longest_increasing(&places);
    let mut fields = Vec::new();
    for (at, (expected, place)) in manifest.columns.iter().zip(&places).enumerate() {
        let attribute = Attribute { manifest, expected, def };
        let mut own = Vec::new();
        match place {
            None => {
                own.push(wording::missing_attribute(attribute, meant(expected, at, &names, &mut unclaimed)))
            }
            Some(place) => {
                if !in_order.contains(&at)
                    && let Some((other, behind)) = crossed(at, *place, &places, &in_order)
                {
                    own.push(wording::moved_attribute(attribute, names[other], behind, &names));
                }
                own.extend(changed(attribute, &attributes[*place].1, catalog, moment));
            }
        }
        fields.extend(own.into_iter().filter_map(|finding| {
            let level = manifest.level(Some(expected), finding.code);
            at_level(finding, level)
        }));
    }
    // What a field without an attribute was meant to be is said there.
    for place in unclaimed {
        let (name, ty) = &attributes[place];
        findings.push(wording::extra_attribute(manifest, def, name, ty));
    }
    fields
}

/// The attribute that a field without one was probably meant for. It is taken from those without a field.
fn meant<'a>(
    expected: &Expected,
    at: usize,
    names: &[&'a str],
    unclaimed: &mut Vec<usize>,
) -> Option<Meant<'a>> {
    let nearest = suggest::nearest(&expected.column, unclaimed.iter().map(|place| names[*place]));
    let meant = match nearest {
        Some(name) => Meant::Similar(name),
        None if unclaimed.contains(&at) => Meant::InItsPlace(names[at]),
        None => return None,
    };
    let (Meant::Similar(name) | Meant::InItsPlace(name)) = meant;
    unclaimed.retain(|place| names[*place] != name);
    Some(meant)
}

/// The fields that may stay where they are, so that as few as possible have to move.
fn longest_increasing(places: &[Option<usize>]) -> Vec<usize> {
    // For each field with an attribute the longest chain that ends there: its length, and the field before.
    let mut chains: Vec<(usize, Option<usize>)> = vec![(0, None); places.len()];
    for at in 0..places.len() {
        if places[at].is_none() {
            continue;
        }
        let before = (0..at).filter(|before| places[*before].is_some() && places[*before] < places[at]);
        let best = before.max_by_key(|before| (chains[*before].0, std::cmp::Reverse(*before)));
        chains[at] = (1 + best.map_or(0, |best| chains[best].0), best);
    }
    let mut end = (0..chains.len()).filter(|at| chains[*at].0 > 0).max_by_key(|at| chains[*at].0);
    let mut kept = Vec::new();
    while let Some(at) = end {
        kept.push(at);
        end = chains[at].1;
    }
    kept
}

/// An attribute that shows that a field is out of order, and whether the field's own stands behind it.
fn crossed(at: usize, place: usize, places: &[Option<usize>], in_order: &[usize]) -> Option<(usize, bool)> {
    let crossed = |kept: &&usize| places[**kept].is_some_and(|other| (other < place) != (**kept < at));
    let kept = in_order.iter().filter(crossed).min_by_key(|kept| kept.abs_diff(at))?;
    let other = places[*kept]?;
    Some((other, other < place))
}

fn changed(attribute: Attribute<'_>, live: &PgType, catalog: &Catalog, moment: Moment) -> Option<Finding> {
    let built = attribute.expected.built.as_ref()?;
    if attribute.expected.fit == Fit::LetThrough {
        let is_still = is_still(built.base_type(), catalog.base_type(live));
        return is_still.then(|| wording::attribute_let_through(attribute, catalog, moment.known_risk()));
    }
    let change = pg_type::change(built.base_type(), catalog.base_type(live));
    let is_same = pg_type::change(&built.ty, live) == Change::Same;
    // A domain over the same base: what is read is the same.
    let change = if change == Change::Same && !is_same { Change::Compatible } else { change };
    if change == Change::Same {
        return None;
    }
    // Of a domain that kept its name, what it is based on is another type.
    let (was, is) = match built.ty.to_string() == live.to_string() {
        true => (built.base_type(), catalog.base_type(live)),
        false => (&built.ty, live),
    };
    Some(wording::attribute_changed(attribute, was, is, change))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QualifiedName;
    use crate::code::Code;
    use crate::compare::testing::check;
    use crate::compare::{Moment, compare};
    use crate::manifest::{Level, Override, Sort};

    const START: Moment = Moment::Start { strict: false };

    fn catalog(types: &[(&str, TypeKind)]) -> Catalog {
        let mut catalog = Catalog { search_path: vec!["public".into()], ..Catalog::default() };
        for (name, kind) in types {
            let name = QualifiedName::new("public", *name);
            catalog.types.insert(name.clone(), TypeDef { name, kind: kind.clone() });
        }
        catalog
    }

    fn composite(attributes: &[(&str, &str)]) -> TypeKind {
        let attributes = attributes.iter().map(|(name, ty)| ((*name).into(), PgType::builtin(*ty)));
        TypeKind::Composite { attributes: attributes.collect() }
    }

    fn domain(base: PgType) -> TypeKind {
        TypeKind::Domain { base, not_null: false, default: None, checks: vec![] }
    }

    fn address(attributes: &[(&str, &str)]) -> Catalog {
        catalog(&[("address", composite(attributes))])
    }

    fn holds(relation: &str, fields: &[&str]) -> Manifest {
        let mut manifest = crate::compare::testing::model(relation, &[]);
        manifest.path = "app::Address".into();
        manifest.sort = Sort::Type;
        manifest.columns = fields
            .iter()
            .map(|field| Expected {
                column: (*field).into(),
                field: (*field).into(),
                rust_type: "String".into(),
                ..Expected::default()
            })
            .collect();
        manifest
    }

    /// The manifest as the build leaves it in the binary.
    fn built(relation: &str, fields: &[&str], catalog: &Catalog) -> Manifest {
        let mut manifest = holds(relation, fields);
        manifest.add_facts(catalog);
        manifest
    }

    const ALL: &[(&str, &str)] = &[("street", "text"), ("zip", "int4"), ("city", "text")];

    #[test]
    fn what_agrees_is_no_finding() {
        let catalog = address(ALL);
        let fields = ["street", "zip", "city"];
        check(&holds("address", &fields), &catalog, Moment::Build, &[]);
        check(&built("address", &fields, &catalog), &catalog, START, &[]);
        check(&built("address", &fields, &catalog), &catalog, Moment::Start { strict: true }, &[]);
        // A program that was built without a snapshot knows no types.
        check(&holds("address", &fields), &catalog, START, &[]);
        check(&holds("nothing", &[]), &self::catalog(&[("nothing", composite(&[]))]), Moment::Build, &[]);
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        check(
            &holds("address", &["stret", "zip", "country", "planet"]),
            &address(ALL),
            Moment::Build,
            &[
                "error[type-mismatch]: cannot find attribute `stret` in composite type `public.address`",
                "error[type-mismatch]: cannot find attribute `country` in composite type `public.address`",
                "error[type-mismatch]: cannot find attribute `planet` in composite type `public.address`",
            ],
        );
        check(
            &holds("address", &["street"]),
            &address(ALL),
            Moment::Build,
            &[
                "error[type-mismatch]: attribute `zip` of composite type `public.address` has no field in `app::Address`",
                "error[type-mismatch]: attribute `city` of composite type `public.address` has no field in `app::Address`",
            ],
        );
    }

    #[test]
    fn a_missing_attribute_gets_advice() {
        let help = |fields: &[&str]| {
            compare(&holds("address", fields), &address(ALL), Moment::Build)[0].help.clone()
        };
        assert_eq!(help(&["stret", "zip", "city"]), ["an attribute with a similar name exists: `street`"]);
        assert_eq!(
            help(&["street", "ZIP", "city"]),
            ["an attribute exists whose name differs only in case: `zip`"]
        );
        assert_eq!(help(&["street", "code", "city"]), ["the attribute `zip` stands in its place"]);
        // What has a field is nothing that another could mean.
        assert!(help(&["street", "zip", "city", "citi"]).is_empty());
    }

    #[test]
    fn as_few_fields_as_possible_have_to_move() {
        let moved = |fields: &[&str]| -> Vec<String> {
            compare(&holds("address", fields), &address(ALL), Moment::Build)
                .iter()
                .map(|finding| finding.message.clone())
                .collect()
        };
        assert_eq!(
            moved(&["city", "street", "zip"]),
            [
                "attribute `city` of composite type `public.address` stands behind `street`, but field `city` stands \
              before it"
            ]
        );
        assert_eq!(
            moved(&["zip", "city", "street"]),
            [
                "attribute `street` of composite type `public.address` stands before `city`, but field `street` stands \
              behind it"
            ]
        );
        assert_eq!(moved(&["city", "zip", "street"]).len(), 2);
        let finding = &compare(&holds("address", &["zip", "street", "city"]), &address(ALL), START)[0];
        assert_eq!(finding.help, ["the order of the attributes is `street`, `zip` and `city`"]);
        assert_eq!(finding.severity, crate::Severity::Error);
    }

    #[test]
    fn a_type_that_changed_is_judged_as_a_columns() {
        let before = address(ALL);
        let program = built("address", &["street", "zip", "city"], &before);
        let after = |zip: &str| address(&[("street", "text"), ("zip", zip), ("city", "varchar")]);
        let city = "info[type-mismatch]: attribute `public.address.city` is `character varying`, but this program \
                    was built for `text`";
        check(&program, &after("int4"), START, &[city]);
        let zip = "error[type-mismatch]: attribute `public.address.zip` is `bigint`, but this program was built for \
                   `integer`";
        check(&program, &after("int8"), START, &[zip, city]);
        let mut decoded = program.clone();
        let reason = "decoded by hand".into();
        decoded.columns[1].overrides =
            vec![Override { code: Code::TypeMismatch, level: Level::Allow, reason }];
        check(&decoded, &after("int8"), START, &[city]);
    }

    #[test]
    fn an_attribute_that_came_went_or_was_renamed_refuses() {
        let program = built("address", &["street", "zip", "city"], &address(ALL));
        check(
            &program,
            &address(&[("street", "text"), ("zip", "int4"), ("city", "text"), ("country", "text")]),
            START,
            &[
                "error[type-mismatch]: attribute `country` of composite type `public.address` has no field in \
               `app::Address`",
            ],
        );
        let gone = "error[type-mismatch]: cannot find attribute `zip` in composite type `public.address`";
        check(&program, &address(&[("street", "text"), ("city", "text")]), START, &[gone]);
        let renamed = address(&[("street", "text"), ("postcode", "int4"), ("city", "text")]);
        check(&program, &renamed, START, &[gone]);
        let finding = &compare(&program, &renamed, START)[0];
        assert_eq!(finding.help, ["the attribute `postcode` stands in its place"]);
        assert_eq!(finding.expected.as_deref(), Some("integer"));
    }

    #[test]
    fn an_attribute_that_became_a_domain_reads_as_before() {
        let program = built("address", &["street", "zip", "city"], &address(ALL));
        let TypeKind::Composite { mut attributes } = composite(ALL) else { unreachable!() };
        attributes[0].1 = PgType::named("public", "line");
        let line = |base: &str| {
            let kind = TypeKind::Composite { attributes: attributes.clone() };
            catalog(&[("address", kind), ("line", domain(PgType::builtin(base)))])
        };
        let message = "[type-mismatch]: attribute `public.address.street` is `public.line`, but this program was \
                       built for `text`";
        check(&program, &line("text"), START, &[&format!("info{message}")]);
        check(&program, &line("bytea"), START, &[&format!("error{message}")]);
    }

    #[test]
    fn what_the_build_let_through_is_repeated_while_it_is_so() {
        let mut program = built("address", &["street", "zip", "city"], &address(ALL));
        program.columns[0].fit = Fit::LetThrough;
        let message =
            "[type-mismatch]: attribute `public.address.street` is `text`, but field `street` is `String`";
        check(&program, &address(ALL), START, &[&format!("warning{message}")]);
        check(&program, &address(ALL), Moment::Build, &[&format!("error{message}")]);
        let other = address(&[("street", "int4"), ALL[1], ALL[2]]);
        check(&program, &other, START, &[]);
        let email = |base| catalog(&[("email", domain(PgType::builtin(base)))]);
        let mut program = built("email", &["0"], &email("text"));
        program.columns[0].fit = Fit::LetThrough;
        let message = "[type-mismatch]: domain `public.email` is based on `text`, but field `0` is `String`";
        check(&program, &email("text"), START, &[&format!("warning{message}")]);
        check(&program, &email("int4"), START, &[]);
    }

    #[test]
    fn a_domain_is_judged_by_what_it_is_based_on() {
        let email = |base| catalog(&[("email", domain(base))]);
        let program = built("email", &["0"], &email(PgType::builtin("text")));
        assert_eq!(program.columns[0].column, "email");
        check(&holds("email", &["0"]), &email(PgType::builtin("text")), Moment::Build, &[]);
        check(&program, &email(PgType::builtin("text")), START, &[]);
        check(
            &program,
            &email(PgType::builtin("varchar")),
            START,
            &[
                "info[type-mismatch]: domain `public.email` is based on `character varying`, but this program was built \
               for `text`",
            ],
        );
        check(
            &program,
            &email(PgType::builtin("int4")),
            START,
            &[
                "error[type-mismatch]: domain `public.email` is based on `integer`, but this program was built for `text`",
            ],
        );
        // Below a domain of a domain.
        let below = catalog(&[
            ("email", domain(PgType::named("public", "line"))),
            ("line", domain(PgType::builtin("text"))),
        ]);
        check(&program, &below, START, &[]);
    }

    #[test]
    fn a_type_of_another_sort_is_an_error() {
        let labels = TypeKind::Enum { labels: vec!["a".into()] };
        check(
            &holds("mood", &["0"]),
            &catalog(&[("mood", labels.clone())]),
            Moment::Build,
            &["error[type-mismatch]: `public.mood` is an enum, but `app::Address` derives `PgType`"],
        );
        let span = catalog(&[("span", TypeKind::Range { subtype: PgType::builtin("int4") })]);
        check(
            &holds("span", &["a"]),
            &span,
            Moment::Build,
            &["error[type-mismatch]: `public.span` is a range type, but `app::Address` derives `PgType`"],
        );
        let email = catalog(&[("email", domain(PgType::builtin("text")))]);
        for (fields, count) in [(&["a", "b"][..], "2 fields"), (&[], "no field")] {
            let expect =
                format!("error[type-mismatch]: `public.email` is a domain, but `app::Address` has {count}");
            check(&holds("email", fields), &email, Moment::Build, &[&expect]);
        }
        check(
            &holds("address", &["0"]),
            &address(ALL),
            Moment::Build,
            &["error[type-mismatch]: `public.address` is a composite type, but `app::Address` is a newtype"],
        );
        let was_domain = built("email", &["0"], &email);
        check(
            &was_domain,
            &catalog(&[("email", composite(ALL))]),
            START,
            &[
                "error[type-mismatch]: `public.email` is a composite type, but this program was built for a domain",
            ],
        );
        let was_composite = built("address", &["street"], &address(&[("street", "text")]));
        check(
            &was_composite,
            &catalog(&[("address", domain(PgType::builtin("text")))]),
            START,
            &[
                "error[type-mismatch]: `public.address` is a domain, but this program was built for a composite type",
            ],
        );
    }

    #[test]
    fn a_missing_type_is_an_error_with_the_users_own_level() {
        let mut manifest = holds("adress", &["street"]);
        check(&manifest, &address(ALL), START, &["error[missing-type]: cannot find type `adress`"]);
        let help = &compare(&manifest, &address(ALL), START)[0].help;
        assert_eq!(*help, ["a type with a similar name exists: `public.address`"]);
        let reason = "made later".into();
        manifest.overrides = vec![Override { code: Code::MissingType, level: Level::Allow, reason }];
        check(&manifest, &address(ALL), START, &[]);
    }
}
