-- A fingerprint of all that guard.sql reads for some names, but for ledgers: which versions of which catalog rows there
-- are. A row that is changed becomes another version, with another xmin, or within one transaction another ctid; so what
-- the row says need not be read. A name without schema is looked for in all schemas of the search path, since a new
-- relation can hide an old one.
--
-- Numbers of transactions begin anew where a database is made anew, or restored to an earlier moment: so the server's start
-- is a part of it.
--
-- What always changes together with a row that is here is left out: that there is a default with its column's
-- pg_attribute, an heir's pg_inherits with the columns that come and go. Half of the time is planning: so each catalog is
-- looked up by itself, by index (OFFSET 0), and what no model needs is not asked for. The sum of hashes does not depend on
-- the order; the first number keeps rows of different catalogs apart. As in guard.sql a boolean that is compared as a
-- number is taken for rare, so that the query is not compiled for a multitude that the planner only fears. As there
-- nothing is deparsed that waits for a lock, and every name and operator is qualified.
--
-- It is sent by itself, and as a part of guard.sql, whose names for the same things it hides there: what is remembered
-- with an answer has to come from the same moment and connection.
WITH
place AS MATERIALIZED (
    SELECT n.oid, n.xmin, n.ctid, n.nspname, n.nspname OPERATOR(pg_catalog.=) ANY (p.path) AS on_path
    FROM (SELECT pg_catalog.current_schemas(true) AS path) p
    JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) ANY (p.path OPERATOR(pg_catalog.||) $schemas$)
),
rel AS MATERIALIZED (
    SELECT c.oid, c.xmin, c.ctid, c.relname, c.relhassubclass
    FROM ROWS FROM (
        pg_catalog.unnest($relation_schemas$), pg_catalog.unnest($relation_names$)
    ) AS w(schema, name)
    JOIN place s ON CASE WHEN w.schema OPERATOR(pg_catalog.=) '' THEN s.on_path ELSE s.nspname OPERATOR(pg_catalog.=) w.schema END
    CROSS JOIN LATERAL (
        SELECT c.oid, c.xmin, c.ctid, c.relname, c.relhassubclass
        FROM pg_catalog.pg_class c
        WHERE c.relname OPERATOR(pg_catalog.=) w.name AND c.relnamespace OPERATOR(pg_catalog.=) s.oid
        OFFSET 0
    ) c
),
-- With what inherits from it, as in guard.sql.
kin AS MATERIALIZED (
    WITH RECURSIVE heir AS (
        SELECT rel.oid, rel.relhassubclass
        FROM rel
        WHERE rel.relhassubclass::pg_catalog.int4 OPERATOR(pg_catalog.=) 1
        UNION
        SELECT h.inhrelid, h.relhassubclass
        FROM heir t
        CROSS JOIN LATERAL (
            SELECT i.inhrelid, c.relhassubclass
            FROM pg_catalog.pg_inherits i
            JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.inhrelid
            WHERE i.inhparent OPERATOR(pg_catalog.=) t.oid
              AND (i.inhseqno OPERATOR(pg_catalog.>) 0)::pg_catalog.int4 OPERATOR(pg_catalog.=) 1
            OFFSET 0
        ) h
        WHERE t.relhassubclass
    )
    SELECT rel.oid FROM rel
    UNION
    SELECT heir.oid FROM heir
),
att AS MATERIALIZED (
    SELECT a.atttypid, a.xmin, a.ctid
    FROM kin k
    CROSS JOIN LATERAL (
        SELECT a.atttypid, a.xmin, a.ctid
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid OPERATOR(pg_catalog.=) k.oid AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
        OFFSET 0
    ) a
),
-- The types that are asked for by name, and the attributes of those that are composite types.
named AS MATERIALIZED (
    SELECT t.oid, t.typrelid
    FROM ROWS FROM (
        pg_catalog.unnest($type_schemas$), pg_catalog.unnest($type_names$)
    ) AS w(schema, name)
    JOIN place s ON CASE WHEN w.schema OPERATOR(pg_catalog.=) '' THEN s.on_path ELSE s.nspname OPERATOR(pg_catalog.=) w.schema END
    CROSS JOIN LATERAL (
        SELECT t.oid, t.typrelid
        FROM pg_catalog.pg_type t
        WHERE t.typname OPERATOR(pg_catalog.=) w.name AND t.typnamespace OPERATOR(pg_catalog.=) s.oid
        OFFSET 0
    ) t
),
part AS MATERIALIZED (
    SELECT a.atttypid, a.xmin, a.ctid
    FROM named n
    CROSS JOIN LATERAL (
        SELECT a.atttypid, a.xmin, a.ctid
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid OPERATOR(pg_catalog.=) n.typrelid AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
        OFFSET 0
    ) a
    WHERE n.typrelid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
),
-- Every type that is met and is not the server's own, which does not change: of columns and attributes, those that are
-- asked for by name, of elements, and what domains are based on.
typ AS MATERIALIZED (
    WITH RECURSIVE chain AS (
        SELECT a.atttypid AS oid
        FROM att a
        WHERE (a.atttypid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid)::pg_catalog.int4 OPERATOR(pg_catalog.=) 1
        UNION
        SELECT named.oid FROM named
        UNION
        SELECT p.atttypid
        FROM part p
        WHERE (p.atttypid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid)::pg_catalog.int4 OPERATOR(pg_catalog.=) 1
        UNION
        SELECT n.oid
        FROM chain c
        CROSS JOIN LATERAL (
            -- A type has but one of them.
            SELECT GREATEST(t.typbasetype, t.typelem) AS oid
            FROM pg_catalog.pg_type t
            WHERE t.oid OPERATOR(pg_catalog.=) c.oid
            OFFSET 0
        ) n
        WHERE (n.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid)::pg_catalog.int4 OPERATOR(pg_catalog.=) 1
    )
    SELECT t.oid, t.typnamespace, t.xmin, t.ctid
    FROM chain c
    CROSS JOIN LATERAL (
        SELECT t.oid, t.typnamespace, t.xmin, t.ctid
        FROM pg_catalog.pg_type t
        WHERE t.oid OPERATOR(pg_catalog.=) c.oid
        OFFSET 0
    ) t
)
SELECT pg_catalog.concat_ws(
    ' ', '5', pg_catalog.current_setting('row_security'), pg_catalog.current_setting('server_version_num'), pg_catalog.current_database(), current_user,
    pg_catalog.inet_server_addr(), pg_catalog.inet_server_port(), pg_catalog.pg_is_in_recovery(),
    pg_catalog.current_schemas(true), pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time()),
    (
        SELECT pg_catalog.concat(
            pg_catalog.count(*), ' ',
            pg_catalog.sum(pg_catalog.hashtextextended(pg_catalog.concat(v.ctid, v.xmin), v.catalog))
        )
        FROM (
            SELECT 1::pg_catalog.int8 AS catalog, r.xmin, r.ctid FROM rel r
            UNION ALL
            SELECT 2, a.xmin, a.ctid FROM att a
            UNION ALL
            SELECT 3, t.xmin, t.ctid FROM typ t
            UNION ALL
            SELECT 4, n.xmin, n.ctid
            FROM pg_catalog.pg_namespace n
            WHERE n.oid OPERATOR(pg_catalog.=) ANY (ARRAY(
                SELECT place.oid FROM place UNION SELECT typ.typnamespace FROM typ
            ))
            UNION ALL
            SELECT 5, e.xmin, e.ctid
            FROM typ t
            CROSS JOIN LATERAL (
                SELECT e.xmin, e.ctid
                FROM pg_catalog.pg_enum e
                WHERE e.enumtypid OPERATOR(pg_catalog.=) t.oid
                OFFSET 0
            ) e
            UNION ALL
            SELECT 6, p.xmin, p.ctid FROM part p
            UNION ALL
            SELECT 7, k.xmin, k.ctid
            FROM kin
            CROSS JOIN LATERAL (
                SELECT k.xmin, k.ctid
                FROM pg_catalog.pg_constraint k
                WHERE k.conrelid OPERATOR(pg_catalog.=) kin.oid
                OFFSET 0
            ) k
            UNION ALL
            SELECT 8, p.xmin, p.ctid
            FROM rel r
            CROSS JOIN LATERAL (
                SELECT p.xmin, p.ctid
                FROM pg_catalog.pg_policy p
                WHERE p.polrelid OPERATOR(pg_catalog.=) r.oid
                OFFSET 0
            ) p
            UNION ALL
            -- Who is a member of what: few rows in most clusters.
            SELECT 9, m.xmin, m.ctid FROM pg_catalog.pg_auth_members m
            UNION ALL
            -- The database's owner is a member of pg_database_owner.
            SELECT 10, d.xmin, d.ctid
            FROM pg_catalog.pg_database d
            WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
            $labelled$
            $relied$
            $inserted$
            $viewed$
        ) v
    ),
    -- The roles themselves, since only their view is for everybody, and it has no versions.
    (
        SELECT pg_catalog.sum(pg_catalog.hashtextextended(
            pg_catalog.concat_ws(' ', r.oid, r.rolname, r.rolsuper, r.rolinherit, r.rolbypassrls), 0
        ))
        FROM pg_catalog.pg_roles r
    ),
    ($defaults$)
)::pg_catalog.text AS schemacheck
