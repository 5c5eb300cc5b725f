-- The snapshot's first request for facts, before the search_path is emptied: the server, the path, schemas and
-- extensions, and what the transaction sees.
SELECT pg_catalog.json_build_array(
    pg_catalog.current_setting('server_version_num'), pg_catalog.current_database(), current_user,
    pg_catalog.host(pg_catalog.inet_server_addr()), pg_catalog.inet_server_port(), pg_catalog.pg_is_in_recovery(),
    pg_catalog.current_schemas(true),
    (
        SELECT pg_catalog.json_agg(n.nspname ORDER BY n.nspname)
        FROM pg_catalog.pg_namespace n
    ),
    (
        SELECT pg_catalog.json_agg(pg_catalog.json_build_array(e.extname, n.nspname) ORDER BY e.extname)
        FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
    ),
    (
        SELECT pg_catalog.json_agg(n.nspname)
        FROM pg_catalog.pg_namespace n
        JOIN pg_catalog.pg_depend d
          ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass
         AND d.objid OPERATOR(pg_catalog.=) n.oid AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char"
    ),
    pg_catalog.txid_current_snapshot()::pg_catalog.text,
    pg_catalog.getdatabaseencoding()
)::pg_catalog.text AS schemacheck
