-- What the snapshot has the server deparse: the texts of expressions, read through a cursor, before the facts.
--
-- First comes what this statement sees, and all schemas: the server deparses with the names of the moment in which a row
-- is fetched, so it has to be told what was written between this snapshot and that of the facts (snapshot_written.sql).
--
-- A default names no column (CREATE TABLE forbids it), so pg_get_expr() needs no relation for it: that takes a third of
-- the time, and waits for no lock. OFFSET 0 keeps the lookups by index, whatever the planner knows of the catalogs.
WITH covered AS MATERIALIZED ($relations$)
SELECT 'snapshot' AS what, 0::pg_catalog.oid AS oid, 0 AS place,
       pg_catalog.txid_current_snapshot()::pg_catalog.text AS words, 0::pg_catalog.oid AS class
UNION ALL
SELECT 'schema', n.oid, 0, n.nspname::pg_catalog.text, 0::pg_catalog.oid
FROM pg_catalog.pg_namespace n
UNION ALL
-- A standby does not know which transactions run that it replays. There it needs what is written already of what may be
-- written since, while any runs.
SELECT 'row', w.oid, w.part, w.xmin::pg_catalog.text, w.class
FROM $written$ w
WHERE pg_catalog.pg_is_in_recovery()
  AND pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot())
      OPERATOR(pg_catalog.<>) pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())
UNION ALL
SELECT 'default', a.attrelid, a.attnum,
       pg_catalog.pg_get_expr(d.adbin, CASE WHEN a.attgenerated OPERATOR(pg_catalog.=) ''::pg_catalog."char" THEN 0::pg_catalog.oid ELSE d.adrelid END),
       0::pg_catalog.oid
FROM covered r
CROSS JOIN LATERAL (
    SELECT a.attrelid, a.attnum, a.attgenerated
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid OPERATOR(pg_catalog.=) r.oid AND a.attnum OPERATOR(pg_catalog.>) 0
      AND NOT a.attisdropped AND a.atthasdef
    OFFSET 0
) a
JOIN pg_catalog.pg_attrdef d
  ON d.adrelid OPERATOR(pg_catalog.=) a.attrelid AND d.adnum OPERATOR(pg_catalog.=) a.attnum
UNION ALL
SELECT 'constraint', k.oid, 0, pg_catalog.pg_get_constraintdef(k.oid, false), 0::pg_catalog.oid
FROM covered r
JOIN pg_catalog.pg_constraint k
  ON k.conrelid OPERATOR(pg_catalog.=) r.oid AND k.contype OPERATOR(pg_catalog.=) ANY ('{c,x}'::pg_catalog."char"[])
UNION ALL
SELECT 'predicate', i.indexrelid, 0, pg_catalog.pg_get_expr(i.indpred, i.indrelid), 0::pg_catalog.oid
FROM covered r
JOIN pg_catalog.pg_index i ON i.indrelid OPERATOR(pg_catalog.=) r.oid
WHERE i.indpred IS NOT NULL
UNION ALL
-- An expression among an index's keys has no column: its number is 0.
SELECT 'key', i.indexrelid, key.place::pg_catalog.int4,
       pg_catalog.pg_get_indexdef(i.indexrelid, key.place::pg_catalog.int4, false), 0::pg_catalog.oid
FROM covered r
JOIN pg_catalog.pg_index i ON i.indrelid OPERATOR(pg_catalog.=) r.oid
CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS key(attnum, place)
WHERE i.indexprs IS NOT NULL AND key.attnum OPERATOR(pg_catalog.=) 0
UNION ALL
SELECT 'constraint', k.oid, 0, pg_catalog.pg_get_constraintdef(k.oid, false), 0::pg_catalog.oid
FROM $domains$ t
JOIN pg_catalog.pg_constraint k
  ON k.contypid OPERATOR(pg_catalog.=) t.oid AND k.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"
UNION ALL
-- Its text as a domain keeps it was written under the search path and the settings of whoever made it.
SELECT 'domain', t.oid, 0, pg_catalog.pg_get_expr(t.typdefaultbin, 0::pg_catalog.oid), 0::pg_catalog.oid
FROM $domains$ t
WHERE t.typdefaultbin IS NOT NULL
