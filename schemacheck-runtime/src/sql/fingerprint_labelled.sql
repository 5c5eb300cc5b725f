-- A part of fingerprint.sql for models whose labels are judged: the checks of domains.
UNION ALL
SELECT 20, k.xmin, k.ctid
FROM typ t
CROSS JOIN LATERAL (
    SELECT k.xmin, k.ctid
    FROM pg_catalog.pg_constraint k
    WHERE k.contypid OPERATOR(pg_catalog.=) t.oid
    OFFSET 0
) k
