-- A sub-select: the ledgers in any schema, with their rows.
--
-- The tables' names are known only at run time, and one SELECT cannot run a statement that it builds, but for
-- ts_stat(), which takes its documents from a query in a text: each migration travels as one word, `t` or `f`, its place,
-- a space and its name. (query_to_xml() would do, but not on servers that were built without libxml.)
-- A ledger that the role may not read, or that somebody holds or awaits ACCESS EXCLUSIVE on, is left unread.
--
-- Reading locks, and takes time, so both are bounded: all ledgers in schemas that are asked for or searched, as far as
-- there are a hundred, and of the others, such as those of a thousand tenants, the first four of each tool. Of more rows
-- than any tool's ledger has, one more is sent than is taken for a ledger.
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    f.kind, f.nspname, f.relname, f.readable,
    CASE WHEN f.readable THEN (
        SELECT pg_catalog.json_agg(s.word)
        FROM pg_catalog.ts_stat(pg_catalog.format(
            'SELECT pg_catalog.array_to_tsvector(ARRAY[pg_catalog.concat(s.ok, s.rank, '' '', s.migration)]) FROM (SELECT (%2$s)::pg_catalog.bool AS ok, pg_catalog."left"((%1$s)::pg_catalog.text, 500) AS migration, pg_catalog.replace(pg_catalog."left"((%3$s)::pg_catalog.text, 20), '' '', '''') AS rank FROM (SELECT * FROM %4$s LIMIT $rows$) AS own) s WHERE s.ok IS NOT NULL',
            f.migration,
            pg_catalog.replace(f.applied, '$ledger$', pg_catalog.format('%I.%I', f.nspname, f.relname)),
            f.rank,
            pg_catalog.format('%I.%I', f.nspname, f.relname)
        )) s
    ) END
) ORDER BY f.nspname, f.relname)
FROM (
    SELECT l.kind, l.migration, l.applied, l.rank, l.nspname, l.relname,
           pg_catalog.has_schema_privilege(l.namespace, 'USAGE') AND pg_catalog.has_table_privilege(l.oid, 'SELECT')
           AND l.oid OPERATOR(pg_catalog.<>) ALL (ARRAY(
               SELECT o.relation
               FROM pg_catalog.pg_locks o
               WHERE o.mode OPERATOR(pg_catalog.=) 'AccessExclusiveLock' AND o.relation IS NOT NULL
                 AND o.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
                 -- Databases that were copied from one template share their oids.
                 AND o.database OPERATOR(pg_catalog.=) (
                     SELECT d.oid
                     FROM pg_catalog.pg_database d
                     WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
                 )
           )) AS readable
    FROM (
        SELECT k.kind, k.migration, k.applied, k.rank, n.oid AS namespace, n.nspname, c.oid, k.relname, y.near,
               pg_catalog.row_number() OVER (
                   PARTITION BY y.near, CASE WHEN NOT y.near THEN k.kind END ORDER BY n.nspname, k.kind
               ) AS place
        FROM (
            SELECT f.f[1] AS kind, f.f[2]::pg_catalog.name AS relname,
                   pg_catalog.string_to_array(f.f[3], ',')::pg_catalog.name[] AS columns,
                   f.f[4]::pg_catalog.name AS without, f.f[5] AS migration, f.f[6] AS applied, f.f[7] AS rank
            FROM (
                SELECT pg_catalog.string_to_array(s.shape, E'\x1f') AS f
                FROM pg_catalog.unnest(pg_catalog.string_to_array($shapes$, E'\x1e')) AS s(shape)
                OFFSET 0
            ) f
            OFFSET 0
        ) k
        CROSS JOIN LATERAL (
            SELECT c.oid, c.relnamespace
            FROM pg_catalog.pg_class c
            WHERE c.relname OPERATOR(pg_catalog.=) k.relname
              AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p}'::pg_catalog."char"[])
              AND c.relpersistence OPERATOR(pg_catalog.<>) 't'::pg_catalog."char"
              AND NOT c.relrowsecurity
            OFFSET 0
        ) c
        CROSS JOIN LATERAL (
            SELECT pg_catalog.count(*) FILTER (
                       WHERE a.attname OPERATOR(pg_catalog.=) ANY (k.columns)
                         AND a.atttypid OPERATOR(pg_catalog.<) 16384::pg_catalog.oid
                   ) AS known,
                   pg_catalog.count(*) FILTER (WHERE a.attname OPERATOR(pg_catalog.=) k.without) AS unwanted
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND NOT a.attisdropped
        ) a
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        CROSS JOIN LATERAL (
            SELECT n.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(false))
                OR n.nspname OPERATOR(pg_catalog.=) ANY ($near$) AS near
        ) y
        WHERE a.known OPERATOR(pg_catalog.=) pg_catalog.cardinality(k.columns)
          AND a.unwanted OPERATOR(pg_catalog.=) 0
    ) l
    WHERE l.place OPERATOR(pg_catalog.<=) CASE WHEN l.near THEN 100 ELSE 4 END
    OFFSET 0
) f
