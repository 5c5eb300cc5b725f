-- The guard's request: one SELECT that yields one JSON text, in the column "schemacheck".
--
-- It depends on no setting: every name and operator is qualified, so that nothing in the caller's search_path can
-- stand in for it. Nothing is deparsed, since that waits behind ACCESS EXCLUSIVE; nothing is read but catalogs, and the
-- ledgers that the role may read, so no grant is needed. The wanted names are arrays, whose length the planner knows, so
-- that pg_class_relname_nsp_index is used also when the catalogs were never analyzed. The answer is made of arrays: field
-- names would cost more than the facts.
--
-- True arrays as in format_type.c: an element, a variable length, and a storage other than plain (int2vector).
WITH
$found$,
-- Each relation with what inherits from it, whose rows are read along. OFFSET 0 keeps these lookups by index, so that
-- their cost follows the relations that are asked for. A boolean that is compared as a number is taken for rare: the
-- planner expects few heirs, and does not compile the query for a multitude that it only fears (jit_above_cost).
kin AS MATERIALIZED (
    WITH RECURSIVE heir AS (
        SELECT rel.oid AS root, rel.oid, rel.relhassubclass, false AS may_differ
        FROM rel
        WHERE rel.relhassubclass::pg_catalog.int4 OPERATOR(pg_catalog.=) 1
        UNION
        SELECT t.root, h.inhrelid, h.relhassubclass, h.may_differ
        FROM heir t
        CROSS JOIN LATERAL (
            SELECT i.inhrelid, c.relhassubclass, NOT c.relispartition AS may_differ
            FROM pg_catalog.pg_inherits i
            JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.inhrelid
            WHERE i.inhparent OPERATOR(pg_catalog.=) t.oid
              AND (i.inhseqno OPERATOR(pg_catalog.>) 0)::pg_catalog.int4 OPERATOR(pg_catalog.=) 1
            OFFSET 0
        ) h
        WHERE t.relhassubclass
    )
    SELECT rel.oid AS root, rel.oid, false AS may_differ FROM rel
    UNION ALL
    SELECT heir.root, heir.oid, heir.may_differ FROM heir
),
-- Columns that can be NULL though attnotnull says otherwise. PostgreSQL 18 lists NOT NULL as constraints, and one that
-- is NOT VALID promises nothing yet; an heir's stays so when its parent, even a partitioned one, gets a valid one. An
-- heir that is no partition can do without: the parent's may be NO INHERIT, or the heir's was dropped (until 17).
nullable AS MATERIALIZED (
    SELECT k.root, a.attname
    FROM kin k
    CROSS JOIN LATERAL (
        SELECT a.attname
        FROM pg_catalog.pg_constraint n
        JOIN pg_catalog.pg_attribute a
          ON a.attrelid OPERATOR(pg_catalog.=) n.conrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (n.conkey)
        WHERE n.conrelid OPERATOR(pg_catalog.=) k.oid
          AND n.contype OPERATOR(pg_catalog.=) 'n'::pg_catalog."char" AND NOT n.convalidated
        OFFSET 0
    ) a
    -- One look, and none at the constraints of each relation, where the server is older.
    WHERE pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 180000
    UNION ALL
    SELECT k.root, a.attname
    FROM kin k
    CROSS JOIN LATERAL (
        SELECT a.attname
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid OPERATOR(pg_catalog.=) k.oid AND NOT a.attnotnull
        OFFSET 0
    ) a
    WHERE k.may_differ::pg_catalog.int4 OPERATOR(pg_catalog.=) 1
),
att AS MATERIALIZED (
    SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attndims, a.atthasdef, a.attidentity,
           a.attgenerated,
           a.attnotnull AND NOT EXISTS (
               SELECT FROM nullable u
               WHERE u.root OPERATOR(pg_catalog.=) a.attrelid AND u.attname OPERATOR(pg_catalog.=) a.attname
           ) AS not_null
    -- One may be wanted twice, with its schema and without.
    FROM (SELECT DISTINCT rel.oid FROM rel) r
    JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) r.oid
    WHERE a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped
),
-- The types that are asked for by name, and the attributes of those that are composite types.
named AS MATERIALIZED (
    SELECT DISTINCT ON (w.place) t.oid, t.typrelid
    FROM ROWS FROM (
        pg_catalog.unnest($type_schemas$), pg_catalog.unnest($type_names$)
    ) WITH ORDINALITY AS w(schema, name, place)
    CROSS JOIN LATERAL (
        SELECT p.oid, p.place FROM path p WHERE w.schema OPERATOR(pg_catalog.=) ''
        UNION ALL
        SELECT n.oid, 0 FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) w.schema
    ) n
    CROSS JOIN LATERAL (
        SELECT t.oid, t.typrelid
        FROM pg_catalog.pg_type t
        WHERE t.typname OPERATOR(pg_catalog.=) w.name AND t.typnamespace OPERATOR(pg_catalog.=) n.oid
        OFFSET 0
    ) t
    ORDER BY w.place, n.place
),
attribute AS MATERIALIZED (
    SELECT n.oid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attndims
    FROM (SELECT DISTINCT named.oid, named.typrelid FROM named) n
    CROSS JOIN LATERAL (
        SELECT a.attnum, a.attname, a.atttypid, a.atttypmod, a.attndims
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid OPERATOR(pg_catalog.=) n.typrelid
          AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped
        OFFSET 0
    ) a
    WHERE (n.typrelid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid)::pg_catalog.int4 OPERATOR(pg_catalog.=) 1
),
-- By index again, since pg_type has two rows a table and a scan of it would grow with the database; and few again: the
-- planner cannot know that a thousand columns have a handful of types.
-- Every type that is met: those of columns and attributes, those asked for by name, and what domains are based on.
met AS MATERIALIZED (
    WITH RECURSIVE chain AS (
        SELECT named.oid FROM named
        UNION
        SELECT attribute.atttypid FROM attribute
        UNION
        SELECT a.atttypid
        FROM att a
        WHERE (a.atttypid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid)::pg_catalog.int4 OPERATOR(pg_catalog.=) 1
        UNION
        SELECT t.typbasetype
        FROM chain c
        CROSS JOIN LATERAL (
            SELECT t.typbasetype
            FROM pg_catalog.pg_type t
            WHERE t.oid OPERATOR(pg_catalog.=) c.oid
              AND t.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog."char"
            OFFSET 0
        ) t
    )
    SELECT chain.oid FROM chain
),
typ AS MATERIALIZED (
    SELECT t.oid, t.typtype, t.typbasetype, t.typtypmod, t.typndims, t.typnotnull, t.typdefault,
           e.is_array, e.oid AS element, n.nspname, el.typname, el.typmodout
    FROM met m
    CROSS JOIN LATERAL (
        SELECT t.oid, t.typtype, t.typbasetype, t.typtypmod, t.typndims, t.typnotnull, t.typdefault, t.typelem, t.typlen,
               t.typstorage
        FROM pg_catalog.pg_type t
        WHERE t.oid OPERATOR(pg_catalog.=) m.oid
        OFFSET 0
    ) t
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
-- The relations whose constraints and indexes models rely on: none costs nothing. A name without schema can mean more
-- of them than are asked for, which does no harm.
relied AS MATERIALIZED (
    SELECT DISTINCT r.oid, r.nspname, r.relname
    FROM ROWS FROM (
        pg_catalog.unnest($relied_schemas$), pg_catalog.unnest($relied_names$)
    ) AS w(schema, name)
    JOIN rel r ON r.relname OPERATOR(pg_catalog.=) w.name
    WHERE w.schema OPERATOR(pg_catalog.=) '' OR r.nspname OPERATOR(pg_catalog.=) w.schema
),
-- What the models do with each relation: the kinds of privilege, each with its letter in pg_policy.
need AS MATERIALIZED (
    SELECT r.oid, r.nspname, r.relname, r.relrowsecurity, v.word, v.letter
    FROM rel r
    JOIN (
        VALUES ('SELECT', 'r'::pg_catalog."char", $read$), ('INSERT', 'a'::pg_catalog."char", $inserted$),
               ('UPDATE', 'w'::pg_catalog."char", $updated$)
    ) AS v(word, letter, places) ON r.place OPERATOR(pg_catalog.=) ANY (v.places)
),
-- The columns of a relation, each as one text of its facts and its name. A JSON array a column would take longer than all
-- the rest. A column names its type by number: the types themselves come once.
col AS (
    SELECT a.attrelid, pg_catalog.json_agg(pg_catalog.concat_ws(
               ' ', a.attnum, a.atttypid, a.atttypmod, a.attndims, a.not_null, a.atthasdef, a.attidentity,
               a.attgenerated, a.attname
           )) AS facts
    FROM att a
    GROUP BY a.attrelid
)
SELECT pg_catalog.json_build_array(
    8,
    $server$,
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            r.nspname, r.relname, r.relkind, c.facts, r.relispopulated
        ))
        FROM rel r LEFT JOIN col c ON c.attrelid OPERATOR(pg_catalog.=) r.oid
    ),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            t.oid::pg_catalog.int8, t.nspname, t.typname, t.is_array
        ))
        FROM typ t
    ),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(d.atttypid::pg_catalog.int8, d.atttypmod, d.modifier))
        FROM (
            SELECT DISTINCT a.atttypid, a.atttypmod, $modifier(t, a.atttypmod)$ AS modifier
            FROM (
                SELECT att.atttypid, att.atttypmod FROM att
                UNION ALL
                SELECT attribute.atttypid, attribute.atttypmod FROM attribute
            ) a
            JOIN typ t ON t.oid OPERATOR(pg_catalog.=) a.atttypid
            WHERE a.atttypmod OPERATOR(pg_catalog.>=) 0
              AND t.nspname OPERATOR(pg_catalog.<>) 'pg_catalog'
        ) d
        WHERE d.modifier IS NOT NULL
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
            ) END,
            t.typdefault,
            CASE WHEN t.typtype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char" THEN (
                SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
                    a.attname, a.atttypid::pg_catalog.int8, a.atttypmod, a.attndims
                ) ORDER BY a.attnum)
                FROM attribute a
                WHERE a.oid OPERATOR(pg_catalog.=) t.oid
            ) END
        ))
        FROM typ t
        LEFT JOIN typ b ON b.oid OPERATOR(pg_catalog.=) t.typbasetype
        WHERE t.typtype OPERATOR(pg_catalog.=) ANY ('{d,e,c,r,m}'::pg_catalog."char"[])
    ),
    ($ledgers$),
    ($promises$),
    ($labels$),
