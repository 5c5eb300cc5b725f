-- The guard's request: one SELECT that yields one JSON text, in the column "schemacheck".
--
-- It depends on no setting: every name and operator is qualified, so that nothing in the caller's search_path can
-- stand in for it. Nothing is deparsed, since that waits behind ACCESS EXCLUSIVE; nothing is read but catalogs, so no
-- grant is needed. The wanted names are arrays in materialized CTEs, so that pg_class_relname_nsp_index is used also
-- when the catalogs were never analyzed. The answer is made of arrays: field names would cost more than the facts.
-- True arrays as in format_type.c: an element, a variable length, and a storage other than plain (int2vector).
WITH
path AS MATERIALIZED (
    SELECT s.name, s.place
    FROM pg_catalog.unnest(pg_catalog.current_schemas(true)) WITH ORDINALITY AS s(name, place)
),
wanted AS MATERIALIZED (
    SELECT w.schema, w.name, w.place
    FROM ROWS FROM (
        pg_catalog.unnest($relation_schemas$), pg_catalog.unnest($relation_names$)
    ) WITH ORDINALITY AS w(schema, name, place)
),
wanted_type AS MATERIALIZED (
    SELECT w.schema, w.name, w.place
    FROM ROWS FROM (
        pg_catalog.unnest($type_schemas$), pg_catalog.unnest($type_names$)
    ) WITH ORDINALITY AS w(schema, name, place)
),
rel AS MATERIALIZED (
    SELECT DISTINCT ON (w.place) c.oid, n.nspname, c.relname, c.relkind
    FROM wanted w
    JOIN pg_catalog.pg_class c ON c.relname OPERATOR(pg_catalog.=) w.name
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
    LEFT JOIN path p ON p.name OPERATOR(pg_catalog.=) n.nspname
    WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f}'::pg_catalog."char"[])
      AND CASE WHEN w.schema IS NULL THEN p.place IS NOT NULL ELSE n.nspname OPERATOR(pg_catalog.=) w.schema END
    ORDER BY w.place, p.place
),
-- PostgreSQL 18 lists NOT NULL as constraints, and one that is NOT VALID promises nothing yet.
unproven AS MATERIALIZED (
    SELECT k.conrelid, k.conkey
    FROM rel r
    JOIN pg_catalog.pg_constraint k ON k.conrelid OPERATOR(pg_catalog.=) r.oid
    WHERE k.contype OPERATOR(pg_catalog.=) 'n'::pg_catalog."char" AND NOT k.convalidated
),
att AS MATERIALIZED (
    SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attndims, a.atthasdef, a.attidentity,
           a.attgenerated,
           a.attnotnull AND NOT EXISTS (
               SELECT FROM unproven u
               WHERE u.conrelid OPERATOR(pg_catalog.=) a.attrelid
                 AND a.attnum OPERATOR(pg_catalog.=) ANY (u.conkey)
           ) AS not_null
    FROM rel r
    JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) r.oid
    WHERE a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped
),
-- Every type that is met: those of columns, those asked for by name, and what domains are based on.
met AS MATERIALIZED (
    WITH RECURSIVE named AS (
        SELECT DISTINCT ON (w.place) t.oid
        FROM wanted_type w
        JOIN pg_catalog.pg_type t ON t.typname OPERATOR(pg_catalog.=) w.name
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
        LEFT JOIN path p ON p.name OPERATOR(pg_catalog.=) n.nspname
        WHERE CASE WHEN w.schema IS NULL THEN p.place IS NOT NULL ELSE n.nspname OPERATOR(pg_catalog.=) w.schema END
        ORDER BY w.place, p.place
    ),
    chain AS (
        SELECT named.oid FROM named
        UNION
        SELECT a.atttypid FROM att a
        UNION
        SELECT t.typbasetype
        FROM chain c
        JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) c.oid
        WHERE t.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog."char"
    )
    SELECT chain.oid FROM chain
),
typ AS MATERIALIZED (
    SELECT t.oid, t.typtype, t.typbasetype, t.typtypmod, t.typndims, t.typnotnull,
           e.is_array, e.oid AS element, n.nspname, el.typname, el.typmodout
    FROM met m
    JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) m.oid
    CROSS JOIN LATERAL (
        SELECT x.is_array, CASE WHEN x.is_array THEN t.typelem ELSE t.oid END AS oid
        FROM (
            SELECT t.typtype OPERATOR(pg_catalog.=) 'b'::pg_catalog."char"
               AND t.typelem OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
               AND t.typlen OPERATOR(pg_catalog.=) (-1)::pg_catalog.int2
               AND t.typstorage OPERATOR(pg_catalog.<>) 'p'::pg_catalog."char" AS is_array
        ) x
    ) e
    JOIN pg_catalog.pg_type el ON el.oid OPERATOR(pg_catalog.=) e.oid
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) el.typnamespace
),
col AS (
    SELECT a.attrelid, pg_catalog.json_agg(pg_catalog.json_build_array(
        a.attname, t.nspname, t.typname, a.atttypmod,
        CASE WHEN t.is_array THEN GREATEST(a.attndims, 1) ELSE 0 END,
        $modifier(t, a.atttypmod)$,
        a.not_null, a.atthasdef, a.attidentity, a.attgenerated
    ) ORDER BY a.attnum) AS columns
    FROM att a
    JOIN typ t ON t.oid OPERATOR(pg_catalog.=) a.atttypid
    GROUP BY a.attrelid
)
SELECT pg_catalog.json_build_array(
    1,
    pg_catalog.json_build_array(
        pg_catalog.current_setting('server_version_num'), pg_catalog.current_database(), current_user,
        pg_catalog.host(pg_catalog.inet_server_addr()), pg_catalog.inet_server_port(),
        pg_catalog.pg_is_in_recovery()
    ),
    (SELECT pg_catalog.json_agg(p.name ORDER BY p.place) FROM path p),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(r.nspname, r.relname, r.relkind, c.columns))
        FROM rel r LEFT JOIN col c ON c.attrelid OPERATOR(pg_catalog.=) r.oid
    ),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            t.nspname, t.typname, t.typtype,
            CASE WHEN t.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog."char" THEN pg_catalog.json_build_array(
                b.nspname, b.typname, t.typtypmod, CASE WHEN b.is_array THEN GREATEST(t.typndims, 1) ELSE 0 END,
                $modifier(b, t.typtypmod)$
            ) END,
            t.typnotnull,
            CASE WHEN t.typtype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char" THEN (
                SELECT pg_catalog.json_agg(l.enumlabel ORDER BY l.enumsortorder)
                FROM pg_catalog.pg_enum l
                WHERE l.enumtypid OPERATOR(pg_catalog.=) t.oid
            ) END
        ))
        FROM typ t
        LEFT JOIN typ b ON b.oid OPERATOR(pg_catalog.=) t.typbasetype
        WHERE t.typtype OPERATOR(pg_catalog.=) ANY ('{d,e,c,r,m}'::pg_catalog."char"[])
    ),
    ($ledgers$)
)::pg_catalog.text AS schemacheck
