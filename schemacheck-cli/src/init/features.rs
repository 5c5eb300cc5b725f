//! Which features of the crate `schemacheck` a package needs: from what it depends on, and with which features.

use std::collections::{BTreeMap, BTreeSet};

use super::packages::{Dependency, Package};

/// Features of the same name as a crate, and the versions of the crate that they know.
const TYPE_CRATES: &[(&str, &[&str])] = &[
    ("bigdecimal", &["0.4"]),
    ("bit-vec", &["0.6", "0.8", "0.9"]),
    ("bstr", &["1"]),
    ("bytes", &["1"]),
    ("chrono", &["0.4"]),
    ("cidr", &["0.3"]),
    ("eui48", &["1"]),
    ("geo-types", &["0.7"]),
    ("ipnet", &["2"]),
    ("ipnetwork", &["0.20", "0.21"]),
    ("jiff", &["0.2"]),
    ("mac_address", &["1"]),
    ("ordered-float", &["4", "5"]),
    ("pgvector", &["0.4"]),
    ("rust_decimal", &["1"]),
    ("serde_json", &["1"]),
    ("smol_str", &["0.1"]),
    ("time", &["0.3"]),
    ("uuid", &["1"]),
];

/// Libraries that decode rows, the versions that are known, and the feature for each.
const LIBRARIES: &[(&str, &[&str], &str)] = &[
    ("diesel", &["2"], "diesel"),
    ("diesel_json", &["0.3"], "diesel_json"),
    ("postgres", &["0.19"], "postgres"),
    ("sea-orm", &["2"], "sea-orm"),
    ("sqlx", &["0.9"], "sqlx"),
    ("sqlx", &["0.8"], "sqlx-0_8"),
    ("tokio-postgres", &["0.7"], "tokio-postgres"),
];

/// Features of those libraries that bring types: of which library, its feature, ours.
const BROUGHT: &[(&[&str], &str, &str)] = &[
    (&["sqlx"], "bigdecimal", "bigdecimal"),
    (&["sqlx"], "bit-vec", "bit-vec"),
    (&["sqlx"], "chrono", "chrono"),
    (&["sqlx"], "ipnet", "ipnet"),
    (&["sqlx"], "ipnetwork", "ipnetwork"),
    (&["sqlx"], "json", "serde_json"),
    (&["sqlx"], "mac_address", "mac_address"),
    (&["sqlx"], "rust_decimal", "rust_decimal"),
    (&["sqlx"], "time", "time"),
    (&["sqlx"], "uuid", "uuid"),
    (&["diesel"], "chrono", "chrono"),
    (&["diesel"], "ipnet-address", "ipnet"),
    (&["diesel"], "network-address", "ipnetwork"),
    (&["diesel"], "numeric", "bigdecimal"),
    (&["diesel"], "serde_json", "serde_json"),
    (&["diesel"], "time", "time"),
    (&["diesel"], "uuid", "uuid"),
    (&["sea-orm"], "with-bigdecimal", "bigdecimal"),
    (&["sea-orm"], "with-chrono", "chrono"),
    (&["sea-orm"], "with-ipnetwork", "ipnetwork"),
    (&["sea-orm"], "with-json", "serde_json"),
    (&["sea-orm"], "with-rust_decimal", "rust_decimal"),
    (&["sea-orm"], "with-time", "time"),
    (&["sea-orm"], "with-uuid", "uuid"),
    (POSTGRES, "with-chrono-0_4", "chrono"),
    (POSTGRES, "with-cidr-0_3", "cidr"),
    (POSTGRES, "with-eui48-1", "eui48"),
    (POSTGRES, "with-geo-types-0_7", "geo-types"),
    (POSTGRES, "with-jiff-0_2", "jiff"),
    (POSTGRES, "with-serde_json-1", "serde_json"),
    (POSTGRES, "with-smol_str-01", "smol_str"),
    (POSTGRES, "with-time-0_3", "time"),
    (POSTGRES, "with-uuid-1", "uuid"),
    (&["pgvector"], "halfvec", "pgvector-half"),
];

const POSTGRES: &[&str] = &["postgres", "postgres-types", "tokio-postgres"];

