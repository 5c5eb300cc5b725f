-- What the numbers mean that the answers to snapshot_facts.sql hold, one result after the other.

-- Types.
SELECT t.oid, t.nspname, t.typname, t.is_array, t.typcollation
FROM unnest($numbers_of_types$) AS w(oid)
JOIN $types$ t ON t.oid = w.oid;

-- Modifiers of types that are not the server's own.
SELECT w.oid, w.typmod, $modifier(t, w.typmod)$
FROM ROWS FROM (unnest($modified_types$), unnest($modifiers$)) AS w(oid, typmod)
JOIN $types$ t ON t.oid = w.oid
WHERE t.nspname <> 'pg_catalog';

-- Collations.
SELECT c.oid, n.nspname, c.collname
FROM unnest($collations$) AS w(oid)
JOIN pg_collation c ON c.oid = w.oid
JOIN pg_namespace n ON n.oid = c.collnamespace;

-- Operator classes that are not their type's default.
SELECT o.oid, o.opcname
FROM unnest($opclasses$) AS w(oid)
JOIN pg_opclass o ON o.oid = w.oid AND NOT o.opcdefault;

-- Relations that foreign keys refer to and that are not covered, with their columns.
SELECT c.oid, n.nspname, c.relname, a.attnum, a.attname
FROM unnest($targets$) AS w(oid)
JOIN pg_class c ON c.oid = w.oid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
