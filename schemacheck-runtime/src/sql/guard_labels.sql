-- A part of guard.sql for models whose columns have labels: what those admit. The checks of their relations, given by
-- place, and those of domains, as trees, which are read here and not deparsed. An operator of citext has another number in
-- each database. conenforced is known from PostgreSQL 18 on.
SELECT pg_catalog.json_build_array(
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            r.nspname, r.relname, k.conname, k.conbin::pg_catalog.text, k.convalidated AND NOT k.connoinherit,
            k.enforced, c.columns
        ))
        FROM rel r
        CROSS JOIN LATERAL (
            SELECT k.conname, k.conbin, k.convalidated, k.connoinherit, k.conkey,
                   pg_catalog.to_jsonb(k) OPERATOR(pg_catalog.->>) 'conenforced' AS enforced
            FROM pg_catalog.pg_constraint k
            WHERE k.conrelid OPERATOR(pg_catalog.=) r.oid AND k.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"
            OFFSET 0
        ) k
        CROSS JOIN LATERAL (
            SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attnum, a.attname)) AS columns
            FROM att a
            WHERE a.attrelid OPERATOR(pg_catalog.=) r.oid AND a.attnum OPERATOR(pg_catalog.=) ANY (k.conkey)
        ) c
        WHERE r.place OPERATOR(pg_catalog.=) ANY ($labelled$)
    ),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            t.nspname, t.typname, k.conname, k.conbin::pg_catalog.text, k.convalidated
        ))
        FROM typ t
        CROSS JOIN LATERAL (
            SELECT k.conname, k.conbin, k.convalidated
            FROM pg_catalog.pg_constraint k
            WHERE k.contypid OPERATOR(pg_catalog.=) t.oid AND k.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"
            OFFSET 0
        ) k
        WHERE t.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog."char"
    ),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(t.oid::pg_catalog.int8, o.oid::pg_catalog.int8))
        FROM typ t
        CROSS JOIN LATERAL (
            SELECT o.oid
            FROM pg_catalog.pg_operator o
            WHERE o.oprname OPERATOR(pg_catalog.=) '='::pg_catalog.name
              AND o.oprleft OPERATOR(pg_catalog.=) t.oid AND o.oprright OPERATOR(pg_catalog.=) t.oid
            OFFSET 0
        ) o
        WHERE t.typname OPERATOR(pg_catalog.=) 'citext' AND NOT t.is_array
    )
)
