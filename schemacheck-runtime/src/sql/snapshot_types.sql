-- The snapshot's request for types: those of the covered schemas, and from elsewhere those that covered columns use
-- ($used$). Of a domain's constraints and default come the numbers: snapshot_texts.sql has read their texts.
WITH RECURSIVE
chain(oid) AS (
    (
        SELECT t.oid
        FROM pg_catalog.pg_type t
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
        LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) t.typrelid
        WHERE $scope$ AND t.typtype OPERATOR(pg_catalog.=) ANY ('{e,d,c,r}'::pg_catalog."char"[])
          AND (c.relkind IS NULL OR c.relkind OPERATOR(pg_catalog.=) 'c'::pg_catalog."char")
          AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_depend d
              WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
                AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_type'::pg_catalog.regclass
                AND d.objid OPERATOR(pg_catalog.=) t.oid AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char"
          )
        UNION
        SELECT w.oid FROM pg_catalog.unnest($used$) AS w(oid)
    )
    UNION
    SELECT used.oid
    FROM chain
    JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) chain.oid
    CROSS JOIN LATERAL (
        SELECT t.typbasetype WHERE t.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog."char"
        UNION ALL
        SELECT t.typelem WHERE t.typelem OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
        UNION ALL
        SELECT a.atttypid
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_attribute a
          ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
        WHERE c.oid OPERATOR(pg_catalog.=) t.typrelid AND c.relkind OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"
        UNION ALL
        SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid OPERATOR(pg_catalog.=) t.oid
    ) AS used(oid)
)
SELECT pg_catalog.json_build_array(
    n.nspname, t.typname, t.typtype,
    CASE WHEN t.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog."char" THEN pg_catalog.json_build_array(
        b.nspname, b.typname, t.typtypmod, CASE WHEN b.is_array THEN greatest(t.typndims, 1) ELSE 0 END,
        $modifier(b, t.typtypmod)$
    ) END,
    t.typnotnull,
    CASE WHEN t.typdefaultbin IS NOT NULL THEN t.oid END,
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(k.conname, k.oid) ORDER BY k.conname)
        FROM pg_catalog.pg_constraint k
        WHERE k.contypid OPERATOR(pg_catalog.=) t.oid AND k.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"
    ),
    (
        SELECT pg_catalog.json_agg(l.enumlabel ORDER BY l.enumsortorder)
        FROM pg_catalog.pg_enum l
        WHERE l.enumtypid OPERATOR(pg_catalog.=) t.oid
    ),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            a.attname, v.nspname, v.typname, a.atttypmod, CASE WHEN v.is_array THEN greatest(a.attndims, 1) ELSE 0 END,
            $modifier(v, a.atttypmod)$
        ) ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a
        JOIN $types$ v ON v.oid OPERATOR(pg_catalog.=) a.atttypid
        WHERE t.typtype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char" AND a.attrelid OPERATOR(pg_catalog.=) t.typrelid
          AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
    ),
    (
        SELECT pg_catalog.json_build_array(v.nspname, v.typname, -1, CASE WHEN v.is_array THEN 1 ELSE 0 END, NULL)
        FROM pg_catalog.pg_range r
        JOIN $types$ v ON v.oid OPERATOR(pg_catalog.=) r.rngsubtype
        WHERE r.rngtypid OPERATOR(pg_catalog.=) t.oid
    )
)::pg_catalog.text AS schemacheck
FROM (SELECT DISTINCT chain.oid FROM chain) met
JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) met.oid
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) t.typrelid
LEFT JOIN $types$ b ON b.oid OPERATOR(pg_catalog.=) t.typbasetype
WHERE t.typtype OPERATOR(pg_catalog.=) ANY ('{e,d,c,r}'::pg_catalog."char"[])
  AND (c.relkind IS NULL OR c.relkind OPERATOR(pg_catalog.=) 'c'::pg_catalog."char")
  AND n.nspname OPERATOR(pg_catalog.<>) 'pg_catalog'
ORDER BY n.nspname, t.typname
