//! Where a verdict is not what the library does, and why.

/// When we judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Moment {
    Start,
    Build,
}

impl Moment {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "at the start",
            Self::Build => "at the build",
        }
    }
}

/// Disagreements that we know of.
pub(crate) struct Known {
    pub(crate) changes: &'static [&'static str],
    pub(crate) services: &'static [&'static str],
    /// The ends of the models' Rust paths.
    pub(crate) models: &'static [&'static str],
    pub(crate) moments: &'static [Moment],
    pub(crate) why: &'static str,
}

const BOTH: &[Moment] = &[Moment::Start, Moment::Build];

pub(crate) const KNOWN: &[Known] = &[
    Known {
        changes: &["table moved to a schema out of sight", "schema renamed"],
        services: &["diesel"],
        models: &["NewNote", "Invoice", "NewInvoice"],
        moments: &[Moment::Build],
        why: "a miss: the schema stands in `table!`, which the derive cannot see, so the only table of that name is \
              taken; the guard remembers the schema of the build",
    },
    Known {
        changes: &["jsonb to json"],
        services: &["diesel"],
        models: &["Customer"],
        moments: BOTH,
        why: "a miss: diesel expects the version byte of jsonb; the other libraries read both, so it is a warning",
    },
    Known {
        changes: &["integer to bigint", "numeric to double"],
        services: &["diesel", "sea-orm", "sqlx"],
        models: &["Delivery"],
        moments: BOTH,
        why: "a false alarm: they send a parameter with the type of the Rust value, and the server casts it on \
              assignment; what is written is judged as what is read",
    },
    Known {
        changes: &["text to enum", "timestamptz to timestamp"],
        services: &["diesel"],
        models: &["Repair", "RepairOnBike", "Counted", "Note"],
        moments: BOTH,
        why: "diesel reads the bytes of any type, and these are the same by chance; writing the enum fails, and the \
              timestamp means another time now",
    },
    Known {
        changes: &["attribute added to the composite type"],
        services: &["sea-orm", "sqlx"],
        models: &["Repair", "RepairOnBike", "Counted", "Parts"],
        moments: BOTH,
        why: "sqlx leaves unread what follows the attributes that it knows; writing the type fails, and which of the \
              two a program does with a type nobody knows",
    },
    Known {
        changes: &["check narrowed"],
        services: &["diesel", "sea-orm", "sqlx", "tokio-postgres"],
        models: &["Repair", "RepairOnBike", "Counted", "repair::Model"],
        moments: BOTH,
        why: "a false alarm: a variant that no row can hold any more breaks no reading, and is said of models that \
              only read, too",
    },
];
