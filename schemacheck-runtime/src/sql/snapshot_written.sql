-- In the transaction of the facts: which rows of the catalogs were written since the texts, and the schemas' names.
SELECT w.class, w.oid, w.part, w.xmin::pg_catalog.text FROM $written$ w;
SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n
