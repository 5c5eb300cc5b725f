-- A part of fingerprint.sql for models that rely on constraints and indexes: indexes, by row and by name, and what foreign
-- keys point to, by name and schema.
UNION ALL
SELECT 30, i.xmin, i.ctid
FROM rel r
CROSS JOIN LATERAL (
    SELECT i.xmin, i.ctid
    FROM pg_catalog.pg_index i
    WHERE i.indrelid OPERATOR(pg_catalog.=) r.oid
    UNION ALL
    SELECT c.xmin, c.ctid
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
    WHERE i.indrelid OPERATOR(pg_catalog.=) r.oid
    UNION ALL
    SELECT c.xmin, c.ctid
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) k.confrelid
    WHERE k.conrelid OPERATOR(pg_catalog.=) r.oid
    UNION ALL
    SELECT n.xmin, n.ctid
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) k.confrelid
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
    WHERE k.conrelid OPERATOR(pg_catalog.=) r.oid
    UNION ALL
    SELECT a.xmin, a.ctid
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_attribute a
      ON a.attrelid OPERATOR(pg_catalog.=) k.confrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (k.confkey)
    WHERE k.conrelid OPERATOR(pg_catalog.=) r.oid
    OFFSET 0
) i
WHERE r.relname OPERATOR(pg_catalog.=) ANY ($relied_names$)
