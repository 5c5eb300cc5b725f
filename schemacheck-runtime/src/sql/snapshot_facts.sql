-- What the snapshot asks of some relations, one result after the other. Other objects are named by number: a join for
-- each column costs more than the facts, and most numbers are met thousands of times (snapshot_names.sql).

-- Columns with their expressions. A default names no column (CREATE TABLE forbids it), so pg_get_expr() needs no
-- relation for it: that takes a third of the time, and waits for no lock. OFFSET 0 keeps the lookups by index, whatever
-- the planner knows of the catalogs.
SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attndims, a.attnotnull, a.attidentity,
       a.attgenerated, a.attcollation,
       CASE WHEN a.atthasdef THEN (
           SELECT pg_get_expr(d.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE d.adrelid END)
           FROM pg_attrdef d
           WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum
       ) END
FROM unnest($relations$) AS r(oid)
CROSS JOIN LATERAL (
    SELECT * FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped OFFSET 0
) a;

-- Columns that can be NULL though attnotnull says otherwise: as in guard.sql.
WITH RECURSIVE
kin AS (
    SELECT r.oid AS root, r.oid, false AS may_differ
    FROM unnest($relations$) AS r(oid)
    UNION
    SELECT k.root, i.inhrelid, NOT c.relispartition
    FROM kin k
    JOIN pg_inherits i ON i.inhparent = k.oid
    JOIN pg_class c ON c.oid = i.inhrelid
)
SELECT k.root, a.attname
FROM kin k
JOIN pg_constraint n ON n.conrelid = k.oid AND n.contype = 'n' AND NOT n.convalidated
JOIN pg_attribute a ON a.attrelid = k.oid AND a.attnum = ANY (n.conkey)
UNION ALL
SELECT k.root, a.attname
FROM kin k
JOIN pg_attribute a ON a.attrelid = k.oid AND NOT a.attnotnull
WHERE k.may_differ;

-- Constraints. A foreign key to a partitioned table has a row for each of its partitions too, which is left out.
SELECT k.conrelid, k.conname, k.contype, k.convalidated, k.condeferrable, k.condeferred, k.conkey, k.conindid,
       k.confrelid, k.confkey, k.confupdtype, k.confdeltype, k.confmatchtype, $delete_columns$,
       CASE WHEN k.contype IN ('c', 'x') THEN pg_get_constraintdef(k.oid, false) END, $enforced$, $period$
FROM unnest($relations$) AS r(oid)
JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('p', 'u', 'f', 'c', 'x')
WHERE k.conparentid = 0
   OR NOT EXISTS (SELECT FROM pg_constraint o WHERE o.oid = k.conparentid AND o.conrelid = k.conrelid);

-- Indexes.
SELECT i.indrelid, i.indexrelid, c.relname, am.amname, i.indisunique, $nulls_not_distinct$, i.indisvalid,
       i.indkey, i.indnkeyatts, i.indclass, i.indcollation, i.indoption, pg_get_expr(i.indpred, i.indrelid)
FROM unnest($relations$) AS r(oid)
JOIN pg_index i ON i.indrelid = r.oid
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am am ON am.oid = c.relam;

-- The expressions among their keys, by place. An expression has no column: its number is 0.
SELECT i.indexrelid, key.place, pg_get_indexdef(i.indexrelid, key.place::int, false)
FROM unnest($relations$) AS r(oid)
JOIN pg_index i ON i.indrelid = r.oid
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS key(attnum, place)
WHERE i.indexprs IS NOT NULL AND key.attnum = 0;

-- What runs before each row of an insert, with the source of its function. Arguments are kept with a zero byte behind
-- each: they come apart by chr(1). A backslash of their own is chr(2) while zero bytes, which are \000, are looked for.
SELECT t.tgrelid, t.tgname, l.lanname, p.proname,
       array_to_string(ARRAY(
           SELECT convert_from(decode(replace(part, chr(2), E'\\\\'), 'escape'), getdatabaseencoding())
           FROM unnest(string_to_array(replace(encode(t.tgargs, 'escape'), E'\\\\', chr(2)), E'\\000')) AS part
       ), chr(1)),
       p.prosrc
FROM unnest($relations$) AS r(oid)
JOIN pg_trigger t ON t.tgrelid = r.oid
JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_language l ON l.oid = p.prolang
WHERE t.tgtype & 7 = 7 AND t.tgenabled IN ('O', 'A')
ORDER BY t.tgname
