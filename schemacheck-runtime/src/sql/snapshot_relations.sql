-- The snapshot's request for relations: a row each, with its columns, constraints and indexes, deparsed.
--
-- Runs under an empty search_path, in a transaction of its own. Partitions are left out: their parent is judged.
-- What belongs to an extension is left out unless it is asked for by name.
WITH
rel AS MATERIALIZED (
    SELECT c.oid, n.nspname, c.relname, c.relkind
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND c.relpersistence <> 't'
      AND (
          $scope$ AND NOT c.relispartition AND NOT EXISTS (
              SELECT FROM pg_depend d
              WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
          )
          OR EXISTS (
              SELECT FROM unnest($include_schemas$, $include_names$) AS i(schema, name)
              WHERE i.schema = n.nspname AND i.name = c.relname
          )
      )
),
-- Each relation with what inherits from it, and columns that can be NULL though attnotnull says otherwise: as in
-- guard.sql.
kin AS MATERIALIZED (
    WITH RECURSIVE tree AS (
        SELECT rel.oid AS root, rel.oid, false AS may_differ FROM rel
        UNION
        SELECT t.root, i.inhrelid, NOT c.relispartition
        FROM tree t
        JOIN pg_inherits i ON i.inhparent = t.oid
        JOIN pg_class c ON c.oid = i.inhrelid
    )
    SELECT * FROM tree
),
nullable AS MATERIALIZED (
    SELECT k.root, a.attname
    FROM kin k
    JOIN pg_constraint n ON n.conrelid = k.oid AND n.contype = 'n' AND NOT n.convalidated
    JOIN pg_attribute a ON a.attrelid = k.oid AND a.attnum = ANY (n.conkey)
    UNION ALL
    SELECT k.root, a.attname
    FROM kin k
    JOIN pg_attribute a ON a.attrelid = k.oid AND NOT a.attnotnull
    WHERE k.may_differ
),
col AS (
    SELECT a.attrelid, json_agg(json_build_array(
        a.attname, t.nspname, t.typname, a.atttypmod, CASE WHEN t.is_array THEN greatest(a.attndims, 1) ELSE 0 END,
        $modifier(t, a.atttypmod)$,
        a.attnotnull AND NOT EXISTS (SELECT FROM nullable u WHERE u.root = a.attrelid AND u.attname = a.attname),
        CASE WHEN a.atthasdef THEN pg_get_expr(d.adbin, d.adrelid) END,
        a.attidentity, a.attgenerated,
        CASE WHEN a.attcollation <> t.typcollation THEN cn.nspname END,
        CASE WHEN a.attcollation <> t.typcollation THEN co.collname END
    ) ORDER BY a.attnum) AS items
    FROM rel r
    JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN $types$ t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation co ON co.oid = a.attcollation
    LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
    GROUP BY a.attrelid
),
con AS (
    SELECT k.conrelid, json_agg(json_build_array(
        k.conname, k.contype, k.convalidated, k.condeferrable, k.condeferred,
        (
            SELECT json_agg(a.attname ORDER BY c.place)
            FROM unnest(k.conkey) WITH ORDINALITY AS c(attnum, place)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.attnum
        ),
        CASE WHEN k.contype = 'f' THEN fn.nspname END,
        CASE WHEN k.contype = 'f' THEN fc.relname END,
        CASE WHEN k.contype = 'f' THEN (
            SELECT json_agg(a.attname ORDER BY c.place)
            FROM unnest(k.confkey) WITH ORDINALITY AS c(attnum, place)
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.attnum
        ) END,
        k.confupdtype, k.confdeltype, k.confmatchtype,
        CASE WHEN k.contype IN ('c', 'x') THEN pg_get_constraintdef(k.oid, false) END,
        CASE WHEN k.contype = 'u' THEN (SELECT $nulls_not_distinct$ FROM pg_index i WHERE i.indexrelid = k.conindid) END,
        $enforced$, $period$,
        (
            SELECT json_agg(a.attname ORDER BY c.place)
            FROM unnest($delete_columns$) WITH ORDINALITY AS c(attnum, place)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.attnum
        )
    ) ORDER BY k.conname) AS items
    FROM rel r
    JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('p', 'u', 'f', 'c', 'x')
     -- A foreign key to a partitioned table has a row for each of its partitions too.
     AND (k.conparentid = 0
       OR NOT EXISTS (SELECT FROM pg_constraint o WHERE o.oid = k.conparentid AND o.conrelid = k.conrelid))
    LEFT JOIN pg_class fc ON fc.oid = k.confrelid
    LEFT JOIN pg_namespace fn ON fn.oid = fc.relnamespace
    GROUP BY k.conrelid
),
-- The keys of all indexes at once: a sub-select an index would run its joins thousands of times.
key AS (
    SELECT i.indexrelid, json_agg(json_build_array(
        key.place <= i.indnkeyatts,
        a.attname,
        -- An expression has no column: its attnum is 0.
        CASE WHEN key.attnum = 0 THEN pg_get_indexdef(i.indexrelid, key.place::int, false) END,
        coalesce(key.option & 1, 0) <> 0,
        coalesce(key.option & 2, 0) <> 0,
        CASE WHEN NOT op.opcdefault THEN op.opcname END,
        CASE WHEN key.coll <> 0 AND key.coll <> coalesce(a.attcollation, 100) THEN cn.nspname END,
        CASE WHEN key.coll <> 0 AND key.coll <> coalesce(a.attcollation, 100) THEN co.collname END
    ) ORDER BY key.place) AS items
    FROM rel r
    JOIN pg_index i ON i.indrelid = r.oid
    CROSS JOIN LATERAL ROWS FROM (
        unnest(i.indkey::int2[]), unnest(i.indclass::oid[]), unnest(i.indcollation::oid[]),
        unnest(i.indoption::int2[])
    ) WITH ORDINALITY AS key(attnum, class, coll, option, place)
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = key.attnum AND key.attnum <> 0
    LEFT JOIN pg_opclass op ON op.oid = key.class
    LEFT JOIN pg_collation co ON co.oid = key.coll
    LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
    GROUP BY i.indexrelid
),
ind AS (
    SELECT i.indrelid, json_agg(json_build_array(
        c.relname, am.amname, i.indisunique, $nulls_not_distinct$, i.indisvalid,
        pg_get_expr(i.indpred, i.indrelid), k.conname, key.items
    ) ORDER BY c.relname) AS items
    FROM rel r
    JOIN pg_index i ON i.indrelid = r.oid
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_am am ON am.oid = c.relam
    LEFT JOIN key ON key.indexrelid = i.indexrelid
    LEFT JOIN pg_constraint k
      ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
    GROUP BY i.indrelid
)
SELECT json_build_array(r.nspname, r.relname, r.relkind, col.items, con.items, ind.items)::text AS schemacheck
FROM rel r
LEFT JOIN col ON col.attrelid = r.oid
LEFT JOIN con ON con.conrelid = r.oid
LEFT JOIN ind ON ind.indrelid = r.oid
