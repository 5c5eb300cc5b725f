-- What fingerprint.sql is for all that guard.sql reads, for what guard_plain.sql does: the relations of guard_found.sql with
-- their schemas and columns, and who may do what. Whatever makes a plain table another thing changes one of these rows: a
-- trigger, policy or heir is of no account until its table's row says so, and a type is another number.
pg_catalog.concat_ws(
    ' ', 'plain 2', pg_catalog.current_setting('server_version_num'), pg_catalog.current_database(), current_user,
    pg_catalog.inet_server_addr(), pg_catalog.inet_server_port(), pg_catalog.pg_is_in_recovery(),
    pg_catalog.current_schemas(true), pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time()),
    (
        SELECT pg_catalog.concat(
            pg_catalog.count(*), ' ',
            pg_catalog.sum(pg_catalog.hashtextextended(v.versions, v.catalog))
        )
        FROM (
            SELECT 1::pg_catalog.int8 AS catalog,
                   pg_catalog.concat_ws(' ', r.ctid, r.xmin, r.nspctid, r.nspxmin, a.versions) AS versions
            FROM rel r
            CROSS JOIN LATERAL (
                SELECT pg_catalog.string_agg(pg_catalog.concat(a.ctid, a.xmin), '') AS versions
                FROM pg_catalog.pg_attribute a
                WHERE a.attrelid OPERATOR(pg_catalog.=) r.oid AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
            ) a
            UNION ALL
            SELECT 2, pg_catalog.concat(m.ctid, m.xmin)
            FROM pg_catalog.pg_auth_members m
            UNION ALL
            SELECT 3, pg_catalog.concat(d.ctid, d.xmin)
            FROM pg_catalog.pg_database d
            WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
            UNION ALL
            SELECT 4, pg_catalog.concat_ws(' ', r.oid, r.rolname, r.rolsuper, r.rolinherit, r.rolbypassrls)
            FROM pg_catalog.pg_roles r
        ) v
    )
)
