-- A part of guard.sql for models that insert: the sequences that defaults draw from and the role may not use.
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    n.nspname, n.relname, a.attname, s.nspname, s.relname
))
FROM need n
JOIN att a ON a.attrelid OPERATOR(pg_catalog.=) n.oid AND a.atthasdef
CROSS JOIN LATERAL (
    SELECT sn.nspname, s.relname
    FROM pg_catalog.pg_attrdef d
    JOIN pg_catalog.pg_depend e
      ON e.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_attrdef'::pg_catalog.regclass
     AND e.objid OPERATOR(pg_catalog.=) d.oid
     AND e.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
    JOIN pg_catalog.pg_class s ON s.oid OPERATOR(pg_catalog.=) e.refobjid
    JOIN pg_catalog.pg_namespace sn ON sn.oid OPERATOR(pg_catalog.=) s.relnamespace
    WHERE d.adrelid OPERATOR(pg_catalog.=) a.attrelid AND d.adnum OPERATOR(pg_catalog.=) a.attnum
      -- Of what is no sequence this may not be asked, in whatever order the planner asks.
      AND CASE WHEN s.relkind OPERATOR(pg_catalog.=) 'S'::pg_catalog."char"
          THEN NOT pg_catalog.has_sequence_privilege(s.oid, 'USAGE, UPDATE') END
    OFFSET 0
) s
WHERE n.word OPERATOR(pg_catalog.=) 'INSERT'
