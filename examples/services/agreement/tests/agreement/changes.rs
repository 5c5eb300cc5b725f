//! The changes of the schema: what happens to the databases of real programs.

/// One change, on top of `schema.sql` and `seed.sql`. Where a library fails only when it meets a value, such as a NULL
/// or a label, there is a row with that value.
pub(crate) struct Change {
    pub(crate) name: &'static str,
    /// Each runs by itself: a label that was added cannot be used before its transaction ends.
    pub(crate) sql: &'static [&'static str],
}

pub(crate) const CHANGES: &[Change] = &[
    Change { name: "nothing", sql: &[] },
    Change { name: "column dropped", sql: &["ALTER TABLE customers DROP COLUMN phone"] },
    Change {
        name: "column dropped that nobody uses",
        sql: &["ALTER TABLE customers DROP COLUMN legacy_number"],
    },
    Change { name: "column renamed", sql: &["ALTER TABLE bikes RENAME brand TO make"] },
    Change { name: "integer to bigint", sql: &["ALTER TABLE parts ALTER stock TYPE bigint"] },
    Change { name: "varchar(100) to text", sql: &["ALTER TABLE parts ALTER name TYPE text"] },
    Change {
        name: "text to enum",
        sql: &[
            "CREATE TYPE priority AS ENUM ('low', 'normal', 'urgent')",
            "ALTER TABLE repairs DROP CONSTRAINT repairs_priority_check, ALTER priority DROP DEFAULT, \
             ALTER priority TYPE priority USING priority::priority, ALTER priority SET DEFAULT 'normal'",
        ],
    },
    Change { name: "numeric to double", sql: &["ALTER TABLE parts ALTER unit_price TYPE double precision"] },
    Change {
        name: "timestamptz to timestamp",
        sql: &["ALTER TABLE notes ALTER written_at TYPE timestamp USING written_at AT TIME ZONE 'UTC'"],
    },
    Change {
        name: "jsonb to json",
        sql: &["ALTER TABLE customers ALTER preferences DROP DEFAULT, \
                ALTER preferences TYPE json USING preferences::json, ALTER preferences SET DEFAULT '{}'"],
    },
    Change {
        name: "text[] to varchar(30)[]",
        sql: &["ALTER TABLE mechanics ALTER skills TYPE varchar(30)[]"],
    },
    Change {
        name: "nullable to NOT NULL",
        sql: &[
            "UPDATE bikes SET frame_number = 'FRAME-' || id WHERE frame_number IS NULL",
            "ALTER TABLE bikes ALTER frame_number SET NOT NULL",
        ],
    },
    Change {
        name: "NOT NULL dropped",
        sql: &[
            "ALTER TABLE mechanics ALTER hourly_rate DROP NOT NULL",
            "INSERT INTO mechanics (name) VALUES ('Apprentice')",
        ],
    },
    Change {
        name: "label added",
        sql: &[
            "ALTER TYPE repair_status ADD VALUE 'cancelled' BEFORE 'done'",
            "UPDATE repairs SET status = 'cancelled' WHERE id = 1",
        ],
    },
    Change { name: "label renamed", sql: &["ALTER TYPE bike_kind RENAME VALUE 'e_bike' TO 'pedelec'"] },
    Change {
        name: "label removed",
        sql: &[
            "UPDATE billing.invoices SET method = 'card' WHERE method = 'invoice'",
            "ALTER TYPE payment_method RENAME TO old_payment_method",
            "CREATE TYPE payment_method AS ENUM ('cash', 'card')",
            "ALTER TABLE billing.invoices ALTER method TYPE payment_method USING method::text::payment_method",
            "DROP TYPE old_payment_method",
        ],
    },
    Change { name: "table renamed", sql: &["ALTER TABLE opening_hours RENAME TO business_hours"] },
    Change {
        name: "table moved to a schema out of sight",
        sql: &["CREATE SCHEMA archive", "ALTER TABLE notes SET SCHEMA archive"],
    },
    Change { name: "schema renamed", sql: &["ALTER SCHEMA billing RENAME TO accounting"] },
    Change {
        name: "view without a column",
        sql: &[
            "DROP VIEW open_repairs",
            "CREATE VIEW open_repairs AS SELECT r.id, r.status, r.due_on, b.brand, c.name AS customer \
             FROM repairs r JOIN bikes b ON b.id = r.bike_id JOIN customers c ON c.id = b.customer_id",
        ],
    },
    Change {
        name: "required column added",
        sql: &[
            "ALTER TABLE repairs ADD branch integer",
            "UPDATE repairs SET branch = 1",
            "ALTER TABLE repairs ALTER branch SET NOT NULL",
        ],
    },
    Change { name: "nullable column added", sql: &["ALTER TABLE customers ADD nickname text"] },
    Change {
        name: "column with default added",
        sql: &["ALTER TABLE bikes ADD stolen boolean NOT NULL DEFAULT false"],
    },
    Change {
        name: "generated column added",
        sql: &["ALTER TABLE parts ADD label text GENERATED ALWAYS AS (sku || ' ' || name) STORED"],
    },
    Change {
        name: "column generated from now on",
        sql: &["ALTER TABLE billing.invoices DROP gross, DROP tax, \
                ADD tax numeric(10, 2) NOT NULL GENERATED ALWAYS AS (round(net * 0.19, 2)) STORED, \
                ADD gross numeric(10, 2) GENERATED ALWAYS AS (net + round(net * 0.19, 2)) STORED"],
    },
    Change { name: "default dropped", sql: &["ALTER TABLE repairs ALTER status DROP DEFAULT"] },
    Change { name: "sequence dropped", sql: &["DROP SEQUENCE notes_id_seq CASCADE"] },
    Change {
        name: "attribute added to the composite type",
        sql: &["ALTER TYPE used_part ADD ATTRIBUTE discount numeric(10, 2)"],
    },
    Change {
        name: "attribute's type changed",
        sql: &[
            "ALTER TABLE repairs ALTER parts DROP DEFAULT",
            "ALTER TYPE used_part RENAME TO old_used_part",
            "CREATE TYPE used_part AS (sku text, quantity bigint, unit_price numeric(10, 2))",
            "ALTER TABLE repairs ALTER parts TYPE used_part[] USING parts::text::used_part[], \
             ALTER parts SET DEFAULT '{}'",
            "DROP TYPE old_used_part",
        ],
    },
    Change {
        name: "constraint added to the domain",
        sql: &["ALTER DOMAIN email_address ADD CONSTRAINT in_lower_case CHECK (VALUE = lower(VALUE))"],
    },
    Change {
        name: "check narrowed",
        sql: &[
            "UPDATE repairs SET priority = 'normal' WHERE priority = 'low'",
            "ALTER TABLE repairs DROP CONSTRAINT repairs_priority_check, \
             ADD CHECK (priority IN ('normal', 'urgent'))",
        ],
    },
    Change {
        name: "check widened",
        sql: &[
            "ALTER TABLE repairs DROP CONSTRAINT repairs_priority_check, \
             ADD CHECK (priority IN ('low', 'normal', 'urgent', 'at_once'))",
            "UPDATE repairs SET priority = 'at_once' WHERE id = 2",
        ],
    },
    Change {
        name: "unique constraint dropped",
        sql: &["ALTER TABLE customers DROP CONSTRAINT customers_email_key"],
    },
];
