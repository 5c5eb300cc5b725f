-- The guard's request for models of plain tables: those that only read or update, promise nothing, and had columns of the
-- server's own types alone when they were built. Two thirds of what guard.sql costs is parsing and planning what such
-- tables do not need. Each relation comes with whether it is as plain as it was: no heirs, no row security that applies,
-- no constraint that is NOT VALID, and the privileges on the whole table. Where one is not, or anything is found, guard.sql
-- is asked.
--
-- The forms are those of guard.sql, but for columns: types are numbers, which for the server's own types are the same
-- everywhere, and what is of no account here is left out.
WITH
$found$
SELECT pg_catalog.json_build_array(
    'plain 2',
    $server$,
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            r.nspname, r.relname, r.relkind, c.facts,
            r.relkind OPERATOR(pg_catalog.=) 'r'::pg_catalog."char"
            AND NOT r.relhassubclass
            AND pg_catalog.has_schema_privilege(r.relnamespace, 'USAGE')
            AND CASE WHEN r.place OPERATOR(pg_catalog.=) ANY ($read$)
                THEN pg_catalog.has_table_privilege(r.oid, 'SELECT') ELSE true END
            AND CASE WHEN r.place OPERATOR(pg_catalog.=) ANY ($updated$)
                THEN pg_catalog.has_table_privilege(r.oid, 'UPDATE') ELSE true END
            AND CASE WHEN r.relrowsecurity THEN NOT pg_catalog.row_security_active(r.oid) ELSE true END
            AND CASE WHEN pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 180000
                THEN NOT EXISTS (
                    SELECT FROM pg_catalog.pg_constraint k
                    WHERE k.conrelid OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT rel.oid FROM rel))
                      AND k.contype OPERATOR(pg_catalog.=) 'n'::pg_catalog."char" AND NOT k.convalidated
                ) ELSE true END
        ))
        FROM rel r
        CROSS JOIN LATERAL (
            SELECT pg_catalog.json_agg(pg_catalog.concat_ws(
                       ' ', a.atttypid, a.atttypmod, a.attnotnull, a.attidentity, a.attgenerated, a.attname
                   )) AS facts
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid OPERATOR(pg_catalog.=) r.oid
              AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped
        ) c
    ),
    ($ledgers$),
    ($fingerprint$)
)::pg_catalog.text AS schemacheck
