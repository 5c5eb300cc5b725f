-- What the numbers mean that the answers to snapshot_facts.sql hold, one result after the other.

-- Types.
SELECT t.oid, t.nspname, t.typname, t.is_array, t.typcollation
FROM pg_catalog.unnest($numbers_of_types$) AS w(oid)
JOIN $types$ t ON t.oid OPERATOR(pg_catalog.=) w.oid;

-- Modifiers of types that are not the server's own.
SELECT w.oid, w.typmod, $modifier(t, w.typmod)$
FROM ROWS FROM (pg_catalog.unnest($modified_types$), pg_catalog.unnest($modifiers$)) AS w(oid, typmod)
JOIN $types$ t ON t.oid OPERATOR(pg_catalog.=) w.oid
WHERE t.nspname OPERATOR(pg_catalog.<>) 'pg_catalog';

-- Collations.
SELECT c.oid, n.nspname, c.collname
FROM pg_catalog.unnest($collations$) AS w(oid)
JOIN pg_catalog.pg_collation c ON c.oid OPERATOR(pg_catalog.=) w.oid
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.collnamespace;

-- Operator classes that are not their type's default.
SELECT o.oid, o.opcname
FROM pg_catalog.unnest($opclasses$) AS w(oid)
JOIN pg_catalog.pg_opclass o ON o.oid OPERATOR(pg_catalog.=) w.oid AND NOT o.opcdefault;

-- Relations that foreign keys refer to and that are not covered, with their columns.
SELECT c.oid, n.nspname, c.relname, a.attnum, a.attname
FROM pg_catalog.unnest($targets$) AS w(oid)
JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) w.oid
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0
