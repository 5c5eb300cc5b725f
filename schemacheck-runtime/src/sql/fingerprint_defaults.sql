-- A part of fingerprint.sql for models that promise the text of a default: those texts, as guard_promises.sql has them. A
-- sequence that is renamed changes one, and no row of the relation.
SELECT pg_catalog.sum(pg_catalog.hashtextextended(pg_catalog.pg_get_expr(d.adbin, 0::pg_catalog.oid), d.adnum))
FROM rel r
JOIN pg_catalog.pg_attrdef d ON d.adrelid OPERATOR(pg_catalog.=) r.oid
JOIN pg_catalog.pg_attribute a
  ON a.attrelid OPERATOR(pg_catalog.=) d.adrelid AND a.attnum OPERATOR(pg_catalog.=) d.adnum
WHERE r.relname OPERATOR(pg_catalog.=) ANY ($default_names$)
  -- Of a generated column the text names columns, and takes a lock to be written.
  AND CASE WHEN a.attgenerated OPERATOR(pg_catalog.=) ''::pg_catalog."char"
      THEN a.attname OPERATOR(pg_catalog.=) ANY ($default_columns$) END
