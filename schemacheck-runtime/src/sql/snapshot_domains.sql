-- A sub-select: every domain that a snapshot can need.
(
    SELECT t.oid, t.typdefaultbin
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
    WHERE t.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog."char" AND n.nspname OPERATOR(pg_catalog.<>) 'pg_catalog'
)
