-- A sub-select: the ledgers in any schema, with their rows.
--
-- The tables' names are known only at run time, and one SELECT cannot run a statement that it builds, but for
-- ts_stat(), which takes its documents from a query in a text: each migration travels as one word, `t` or `f`, its place,
-- a space and its name. (query_to_xml() would do, but not on servers that were built without libxml.)
-- A ledger that the role may not read, or that somebody holds or awaits ACCESS EXCLUSIVE on, is left unread.
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    f.kind, f.nspname, f.relname, f.readable,
    CASE WHEN f.readable THEN (
        SELECT pg_catalog.json_agg(s.word)
        FROM pg_catalog.ts_stat(pg_catalog.format(
            'SELECT pg_catalog.array_to_tsvector(ARRAY[pg_catalog.concat(s.ok, s.rank, '' '', s.migration)]) FROM (SELECT (%2$s)::pg_catalog.bool AS ok, pg_catalog."left"((%1$s)::pg_catalog.text, 500) AS migration, pg_catalog.replace(pg_catalog."left"((%3$s)::pg_catalog.text, 20), '' '', '''') AS rank FROM %4$s AS own) s WHERE s.ok IS NOT NULL',
            f.migration,
            pg_catalog.replace(f.applied, '$ledger$', pg_catalog.format('%I.%I', f.nspname, f.relname)),
            f.rank,
            pg_catalog.format('%I.%I', f.nspname, f.relname)
        )) s
    ) END
) ORDER BY f.nspname, f.relname)
FROM (
    SELECT k.kind, k.migration, k.applied, k.rank, n.nspname, c.relname,
           pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
           AND NOT EXISTS (
               SELECT FROM pg_catalog.pg_locks l
               -- Databases that were copied from one template share their oids.
               JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) l.database
               WHERE l.relation OPERATOR(pg_catalog.=) c.oid
                 AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
                 AND l.mode OPERATOR(pg_catalog.=) 'AccessExclusiveLock'
                 AND l.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
           ) AS readable
    FROM (VALUES $shapes$) AS k(kind, relname, columns, without, migration, applied, rank)
    JOIN pg_catalog.pg_class c ON c.relname OPERATOR(pg_catalog.=) k.relname
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
    WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p}'::pg_catalog."char"[])
      AND c.relpersistence OPERATOR(pg_catalog.<>) 't'::pg_catalog."char"
      -- Reading must run nobody's function but the server's: no policy, and below no type whose cast somebody wrote.
      AND NOT c.relrowsecurity
      AND (
          SELECT pg_catalog.count(*)
          FROM pg_catalog.pg_attribute a
          WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND NOT a.attisdropped
            AND a.attname OPERATOR(pg_catalog.=) ANY (k.columns)
            AND a.atttypid OPERATOR(pg_catalog.<) 16384::pg_catalog.oid
      ) OPERATOR(pg_catalog.=) pg_catalog.cardinality(k.columns)
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_attribute a
          WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND NOT a.attisdropped
            AND a.attname OPERATOR(pg_catalog.=) k.without
      )
) f
