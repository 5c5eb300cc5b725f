-- After a refusal: the names of relations and types, for suggestions; the search path as it was set, and the schemas that
-- the role may not use. Bounded, since a database can have millions; those that are asked for come first.
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
            ORDER BY c.relname OPERATOR(pg_catalog.=) ANY ($relation_names$) DESC, n.nspname, c.relname
            LIMIT 10000
        ) x
    ),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(x.nspname, x.typname))
        FROM (
            SELECT n.nspname, t.typname
            FROM pg_catalog.pg_type t
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
            LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) t.typrelid
            WHERE t.typtype OPERATOR(pg_catalog.=) ANY ('{e,d,c}'::pg_catalog."char"[])
              -- Every table has a composite type of its own.
              AND (c.relkind IS NULL OR c.relkind OPERATOR(pg_catalog.=) 'c'::pg_catalog."char")
              AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'
            ORDER BY t.typname OPERATOR(pg_catalog.=) ANY ($type_names$) DESC, n.nspname, t.typname
            LIMIT 10000
        ) x
    ),
    pg_catalog.current_setting('search_path'),
    (
        SELECT pg_catalog.json_agg(x.nspname)
        FROM (
            SELECT n.nspname
            FROM pg_catalog.pg_namespace n
            WHERE NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
              AND NOT n.nspname OPERATOR(pg_catalog.~) '^pg_'
            ORDER BY n.nspname
            LIMIT 10000
        ) x
    )
)::pg_catalog.text AS schemacheck
