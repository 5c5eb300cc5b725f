-- A sub-select: every type with the name of its element, if it is a true array, else with its own.
-- True arrays as in format_type.c: an element, a variable length, and a storage other than plain (int2vector).
(
    SELECT t.oid, t.typtype, t.typcollation, e.is_array, e.element, n.nspname, el.typname, el.typmodout
    FROM pg_catalog.pg_type t
    CROSS JOIN LATERAL (
        SELECT x.is_array, CASE WHEN x.is_array THEN t.typelem ELSE t.oid END AS element
        FROM (
            SELECT t.typtype OPERATOR(pg_catalog.=) 'b'::pg_catalog."char"
               AND t.typelem OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
               AND t.typlen OPERATOR(pg_catalog.=) (-1)::pg_catalog.int2
               AND t.typstorage OPERATOR(pg_catalog.<>) 'p'::pg_catalog."char" AS is_array
        ) x
    ) e
    JOIN pg_catalog.pg_type el ON el.oid OPERATOR(pg_catalog.=) e.element
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) el.typnamespace
)
