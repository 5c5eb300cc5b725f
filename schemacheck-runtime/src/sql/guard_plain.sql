-- The guard's request for models of plain tables: those that only read or update, promise nothing, and had columns of the
-- server's own types alone when they were built. Two thirds of what guard.sql costs is parsing and planning what such
-- tables do not need. Each relation comes with whether it is as plain as it was: no heirs, no row security that applies,
-- no constraint that is NOT VALID, and the privileges on the whole table. Where one is not, or anything is found, guard.sql
-- is asked.
--
-- The forms are those of guard.sql, but for types: columns give their numbers, which for the server's own types are the
-- same everywhere.
WITH
path AS MATERIALIZED (
    SELECT n.oid, s.name, s.place
    FROM pg_catalog.unnest(pg_catalog.current_schemas(true)) WITH ORDINALITY AS s(name, place)
    JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) s.name
),
rel AS MATERIALIZED (
    SELECT DISTINCT ON (w.place) c.oid, n.oid AS namespace, n.name AS nspname, c.relname, c.relkind, c.relhassubclass,
           c.relrowsecurity, w.place
    FROM ROWS FROM (
        pg_catalog.unnest($relation_schemas$), pg_catalog.unnest($relation_names$)
    ) WITH ORDINALITY AS w(schema, name, place)
    CROSS JOIN LATERAL (
        SELECT p.oid, p.name, p.place FROM path p WHERE w.schema IS NULL
        UNION ALL
        SELECT n.oid, n.nspname, 0 FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) w.schema
    ) n
    CROSS JOIN LATERAL (
        SELECT c.oid, c.relname, c.relkind, c.relhassubclass, c.relrowsecurity
        FROM pg_catalog.pg_class c
        WHERE c.relname OPERATOR(pg_catalog.=) w.name AND c.relnamespace OPERATOR(pg_catalog.=) n.oid
          AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f}'::pg_catalog."char"[])
        OFFSET 0
    ) c
    ORDER BY w.place, n.place
)
SELECT pg_catalog.json_build_array(
    'plain 1',
    pg_catalog.json_build_array(
        pg_catalog.current_setting('server_version_num'), pg_catalog.current_database(), current_user,
        pg_catalog.host(pg_catalog.inet_server_addr()), pg_catalog.inet_server_port(),
        pg_catalog.pg_is_in_recovery()
    ),
    (SELECT pg_catalog.json_agg(p.name ORDER BY p.place) FROM path p),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            r.nspname, r.relname, r.relkind, c.names, c.facts,
            r.relkind OPERATOR(pg_catalog.=) 'r'::pg_catalog."char"
            AND NOT r.relhassubclass
            AND pg_catalog.has_schema_privilege(r.namespace, 'USAGE')
            AND CASE WHEN r.place OPERATOR(pg_catalog.=) ANY ($read$)
                THEN pg_catalog.has_table_privilege(r.oid, 'SELECT') ELSE true END
            AND CASE WHEN r.place OPERATOR(pg_catalog.=) ANY ($updated$)
                THEN pg_catalog.has_table_privilege(r.oid, 'UPDATE') ELSE true END
            AND CASE WHEN r.relrowsecurity THEN NOT pg_catalog.row_security_active(r.oid) ELSE true END
            AND CASE WHEN pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 180000
                THEN NOT EXISTS (
                    SELECT FROM pg_catalog.pg_constraint k
                    WHERE k.conrelid OPERATOR(pg_catalog.=) r.oid
                      AND k.contype OPERATOR(pg_catalog.=) 'n'::pg_catalog."char" AND NOT k.convalidated
                ) ELSE true END
        ))
        FROM rel r
        CROSS JOIN LATERAL (
            SELECT pg_catalog.json_agg(a.attname) AS names,
                   pg_catalog.string_agg(pg_catalog.concat_ws(
                       ' ', a.attnum, a.atttypid, a.atttypmod, a.attndims, a.attnotnull, a.atthasdef, a.attidentity,
                       a.attgenerated
                   ), ',') AS facts
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid OPERATOR(pg_catalog.=) r.oid
              AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped
        ) c
    ),
    ($ledgers$),
    ($fingerprint$)
)::pg_catalog.text AS schemacheck
