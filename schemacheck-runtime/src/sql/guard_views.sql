-- A part of guard.sql for models of views: what a view reads and may not, with the rights of its owner, or of who asks if
-- it is a security_invoker. Of a view that reads a view one level is looked at. Only what a column is taken from counts: a
-- name in a regclass constant is a dependency too. Each column that the view names is needed, whichever are asked of it.
-- Of a function that returns rows of a table its columns are dependencies likewise, and the table is none that the view
-- reads: those are in its rule, as ":relid".
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(s.nspname, s.relname, s.source_schema, s.source, s.owner))
FROM (
    SELECT DISTINCT n.nspname, n.relname, sn.nspname AS source_schema, s.relname AS source,
           CASE WHEN NOT v.invokes THEN pg_catalog.pg_get_userbyid(v.relowner) END AS owner
    FROM need n
    CROSS JOIN LATERAL (
        SELECT c.relowner, EXISTS (
            SELECT FROM pg_catalog.pg_options_to_table(c.reloptions) o
            WHERE o.option_name OPERATOR(pg_catalog.=) 'security_invoker' AND o.option_value::pg_catalog.bool
        ) AS invokes
        FROM pg_catalog.pg_class c
        WHERE c.oid OPERATOR(pg_catalog.=) n.oid AND c.relkind OPERATOR(pg_catalog.=) 'v'::pg_catalog."char"
        OFFSET 0
    ) v
    CROSS JOIN LATERAL (
        SELECT w.oid AS rule, d.refobjid, d.refobjsubid::pg_catalog.int2 AS attnum
        FROM pg_catalog.pg_rewrite w
        JOIN pg_catalog.pg_depend d
          ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_rewrite'::pg_catalog.regclass
         AND d.objid OPERATOR(pg_catalog.=) w.oid
         AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
         AND d.refobjid OPERATOR(pg_catalog.<>) w.ev_class
         AND d.refobjsubid OPERATOR(pg_catalog.>) 0
        WHERE w.ev_class OPERATOR(pg_catalog.=) n.oid AND w.ev_type OPERATOR(pg_catalog.=) '1'::pg_catalog."char"
        OFFSET 0
    ) d
    JOIN pg_catalog.pg_class s ON s.oid OPERATOR(pg_catalog.=) d.refobjid
    JOIN pg_catalog.pg_namespace sn ON sn.oid OPERATOR(pg_catalog.=) s.relnamespace
    WHERE n.word OPERATOR(pg_catalog.=) 'SELECT'
      AND s.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f}'::pg_catalog."char"[])
      AND CASE WHEN CASE WHEN v.invokes THEN pg_catalog.has_column_privilege(s.oid, d.attnum, 'SELECT')
                         ELSE pg_catalog.has_column_privilege(v.relowner, s.oid, d.attnum, 'SELECT') END
               THEN false
               ELSE EXISTS (
                   SELECT FROM pg_catalog.pg_rewrite w
                   WHERE w.oid OPERATOR(pg_catalog.=) d.rule
                     AND pg_catalog.strpos(w.ev_action::pg_catalog.text, pg_catalog.concat(':relid ', s.oid, ' '))
                         OPERATOR(pg_catalog.>) 0
               ) END
) s
