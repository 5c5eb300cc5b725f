-- A sub-select: the rows of catalogs that a text of snapshot_texts.sql comes from or names, and that were written from the
-- transaction $since$ on. Each is named as pg_depend names the object.
(
    SELECT x.class, x.oid, x.part, x.xmin
    FROM (
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS class, w.oid, 0 AS part, w.xmin
        FROM pg_catalog.pg_class w
        UNION ALL
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, w.attrelid, w.attnum, w.xmin FROM pg_catalog.pg_attribute w
        UNION ALL
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, w.indexrelid, 0, w.xmin FROM pg_catalog.pg_index w
        UNION ALL
        SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, w.oid, 0, w.xmin FROM pg_catalog.pg_attrdef w
        UNION ALL
        SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, w.oid, 0, w.xmin FROM pg_catalog.pg_constraint w
        UNION ALL
        SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, w.oid, 0, w.xmin FROM pg_catalog.pg_type w
        UNION ALL
        -- The labels of an enum, which its constants are printed as.
        SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, w.enumtypid, 0, w.xmin FROM pg_catalog.pg_enum w
        UNION ALL
        SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, w.oid, 0, w.xmin FROM pg_catalog.pg_proc w
        UNION ALL
        SELECT 'pg_catalog.pg_operator'::pg_catalog.regclass, w.oid, 0, w.xmin FROM pg_catalog.pg_operator w
        UNION ALL
        SELECT 'pg_catalog.pg_opclass'::pg_catalog.regclass, w.oid, 0, w.xmin FROM pg_catalog.pg_opclass w
        UNION ALL
        SELECT 'pg_catalog.pg_collation'::pg_catalog.regclass, w.oid, 0, w.xmin FROM pg_catalog.pg_collation w
        UNION ALL
        SELECT 'pg_catalog.pg_ts_config'::pg_catalog.regclass, w.oid, 0, w.xmin FROM pg_catalog.pg_ts_config w
        UNION ALL
        SELECT 'pg_catalog.pg_ts_dict'::pg_catalog.regclass, w.oid, 0, w.xmin FROM pg_catalog.pg_ts_dict w
        UNION ALL
        SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass, w.oid, 0, w.xmin FROM pg_catalog.pg_namespace w
    ) x
    -- Numbers of transactions go round in a circle: an old row can look like a new one, and does so both times.
    WHERE pg_catalog.age(x.xmin) OPERATOR(pg_catalog.>=) 0
      AND pg_catalog.age(x.xmin) OPERATOR(pg_catalog.<=) pg_catalog.age($since$)
)
