//! Values of each PostgreSQL type that has a marker, and of its array.

/// A type, and the columns of it in the tables that the libraries read and write.
pub(crate) struct Sample {
    /// The type's name, with `[]` for an array.
    pub(crate) name: String,
    /// `pg_type.typname` of the element.
    pub(crate) typname: &'static str,
    pub(crate) is_array: bool,
    /// How a column is declared.
    pub(crate) declared: String,
    /// A column each value.
    pub(crate) columns: Vec<Column>,
}

/// A column with a value.
pub(crate) struct Column {
    pub(crate) name: String,
    /// The value, as an SQL expression.
    pub(crate) expression: String,
}

/// Scalars first, then arrays, each in the order of the markers: the order of [`crate::types::rows`].
pub(crate) fn all() -> Vec<Sample> {
    let typnames = typnames();
    let mut all = Vec::with_capacity(typnames.len() * 2);
    for is_array in [false, true] {
        for (at, typname) in typnames.iter().copied().enumerate() {
            let (suffix, letter) = if is_array { ("[]", 'a') } else { ("", 'c') };
            let declared = format!("{}{suffix}", declared(typname));
            let columns = values(typname).iter().enumerate().map(|(nth, value)| {
                let value = value.replace('\'', "''");
                let expression = match is_array {
                    true => format!("ARRAY['{value}']::{declared}"),
                    false => format!("'{value}'::{declared}"),
                };
                Column { name: format!("{letter}{at}_{nth}"), expression }
            });
            let columns = columns.collect();
            all.push(Sample { name: format!("{typname}{suffix}"), typname, is_array, declared, columns });
        }
    }
    all
}

fn typnames() -> Vec<&'static str> {
    macro_rules! names {
        ($($marker:ident $typname:literal;)*) => { vec![$($typname),*] };
    }
    schemacheck_runtime::__every_marker!(names! {})
}

/// How a column is declared; `char` and `bit` mean something else in SQL than in the catalog.
fn declared(typname: &str) -> String {
    match typname {
        "char" => "\"char\"".to_owned(),
        "bpchar" => "char(36)".to_owned(),
        "bit" => "bit(8)".to_owned(),
        other => other.to_owned(),
    }
}

/// Values that make the round trip through every type that a driver has for them: no fraction of a second beyond a
/// microsecond, no address with a prefix, no `infinity`, JSON as `jsonb` writes it. Beside them some for types that hold not
/// all values of a type.
fn values(typname: &str) -> &'static [&'static str] {
    match typname {
        "bit" | "varbit" => &["10110001"],
        "bool" => &["true"],
        "box" => &["(3,4),(1,2)"],
        "bpchar" => &["abcd", "67e55044-10b1-426f-9247-bb680e5fe0c8"],
        // Of the lengths that arrays of bytes have here.
        "bytea" => &["\\x00ff10", "\\x00ff1020", "\\x00ff10203040", "\\x00ff102030405060"],
        "char" => &["x"],
        "cidr" | "inet" => &["192.0.2.7/32"],
        "circle" => &["<(1,2),3>"],
        // A `TextUuid` holds nothing but a UUID.
        "citext" | "name" | "text" | "varchar" => &["Grüße", "67e55044-10b1-426f-9247-bb680e5fe0c8"],
        "cube" => &["(1,2,3)"],
        "date" => &["2024-02-29"],
        "datemultirange" => &["{[2024-01-01,2024-02-01)}"],
        "daterange" => &["[2024-01-01,2024-02-01)"],
        "float4" | "float8" => &["1.5"],
        "hstore" => &["a=>1,b=>NULL"],
        // A `u32` holds no negative number.
        "int2" | "int4" | "int8" => &["-42", "42"],
        "int4multirange" | "int8multirange" | "nummultirange" => &["{[1,5)}"],
        "int4range" | "int8range" | "numrange" => &["[1,5)"],
        // A `chrono::Duration` knows no months, and one day as 24 hours.
        "interval" => &["1 mon 2 days 03:00:00", "2 days", "03:00:00"],
        // Maps to texts, and lists.
        "json" | "jsonb" => &["{\"a\": [1, null]}", "{\"a\": \"b\"}", "[{\"a\": \"b\"}]"],
        "jsonpath" => &["$.\"a\""],
        "line" => &["{1,2,3}"],
        "lquery" => &["*.a"],
        "lseg" => &["[(1,2),(3,4)]"],
        "ltree" => &["a.b"],
        "ltxtquery" => &["a & b"],
        "macaddr" => &["08:00:2b:01:02:03"],
        "macaddr8" => &["08:00:2b:01:02:03:04:05"],
        "money" => &["$1.50"],
        "numeric" => &["12345.6789"],
        "oid" => &["4000000000"],
        "path" => &["[(1,2),(3,4)]"],
        "pg_lsn" => &["16/B374D848"],
        "point" => &["(1,2)"],
        "polygon" => &["((1,2),(3,4),(5,6))"],
        "tid" => &["(1,2)"],
        "time" => &["12:34:56.789"],
        "timestamp" => &["2024-02-29 12:34:56.789"],
        "timestamptz" => &["2024-02-29 12:34:56.789+00"],
        "timetz" => &["12:34:56+02"],
        "tsmultirange" => &["{[\"2024-01-01 00:00:00\",\"2024-01-02 00:00:00\")}"],
        "tsquery" => &["'a' & 'b'"],
        "tsrange" => &["[\"2024-01-01 00:00:00\",\"2024-01-02 00:00:00\")"],
        "tstzmultirange" => &["{[\"2024-01-01 00:00:00+00\",\"2024-01-02 00:00:00+00\")}"],
        "tstzrange" => &["[\"2024-01-01 00:00:00+00\",\"2024-01-02 00:00:00+00\")"],
        "tsvector" => &["'a':1 'b':2"],
        "uuid" => &["67e55044-10b1-426f-9247-bb680e5fe0c8"],
        "xml" => &["<a/>"],
        // The stand-ins of `drivers`, which take the bytes that the extension sends.
        "vector" => &["\\x000100003fc00000"],
        "halfvec" => &["\\x000100003e00"],
        "sparsevec" => &["\\x000000030000000100000000000000013fc00000"],
        other => panic!("the type `{other}` has no sample: add one"),
    }
}