-- What the role may not do, and nothing of what it may: schemas, relations by privilege with the columns on which it has
-- that, and row security that lets nothing through. A privilege on a table that went meanwhile is NULL. An UPDATE names its
-- row by the primary key and sets other columns: where any may be updated, the key need not.
    pg_catalog.json_build_array(
        (
            SELECT pg_catalog.json_agg(pg_catalog.json_build_array(r.nspname, r.relname))
            FROM rel r
            WHERE NOT pg_catalog.has_schema_privilege(r.relnamespace, 'USAGE')
        ),
        (
            SELECT pg_catalog.json_agg(pg_catalog.json_build_array(p.nspname, p.relname, p.word, p.has IS NULL, (
                SELECT pg_catalog.json_agg(a.attname)
                FROM att a
                WHERE a.attrelid OPERATOR(pg_catalog.=) p.oid
                  AND (pg_catalog.has_column_privilege(a.attrelid, a.attnum, p.word)
                       OR p.word OPERATOR(pg_catalog.=) 'UPDATE'
                          AND pg_catalog.has_any_column_privilege(a.attrelid, p.word)
                          AND EXISTS (
                              SELECT FROM pg_catalog.pg_constraint k
                              WHERE k.conrelid OPERATOR(pg_catalog.=) a.attrelid
                                AND k.contype OPERATOR(pg_catalog.=) 'p'::pg_catalog."char"
                                AND a.attnum OPERATOR(pg_catalog.=) ANY (k.conkey)
                          ))
            )))
            FROM (
                SELECT n.oid, n.nspname, n.relname, n.word, pg_catalog.has_table_privilege(n.oid, n.word) AS has
                FROM need n
            ) p
            WHERE p.has IS NOT TRUE
        ),
        (
            SELECT pg_catalog.json_agg(pg_catalog.json_build_array(n.nspname, n.relname, n.word, n.refused))
            FROM (
                -- Where row security is switched off for the session, a query to which it applies is an error.
                SELECT need.*, pg_catalog.current_setting('row_security') OPERATOR(pg_catalog.=) 'off' AS refused
                FROM need
            ) n
            WHERE CASE WHEN n.relrowsecurity THEN
                pg_catalog.row_security_active(n.oid) AND (n.refused OR NOT EXISTS (
                    SELECT FROM pg_catalog.pg_policy p
                    WHERE p.polrelid OPERATOR(pg_catalog.=) n.oid AND p.polpermissive
                      AND (p.polcmd OPERATOR(pg_catalog.=) n.letter
                           OR p.polcmd OPERATOR(pg_catalog.=) '*'::pg_catalog."char")
                      AND EXISTS (
                          SELECT FROM pg_catalog.unnest(p.polroles) AS m(role)
                          WHERE CASE WHEN m.role OPERATOR(pg_catalog.=) 0::pg_catalog.oid THEN true
                                ELSE pg_catalog.pg_has_role(m.role, 'USAGE') END
                      )
                ))
            END
        ),
        ($sequences$),
        ($views$)
    ),
    ($fingerprint$)
)::pg_catalog.text AS schemacheck
