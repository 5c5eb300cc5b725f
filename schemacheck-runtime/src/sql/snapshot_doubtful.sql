-- Whether the text of an expression may be another one than that of the facts' moment, given the rows that were written
-- in between: if its own row is among them, or one that it names, such as a column, a function or a type. What else was
-- written has no part in any text; and rows that are gone are no question, since what named them is gone too.
WITH
covered AS MATERIALIZED ($relations$),
written(class, oid, part) AS MATERIALIZED (
    SELECT w.class, w.oid, w.part
    FROM ROWS FROM (
        pg_catalog.unnest($classes$), pg_catalog.unnest($numbers$), pg_catalog.unnest($parts$)
    ) AS w(class, oid, part)
),
-- What holds an expression, as pg_depend names it.
expression(class, oid, part) AS MATERIALIZED (
    SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass::pg_catalog.oid, d.oid, 0
    FROM covered r
    JOIN pg_catalog.pg_attrdef d ON d.adrelid OPERATOR(pg_catalog.=) r.oid
    UNION ALL
    -- Until version 14 it is the generated column itself that depends on what its expression names.
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, a.attrelid, a.attnum
    FROM covered r
    JOIN pg_catalog.pg_attribute a
      ON a.attrelid OPERATOR(pg_catalog.=) r.oid AND a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char"
     AND NOT a.attisdropped
    UNION ALL
    SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0
    FROM covered r
    JOIN pg_catalog.pg_constraint k
      ON k.conrelid OPERATOR(pg_catalog.=) r.oid AND k.contype OPERATOR(pg_catalog.=) ANY ('{c,x}'::pg_catalog."char"[])
    UNION ALL
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid, 0
    FROM covered r
    JOIN pg_catalog.pg_index i
      ON i.indrelid OPERATOR(pg_catalog.=) r.oid
     AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL OR i.indisexclusion)
    UNION ALL
    SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0
    FROM $domains$ t
    JOIN pg_catalog.pg_constraint k
      ON k.contypid OPERATOR(pg_catalog.=) t.oid AND k.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"
    UNION ALL
    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, 0
    FROM $domains$ t
    WHERE t.typdefaultbin IS NOT NULL
)
SELECT e.class::pg_catalog.regclass, e.oid, e.part
FROM written w
JOIN expression e
  ON e.class OPERATOR(pg_catalog.=) w.class AND e.oid OPERATOR(pg_catalog.=) w.oid
 AND e.part OPERATOR(pg_catalog.=) w.part
UNION ALL
SELECT e.class::pg_catalog.regclass, e.oid, e.part
FROM written w
JOIN pg_catalog.pg_depend d
  ON d.refclassid OPERATOR(pg_catalog.=) w.class AND d.refobjid OPERATOR(pg_catalog.=) w.oid
 AND d.refobjsubid OPERATOR(pg_catalog.=) w.part
JOIN expression e
  ON e.class OPERATOR(pg_catalog.=) d.classid AND e.oid OPERATOR(pg_catalog.=) d.objid
 AND e.part OPERATOR(pg_catalog.=) d.objsubid

LIMIT 1
