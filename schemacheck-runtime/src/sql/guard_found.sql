-- The begin of guard.sql and guard_plain.sql: the search path, and the relations that are asked for by name.
path AS MATERIALIZED (
    SELECT n.oid, n.xmin, n.ctid, n.nspowner, s.name, s.place
    FROM pg_catalog.unnest(pg_catalog.current_schemas(true)) WITH ORDINALITY AS s(name, place)
    JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) s.name
),
-- A name is looked up in the schemas where it may be, each by index: a thousand tenants have a thousand tables of it. An
-- index or a type of that name hides a table of a later schema from queries, so it does here.
rel AS MATERIALIZED (
    SELECT r.*
    FROM (
        SELECT DISTINCT ON (w.place) c.oid, n.oid AS relnamespace, n.name AS nspname, c.relname, c.relkind, c.relhassubclass,
               c.relrowsecurity, c.relispopulated, c.relowner, c.xmin, c.ctid, n.nspowner, n.xmin AS nspxmin,
               n.ctid AS nspctid, w.place
        FROM ROWS FROM (
            pg_catalog.unnest($relation_schemas$), pg_catalog.unnest($relation_names$)
        ) WITH ORDINALITY AS w(schema, name, place)
        CROSS JOIN LATERAL (
            SELECT p.oid, p.xmin, p.ctid, p.nspowner, p.name, p.place FROM path p WHERE w.schema OPERATOR(pg_catalog.=) ''
            UNION ALL
            SELECT n.oid, n.xmin, n.ctid, n.nspowner, n.nspname, 0
            FROM pg_catalog.pg_namespace n
            WHERE n.nspname OPERATOR(pg_catalog.=) w.schema
        ) n
        CROSS JOIN LATERAL (
            SELECT c.oid, c.xmin, c.ctid, c.relname, c.relkind, c.relhassubclass, c.relrowsecurity, c.relispopulated,
                   c.relowner
            FROM pg_catalog.pg_class c
            WHERE c.relname OPERATOR(pg_catalog.=) w.name AND c.relnamespace OPERATOR(pg_catalog.=) n.oid
            OFFSET 0
        ) c
        ORDER BY w.place, n.place
    ) r
    WHERE r.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f}'::pg_catalog."char"[])
)
