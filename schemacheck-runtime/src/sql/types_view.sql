-- A sub-select: every type with the name of its element, if it is a true array, else with its own.
-- True arrays as in format_type.c: an element, a variable length, and a storage other than plain (int2vector).
(
    SELECT t.oid, t.typtype, t.typcollation, e.is_array, e.element, n.nspname, el.typname, el.typmodout
    FROM pg_type t
    CROSS JOIN LATERAL (
        SELECT x.is_array, CASE WHEN x.is_array THEN t.typelem ELSE t.oid END AS element
        FROM (SELECT t.typtype = 'b' AND t.typelem <> 0 AND t.typlen = -1 AND t.typstorage <> 'p' AS is_array) x
    ) e
    JOIN pg_type el ON el.oid = e.element
    JOIN pg_namespace n ON n.oid = el.typnamespace
)
