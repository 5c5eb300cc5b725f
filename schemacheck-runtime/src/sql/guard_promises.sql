-- What models promise, as a part of guard.sql: constraints, indexes and defaults of the relations and columns that are
-- asked for, and of no others.
--
-- Nothing waits for a lock: what is deparsed is the default of a column that is not generated, which names no column
-- (CREATE TABLE forbids it), so that pg_get_expr() opens no relation. An index's predicate does name columns, and is
-- read here as a tree; of an expression is said that it is there. A foreign key to a partitioned table has a row for each
-- partition too, which is left out. conenforced and conperiod came with PostgreSQL 18: taken from the row as a document they may be
-- missing. OFFSET 0 keeps the lookups by index, as in guard.sql.
SELECT pg_catalog.json_build_array(
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            r.nspname, r.relname, k.conname, k.contype, k.convalidated, k.condeferrable, k.condeferred,
            k.enforced, k.period, k.columns,
            CASE WHEN k.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char" THEN (
                SELECT pg_catalog.json_build_array(n.nspname, c.relname, k.target_columns, k.confupdtype, k.confdeltype)
                FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                WHERE c.oid OPERATOR(pg_catalog.=) k.confrelid
            ) END
        ))
        FROM relied r
        CROSS JOIN LATERAL (
            SELECT k.conname, k.contype, k.convalidated, k.condeferrable, k.condeferred, k.confrelid, k.confupdtype,
                   k.confdeltype,
                   pg_catalog.to_jsonb(k) OPERATOR(pg_catalog.->>) 'conenforced'::pg_catalog.text AS enforced,
                   pg_catalog.to_jsonb(k) OPERATOR(pg_catalog.->>) 'conperiod'::pg_catalog.text AS period,
                   $names(k.conrelid, k.conkey)$ AS columns,
                   $names(k.confrelid, k.confkey)$ AS target_columns
            FROM pg_catalog.pg_constraint k
            WHERE k.conrelid OPERATOR(pg_catalog.=) r.oid
              AND k.contype OPERATOR(pg_catalog.=) ANY ('{p,u,f}'::pg_catalog."char"[])
              AND (k.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid OR NOT EXISTS (
                  SELECT FROM pg_catalog.pg_constraint o
                  WHERE o.oid OPERATOR(pg_catalog.=) k.conparentid AND o.conrelid OPERATOR(pg_catalog.=) k.conrelid
              ))
            OFFSET 0
        ) k
    ),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            r.nspname, r.relname, i.relname, i.amname, i.is_unique, i.indisvalid, i.predicate, i.keys, i.conname,
            CASE WHEN i.predicate IS NOT NULL THEN (
                SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attnum, a.attname))
                FROM att a
                WHERE a.attrelid OPERATOR(pg_catalog.=) r.oid
            ) END
        ))
        FROM relied r
        CROSS JOIN LATERAL (
            SELECT c.relname, am.amname, i.indisvalid, i.indpred::pg_catalog.text AS predicate,
                   i.indisunique AND NOT i.indisexclusion AS is_unique,
                   $names(i.indrelid, (i.indkey::pg_catalog.int2[])[0:i.indnkeyatts::pg_catalog.int4 OPERATOR(pg_catalog.-) 1])$ AS keys,
                   (
                       SELECT k.conname
                       FROM pg_catalog.pg_constraint k
                       WHERE k.conrelid OPERATOR(pg_catalog.=) i.indrelid
                         AND k.conindid OPERATOR(pg_catalog.=) i.indexrelid
                         AND k.contype OPERATOR(pg_catalog.=) ANY ('{p,u,x}'::pg_catalog."char"[])
                   ) AS conname
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
            JOIN pg_catalog.pg_am am ON am.oid OPERATOR(pg_catalog.=) c.relam
            WHERE i.indrelid OPERATOR(pg_catalog.=) r.oid
            OFFSET 0
        ) i
    ),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(r.nspname, r.relname, d.attname, d.expression))
        FROM ROWS FROM (
            pg_catalog.unnest($default_schemas$), pg_catalog.unnest($default_names$), pg_catalog.unnest($default_columns$)
        ) AS w(schema, name, col)
        JOIN rel r ON r.relname OPERATOR(pg_catalog.=) w.name
        CROSS JOIN LATERAL (
            SELECT a.attname,
                   CASE WHEN a.attgenerated OPERATOR(pg_catalog.=) ''::pg_catalog."char"
                   THEN pg_catalog.pg_get_expr(d.adbin, 0::pg_catalog.oid) END AS expression
            FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_attrdef d
              ON d.adrelid OPERATOR(pg_catalog.=) a.attrelid AND d.adnum OPERATOR(pg_catalog.=) a.attnum
            WHERE a.attrelid OPERATOR(pg_catalog.=) r.oid AND a.attname OPERATOR(pg_catalog.=) w.col
            OFFSET 0
        ) d
        WHERE w.schema OPERATOR(pg_catalog.=) '' OR r.nspname OPERATOR(pg_catalog.=) w.schema
    )
)
