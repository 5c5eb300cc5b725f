-- The snapshot's request for relations: number, schema, name and kind of each.
--
-- Runs under an empty search_path, in a transaction of its own, as all that follow. Partitions are left out: their
-- parent is judged. What belongs to an extension is left out unless it is asked for by name.
SELECT c.oid, n.nspname, c.relname, c.relkind
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND c.relpersistence <> 't'
  AND (
      $scope$ AND NOT c.relispartition AND NOT EXISTS (
          SELECT FROM pg_depend d
          WHERE d.refclassid = 'pg_extension'::regclass
            AND d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
      )
      OR EXISTS (
          SELECT FROM unnest($include_schemas$, $include_names$) AS i(schema, name)
          WHERE i.schema = n.nspname AND i.name = c.relname
      )
  )
