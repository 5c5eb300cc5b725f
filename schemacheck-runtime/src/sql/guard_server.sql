-- The first answers of guard.sql and guard_plain.sql: what the server says of itself, and the search path.
pg_catalog.json_build_array(
    pg_catalog.current_setting('server_version_num'), pg_catalog.current_database(), current_user,
    pg_catalog.host(pg_catalog.inet_server_addr()), pg_catalog.inet_server_port(),
    pg_catalog.pg_is_in_recovery()
),
(SELECT pg_catalog.json_agg(p.name ORDER BY p.place) FROM path p)
