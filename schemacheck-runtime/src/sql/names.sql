-- After a refusal: the names of relations and enums, for suggestions. Bounded, since a database can have millions.
SELECT pg_catalog.json_build_array(
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(x.nspname, x.relname))
        FROM (
            SELECT n.nspname, c.relname
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f}'::pg_catalog."char"[])
              AND NOT n.nspname OPERATOR(pg_catalog.~) '^pg_'
              AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'
            LIMIT 10000
        ) x
    ),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(x.nspname, x.typname))
        FROM (
            SELECT n.nspname, t.typname
            FROM pg_catalog.pg_type t
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
            WHERE t.typtype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char"
            LIMIT 10000
        ) x
    )
)::pg_catalog.text AS schemacheck
