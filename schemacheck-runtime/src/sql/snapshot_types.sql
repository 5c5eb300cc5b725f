-- The snapshot's request for types: those of the covered schemas, and from elsewhere those that covered columns use
-- ($used$).
WITH RECURSIVE
chain(oid) AS (
    (
        SELECT t.oid
        FROM pg_type t
        JOIN pg_namespace n ON n.oid = t.typnamespace
        LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE $scope$ AND t.typtype IN ('e', 'd', 'c', 'r') AND coalesce(c.relkind = 'c', true)
          AND NOT EXISTS (
              SELECT FROM pg_depend d
              WHERE d.refclassid = 'pg_extension'::regclass
                AND d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
          )
        UNION
        SELECT w.oid FROM unnest($used$) AS w(oid)
    )
    UNION
    SELECT used.oid
    FROM chain
    JOIN pg_type t ON t.oid = chain.oid
    CROSS JOIN LATERAL (
        SELECT t.typbasetype WHERE t.typtype = 'd'
        UNION ALL
        SELECT t.typelem WHERE t.typelem <> 0
        UNION ALL
        SELECT a.atttypid
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.oid = t.typrelid AND c.relkind = 'c'
        UNION ALL
        SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = t.oid
    ) AS used(oid)
)
SELECT json_build_array(
    n.nspname, t.typname, t.typtype,
    CASE WHEN t.typtype = 'd' THEN json_build_array(
        b.nspname, b.typname, t.typtypmod, CASE WHEN b.is_array THEN greatest(t.typndims, 1) ELSE 0 END,
        $modifier(b, t.typtypmod)$
    ) END,
    t.typnotnull,
    t.typdefault,
    (
        SELECT json_agg(json_build_array(k.conname, pg_get_constraintdef(k.oid, false)) ORDER BY k.conname)
        FROM pg_constraint k
        WHERE k.contypid = t.oid AND k.contype = 'c'
    ),
    (SELECT json_agg(l.enumlabel ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = t.oid),
    (
        SELECT json_agg(json_build_array(
            a.attname, v.nspname, v.typname, a.atttypmod, CASE WHEN v.is_array THEN greatest(a.attndims, 1) ELSE 0 END,
            $modifier(v, a.atttypmod)$
        ) ORDER BY a.attnum)
        FROM pg_attribute a
        JOIN $types$ v ON v.oid = a.atttypid
        WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ),
    (
        SELECT json_build_array(v.nspname, v.typname, -1, CASE WHEN v.is_array THEN 1 ELSE 0 END, NULL)
        FROM pg_range r
        JOIN $types$ v ON v.oid = r.rngsubtype
        WHERE r.rngtypid = t.oid
    )
)::text AS schemacheck
FROM (SELECT DISTINCT oid FROM chain) met
JOIN pg_type t ON t.oid = met.oid
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_class c ON c.oid = t.typrelid
LEFT JOIN $types$ b ON b.oid = t.typbasetype
WHERE t.typtype IN ('e', 'd', 'c', 'r') AND coalesce(c.relkind = 'c', true) AND n.nspname <> 'pg_catalog'
ORDER BY n.nspname, t.typname