/// What those libraries turn on by themselves.
const BY_DEFAULT: &[(&str, &[&str])] = &[
    ("sea-orm", &["with-chrono", "with-json", "with-rust_decimal", "with-time", "with-uuid"]),
    ("sqlx", &["json"]),
];

/// What a package needs of the crate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Needed {
    /// The features, in the order of the alphabet.
    pub(super) features: Vec<&'static str>,
    /// The package's own features that turn on a library, and what each has to turn on with it.
    pub(super) own: BTreeMap<String, Vec<&'static str>>,
    /// Libraries that are there on some systems only, with their features.
    pub(super) of_target: Vec<(String, Vec<&'static str>)>,
}

/// What a package needs where the crate is there with these of the package's features only; with none, always.
pub(super) fn needed(package: &Package, with: &BTreeSet<String>) -> Needed {
    let mut always = BTreeSet::new();
    let mut own: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut of_target = Vec::new();
    for dependency in &package.dependencies {
        let features = of(dependency);
        if dependency.target {
            of_target.push((dependency.name.clone(), features));
            continue;
        }
        let turning_on = turning_on(package, dependency.key());
        if !dependency.optional || !with.is_empty() && with.is_subset(&turning_on) {
            always.extend(features);
            continue;
        }
        for feature in turning_on {
            own.entry(feature).or_default().extend(&features);
        }
    }
    let own = own.into_iter().map(|(feature, of)| (feature, of.difference(&always).copied().collect()));
    let own = own.filter(|(_, of): &(String, Vec<&str>)| !of.is_empty()).collect();
    for (_, features) in &mut of_target {
        features.retain(|feature| !always.contains(feature));
    }
    of_target.retain(|(_, features)| !features.is_empty());
    Needed { features: always.into_iter().collect(), own, of_target }
}

/// The package's features that turn on an optional dependency.
fn turning_on(package: &Package, key: &str) -> BTreeSet<String> {
    let turns_on = |value: &str| match value.split_once('/') {
        Some((of, _)) => of == key,
        None => value.strip_prefix("dep:") == Some(key),
    };
    let found = package.features.iter().filter(|(_, on)| on.iter().any(|value| turns_on(value)));
    found.map(|(feature, _)| feature.clone()).collect()
}

/// The features that one dependency asks for.
fn of(dependency: &Dependency) -> Vec<&'static str> {
    let mut features = BTreeSet::new();
    let name = dependency.name.as_str();
    let known = TYPE_CRATES.iter().find(|(of, _)| *of == name);
    features.extend(known.filter(|(_, versions)| is_one_of(dependency, versions)).map(|(of, _)| *of));
    let library = LIBRARIES.iter().filter(|(of, versions, _)| *of == name && is_one_of(dependency, versions));
    features.extend(library.map(|(_, _, ours)| *ours));
    let by_default = BY_DEFAULT.iter().find(|(of, _)| *of == name && dependency.default_features);
    let on = |feature: &str| {
        dependency.features.iter().any(|on| on == feature)
            || by_default.is_some_and(|(_, on)| on.contains(&feature))
    };
    let brought = BROUGHT.iter().filter(|(of, feature, _)| of.contains(&name) && on(feature));
    features.extend(brought.map(|(_, _, ours)| *ours));
    features.into_iter().collect()
}

/// The oldest version that a feature takes, where it is not the first of its line.
const LEAST: &[(&str, &str)] = &[
    ("bigdecimal", "0.4.5"),
    ("bytes", "1.10"),
    ("chrono", "0.4.38"),
    ("diesel", "2.3"),
    ("eui48", "1.1"),
    ("geo-types", "0.7.13"),
    ("ipnet", "2.11"),
    ("mac_address", "1.1.7"),
    ("ordered-float", "4.6"),
    ("rust_decimal", "1.36"),
    ("sea-orm", "2.0.0"),
    ("sqlx", "0.8.6"),
    ("time", "0.3.41"),
    ("uuid", "1.16"),
];

/// Whether a version, of which perhaps only the first numbers are said, is certainly an older one.
fn is_older(version: &str, least: &str) -> bool {
    let (version, least) = (parts(version), parts(least));
    version < least.into_iter().take(version.len()).collect()
}

