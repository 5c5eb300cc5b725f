-- A part of fingerprint.sql for models that insert: the sequences that defaults draw from, whose rights are in their rows.
UNION ALL
SELECT 40, s.xmin, s.ctid
FROM rel r
CROSS JOIN LATERAL (
    SELECT s.xmin, s.ctid
    FROM pg_catalog.pg_attrdef d
    JOIN pg_catalog.pg_depend e
      ON e.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_attrdef'::pg_catalog.regclass
     AND e.objid OPERATOR(pg_catalog.=) d.oid
     AND e.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
    JOIN pg_catalog.pg_class s ON s.oid OPERATOR(pg_catalog.=) e.refobjid
    WHERE d.adrelid OPERATOR(pg_catalog.=) r.oid
    OFFSET 0
) s
WHERE r.relname OPERATOR(pg_catalog.=) ANY ($inserted_names$)
