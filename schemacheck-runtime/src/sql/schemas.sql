-- The names of all schemas.
SELECT n.nspname::pg_catalog.text FROM pg_catalog.pg_namespace n ORDER BY n.nspname