/// The numbers of a version, as far as it has some: what is not released comes before what is.
fn parts(version: &str) -> Vec<u64> {
    let (release, rest) = version.split_once('-').unwrap_or((version, ""));
    let mut parts: Vec<u64> = release.split('.').map_while(|part| part.parse().ok()).collect();
    if !rest.is_empty()
        && let Some(last) = parts.iter_mut().rev().find(|part| **part > 0)
    {
        *last -= 1;
    }
    parts
}

/// Whether a requirement such as `^0.4.38` means one of these versions.
fn is_one_of(dependency: &Dependency, versions: &[&str]) -> bool {
    let wanted = dependency.requirement.trim_start_matches(['^', '=', '~', '>', '<', ' ']);
    // A feature asks for a version, beside which cargo cannot choose an older one that is held fast.
    let is_held = dependency.requirement.starts_with(['=', '~']);
    let least = LEAST.iter().find(|(of, _)| *of == dependency.name).map(|(_, least)| *least);
    if let (true, Some(least)) = (is_held, least)
        && is_older(wanted, least)
    {
        return false;
    }
    let is = |version: &&str| {
        wanted.strip_prefix(version).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    wanted.starts_with('*') || wanted.is_empty() || versions.iter().any(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(dependencies: &[(&str, &str, &[&str])], expected: &[&'static str]) {
        let dependency = |(name, requirement, features): &(&str, &str, &[&str])| Dependency {
            name: (*name).to_owned(),
            requirement: (*requirement).to_owned(),
            features: features.iter().map(|feature| (*feature).to_owned()).collect(),
            default_features: !features.contains(&"no-default"),
            ..Dependency::default()
        };
        let package =
            Package { dependencies: dependencies.iter().map(dependency).collect(), ..Package::default() };
        let expected = Needed { features: expected.to_vec(), ..Needed::default() };
        assert_eq!(needed(&package, &BTreeSet::new()), expected);
    }

    #[test]
    fn what_is_not_always_there_is_not_asked_for_always() {
        let dependency = |name: &str, optional: bool, target: bool| Dependency {
            name: name.to_owned(),
            requirement: "^0.9".to_owned(),
            features: vec!["uuid".to_owned()],
            optional,
            target,
            ..Dependency::default()
        };
        let features = |all: &[(&str, &[&str])]| -> BTreeMap<String, Vec<String>> {
            let on = |on: &[&str]| on.iter().map(|value| (*value).to_owned()).collect();
            all.iter().map(|(name, values)| ((*name).to_owned(), on(values))).collect()
        };
        let own = |all: &[(&str, &[&'static str])]| -> BTreeMap<String, Vec<&'static str>> {
            all.iter().map(|(name, of)| ((*name).to_owned(), of.to_vec())).collect()
        };
        let mut package = Package {
            dependencies: vec![dependency("sqlx", true, false)],
            features: features(&[
                ("ssr", &["dep:sqlx", "x"]),
                ("all", &["ssr"]),
                ("tls", &["sqlx/tls"]),
                ("log", &["sqlx?/log"]),
            ]),
            ..Package::default()
        };
        let none = BTreeSet::new();
        let found = needed(&package, &none);
        assert_eq!(found.own, own(&[("ssr", &["sqlx", "uuid"]), ("tls", &["sqlx", "uuid"])]));
        assert_eq!(found.features, [""; 0]);
        // Where the crate is there with the library, its features are on with it.
        let with = BTreeSet::from(["ssr".to_owned()]);
        let found = needed(&package, &with);
        assert_eq!((found.features, found.own), (vec!["sqlx", "uuid"], own(&[])));
        // What another dependency asks for always need not be turned on again.
        package
            .dependencies
            .push(Dependency { requirement: "^1".into(), ..dependency("uuid", false, false) });
        assert_eq!(needed(&package, &none).own, own(&[("ssr", &["sqlx"]), ("tls", &["sqlx"])]));
        package.dependencies[0] = dependency("sqlx", false, true);
        let found = needed(&package, &none);
        assert_eq!(found.of_target, [("sqlx".to_owned(), vec!["sqlx"])]);
        assert_eq!((found.features, found.own), (vec!["uuid"], own(&[])));
    }

    #[test]
    fn a_crate_of_types_brings_the_feature_of_its_name() {
        check(
            &[("uuid", "^1.3", &[]), ("serde", "^1", &[]), ("chrono", "^0.4.38", &[])],
            &["chrono", "uuid"],
        );
        // Versions whose types nobody here knows.
        check(&[("time", "^0.1", &[]), ("uuid", "^0.8", &[]), ("bytes", "^10", &[])], &[]);
        check(&[("time", "*", &[]), ("uuid", ">=1", &[])], &["time", "uuid"]);
    }

    #[test]
    fn a_library_brings_its_own_feature_and_those_of_its_types() {
        check(&[("sqlx", "^0.8", &["uuid", "json", "runtime-tokio"])], &["serde_json", "sqlx-0_8", "uuid"]);
        check(&[("sqlx", "^0.9.0", &[])], &["serde_json", "sqlx"]);
        check(&[("sqlx", "^0.7", &["no-default", "uuid"])], &["uuid"]);
        check(&[("diesel", "^2", &["numeric", "network-address"])], &["bigdecimal", "diesel", "ipnetwork"]);
        check(
            &[("sea-orm", "^2", &[])],
            &["chrono", "rust_decimal", "sea-orm", "serde_json", "time", "uuid"],
        );
        check(&[("sea-orm", "^1", &[])], &["chrono", "rust_decimal", "serde_json", "time", "uuid"]);
        check(&[("sea-orm", "^2.0", &["no-default", "with-uuid"])], &["sea-orm", "uuid"]);
        check(&[("tokio-postgres", "^0.7", &["with-uuid-1"])], &["tokio-postgres", "uuid"]);
        check(&[("pgvector", "^0.4", &["halfvec"])], &["pgvector", "pgvector-half"]);
    }

    #[test]
    fn a_version_that_is_held_fast_gets_no_feature_that_asks_for_another() {
        check(&[("diesel", "~2.1", &["uuid"])], &["uuid"]);
        check(&[("diesel", "=2.3.4", &[])], &["diesel"]);
        check(&[("diesel", "^2.1", &[])], &["diesel"]);
        check(&[("sqlx", "=0.8.2", &[])], &["serde_json"]);
        check(&[("uuid", "=1.8.0", &[])], &[]);
        check(&[("rust_decimal", "~1.33", &[])], &[]);
        check(&[("chrono", "=0.4", &[])], &["chrono"]);
        check(&[("sea-orm", "=2.0.0-rc.18", &[])], &["chrono", "rust_decimal", "serde_json", "time", "uuid"]);
    }

    #[test]
    fn every_feature_is_one_of_the_crate() {
        let manifest = include_str!("../../../Cargo.toml");
        let (_, section) = manifest.split_once("[features]\n").unwrap();
        let (section, _) = section.split_once("\n\n").unwrap();
        let known: Vec<&str> =
            section.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect();
        let all = TYPE_CRATES.iter().map(|(name, _)| *name).chain(LIBRARIES.iter().map(|(_, _, ours)| *ours));
        for feature in all.chain(BROUGHT.iter().map(|(_, _, ours)| *ours)) {
            assert!(known.contains(&feature), "`{feature}` is no feature");
        }
        // The other way round: what brings types is asked for by somebody. What is for the guard alone is not.
        let others = [
            "default",
            "derive",
            "serde_json-raw",
            "bb8",
            "deadpool-postgres",
            "diesel-async",
            "diesel-postgres",
            "r2d2",
            "sea-orm-postgres",
            "tracing",
        ];
        for feature in known.iter().filter(|name| !others.contains(*name)) {
            let ours = |name: &str| name == *feature;
            let is_asked = TYPE_CRATES.iter().any(|(name, _)| ours(name))
                || LIBRARIES.iter().any(|(_, _, name)| ours(name))
                || BROUGHT.iter().any(|(_, _, name)| ours(name));
            assert!(is_asked, "nothing turns on `{feature}`");
        }
    }
}
