-- What the snapshot asks of some relations, one result after the other. Other objects are named by number: a join for
-- each column costs more than the facts, and most numbers are met thousands of times (snapshot_names.sql). Expressions
-- are not among them: snapshot_texts.sql has read those.

-- Columns. OFFSET 0 keeps the lookups by index, whatever the planner knows of the catalogs.
SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attndims, a.attnotnull, a.attidentity,
       a.attgenerated, a.attcollation, a.atthasdef
FROM pg_catalog.unnest($relations$) AS r(oid)
CROSS JOIN LATERAL (
    SELECT a.*
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid OPERATOR(pg_catalog.=) r.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
    OFFSET 0
) a;

-- Columns that can be NULL though attnotnull says otherwise: as in guard.sql.
WITH RECURSIVE
kin AS (
    SELECT r.oid AS root, r.oid, false AS may_differ
    FROM pg_catalog.unnest($relations$) AS r(oid)
    UNION
    SELECT k.root, i.inhrelid, NOT c.relispartition
    FROM kin k
    JOIN pg_catalog.pg_inherits i ON i.inhparent OPERATOR(pg_catalog.=) k.oid
    JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.inhrelid
)
SELECT k.root, a.attname
FROM kin k
JOIN pg_catalog.pg_constraint n
  ON n.conrelid OPERATOR(pg_catalog.=) k.oid AND n.contype OPERATOR(pg_catalog.=) 'n'::pg_catalog."char" AND NOT n.convalidated
JOIN pg_catalog.pg_attribute a
  ON a.attrelid OPERATOR(pg_catalog.=) k.oid AND a.attnum OPERATOR(pg_catalog.=) ANY (n.conkey)
UNION ALL
SELECT k.root, a.attname
FROM kin k
JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) k.oid AND NOT a.attnotnull
WHERE k.may_differ;

-- Constraints. A foreign key to a partitioned table has a row for each of its partitions too, which is left out.
SELECT k.conrelid, k.conname, k.contype, k.convalidated, k.condeferrable, k.condeferred, k.conkey, k.conindid,
       k.confrelid, k.confkey, k.confupdtype, k.confdeltype, k.confmatchtype, $delete_columns$,
       k.oid, $enforced$, $period$
FROM pg_catalog.unnest($relations$) AS r(oid)
JOIN pg_catalog.pg_constraint k
  ON k.conrelid OPERATOR(pg_catalog.=) r.oid AND k.contype OPERATOR(pg_catalog.=) ANY ('{p,u,f,c,x}'::pg_catalog."char"[])
WHERE k.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
   OR NOT EXISTS (
       SELECT FROM pg_catalog.pg_constraint o
       WHERE o.oid OPERATOR(pg_catalog.=) k.conparentid AND o.conrelid OPERATOR(pg_catalog.=) k.conrelid
   );

-- Indexes.
SELECT i.indrelid, i.indexrelid, c.relname, am.amname, i.indisunique, $nulls_not_distinct$, i.indisvalid,
       i.indkey, i.indnkeyatts, i.indclass, i.indcollation, i.indoption, i.indpred IS NOT NULL AS is_partial
FROM pg_catalog.unnest($relations$) AS r(oid)
JOIN pg_catalog.pg_index i ON i.indrelid OPERATOR(pg_catalog.=) r.oid
JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
JOIN pg_catalog.pg_am am ON am.oid OPERATOR(pg_catalog.=) c.relam;

-- What runs before each row of an insert, with the source of its function. Arguments are kept with a zero byte behind
-- each: they come apart by chr(1). A backslash of their own is chr(2) while zero bytes, which are \000, are looked for.
SELECT t.tgrelid, t.tgname, l.lanname, p.proname,
       pg_catalog.array_to_string(ARRAY(
           SELECT pg_catalog.convert_from(
               pg_catalog.decode(pg_catalog.replace(part, pg_catalog.chr(2), E'\\\\'), 'escape'),
               pg_catalog.getdatabaseencoding()
           )
           FROM pg_catalog.unnest(pg_catalog.string_to_array(
               pg_catalog.replace(pg_catalog.encode(t.tgargs, 'escape'), E'\\\\', pg_catalog.chr(2)), E'\\000'
           )) AS part
       ), pg_catalog.chr(1)),
       p.prosrc
FROM pg_catalog.unnest($relations$) AS r(oid)
JOIN pg_catalog.pg_trigger t ON t.tgrelid OPERATOR(pg_catalog.=) r.oid
JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) t.tgfoid
JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) p.prolang
WHERE (t.tgtype OPERATOR(pg_catalog.&) 7::pg_catalog.int2) OPERATOR(pg_catalog.=) 7::pg_catalog.int2
  AND t.tgenabled OPERATOR(pg_catalog.=) ANY ('{O,A}'::pg_catalog."char"[])
ORDER BY t.tgname
