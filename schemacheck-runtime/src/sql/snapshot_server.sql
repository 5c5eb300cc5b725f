-- The snapshot's first request, before the search_path is emptied: the server, the path, schemas and extensions.
SELECT json_build_array(
    current_setting('server_version_num'), current_database(), current_user,
    host(inet_server_addr()), inet_server_port(), pg_is_in_recovery(),
    current_schemas(true),
    (
        SELECT json_agg(n.nspname ORDER BY n.nspname)
        FROM pg_namespace n
    ),
    (
        SELECT json_agg(json_build_array(e.extname, n.nspname) ORDER BY e.extname)
        FROM pg_extension e
        JOIN pg_namespace n ON n.oid = e.extnamespace
    ),
    (
        SELECT json_agg(n.nspname)
        FROM pg_namespace n
        JOIN pg_depend d ON d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'
    )
)::text AS schemacheck
