-- The snapshot's request for relations: number, schema, name and kind of each.
--
-- Runs under an empty search_path, in a transaction of its own, as all that follow. Partitions are left out: their
-- parent is judged. What belongs to an extension is left out unless it is asked for by name.
SELECT c.oid, n.nspname, c.relname, c.relkind
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f}'::pg_catalog."char"[])
  AND c.relpersistence OPERATOR(pg_catalog.<>) 't'::pg_catalog."char"
  AND (
      $scope$ AND NOT c.relispartition AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend d
          WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
            AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
            AND d.objid OPERATOR(pg_catalog.=) c.oid AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char"
      )
      OR EXISTS (
          SELECT FROM ROWS FROM (
              pg_catalog.unnest($include_schemas$), pg_catalog.unnest($include_names$)
          ) AS i(schema, name)
          WHERE i.schema OPERATOR(pg_catalog.=) n.nspname AND i.name OPERATOR(pg_catalog.=) c.relname
      )
  )
