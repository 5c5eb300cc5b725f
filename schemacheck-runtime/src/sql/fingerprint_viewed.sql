-- A part of fingerprint.sql for models of views: the rules of views, and what they read.
UNION ALL
SELECT 50, v.xmin, v.ctid
FROM rel r
CROSS JOIN LATERAL (
    SELECT w.xmin, w.ctid
    FROM pg_catalog.pg_rewrite w
    WHERE w.ev_class OPERATOR(pg_catalog.=) r.oid
    UNION ALL
    SELECT c.xmin, c.ctid
    FROM pg_catalog.pg_rewrite w
    JOIN pg_catalog.pg_depend d
      ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_rewrite'::pg_catalog.regclass
     AND d.objid OPERATOR(pg_catalog.=) w.oid
     AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
    JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) d.refobjid
    WHERE w.ev_class OPERATOR(pg_catalog.=) r.oid
    UNION ALL
    -- Rights on columns are in the columns' rows.
    SELECT a.xmin, a.ctid
    FROM pg_catalog.pg_rewrite w
    JOIN pg_catalog.pg_depend d
      ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_rewrite'::pg_catalog.regclass
     AND d.objid OPERATOR(pg_catalog.=) w.oid
     AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
    JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) d.refobjid
    WHERE w.ev_class OPERATOR(pg_catalog.=) r.oid
    OFFSET 0
) v
WHERE r.relname OPERATOR(pg_catalog.=) ANY ($viewed_names$)
