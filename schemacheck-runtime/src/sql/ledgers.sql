-- A sub-select: the ledgers, with their rows.
--
-- The tables' names are known only at run time, and one SELECT cannot run a statement that it builds, but for
-- ts_stat(), which takes its documents from a query in a text: each migration travels as one word, which is its hash, a
-- space, `t` or `f`, its place, a space and its name. Without the hash, names that come in their order would make a list of
-- ts_stat()'s search tree, and a long ledger would take its time squared. (query_to_xml() would do, but not on servers that
-- were built without libxml.)
--
-- Whoever may change a table can run code as the role that reads it: the planner evaluates what its indexes and statistics
-- say, the executor its policies, types and operators. And whoever owns the schema can put another table in the place of one
-- that was looked at. So both owners have to be trusted: the role itself, those that it is a member of, superusers, the
-- database's owner, and who owns a model's relation in a schema of one of these (a relation that was planted earlier on
-- the path has an owner too). And the table has to be plain, with nothing to evaluate. What is not is named, with the
-- reason.
--
-- pg_database_owner, whose number is 6171, has one member, and superusers pass for members of every role to
-- pg_has_role(): so that says both who owns the database and who is a superuser, or may act as one of these. A superuser's
-- own memberships are hence read from pg_auth_members. A member that may neither inherit from a role nor SET ROLE to it is
-- one by name: whoever creates a role is given that (PostgreSQL 16).
--
-- Reading takes locks and time. So a ledger is left unread that the role may not read, or on which somebody holds or awaits
-- ACCESS EXCLUSIVE, or on its indexes or its TOAST table; a lock of a prepared transaction has no pid. All ledgers in
-- schemas that are asked for or searched are read, as far as there are a hundred; of the others, such as those of a
-- thousand tenants, the first four of each tool, if at all. Of more rows than any tool's ledger has, one more is sent than
-- is taken for a ledger.
WITH RECURSIVE own AS (
    SELECT pg_catalog.to_regrole(pg_catalog.quote_ident(CURRENT_USER))::pg_catalog.oid AS role
    UNION
    SELECT m.roleid
    FROM own o
    JOIN pg_catalog.pg_auth_members m ON m.member OPERATOR(pg_catalog.=) o.role
    WHERE NOT pg_catalog.to_jsonb(m) OPERATOR(pg_catalog.@>)
              '{"inherit_option": false, "set_option": false}'::pg_catalog.jsonb
)
SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    g.f[1], g.nspname, g.relname, g.reason,
    CASE WHEN g.reason OPERATOR(pg_catalog.=) 'schema-owner' THEN pg_catalog.pg_get_userbyid(g.nspowner)::pg_catalog.text
         WHEN g.reason OPERATOR(pg_catalog.=) 'owner' THEN pg_catalog.pg_get_userbyid(g.relowner)::pg_catalog.text
         WHEN g.reason OPERATOR(pg_catalog.=) 'column' THEN g.odd_column
         WHEN g.reason OPERATOR(pg_catalog.=) 'index' THEN (
             SELECT x.relname::pg_catalog.text FROM pg_catalog.pg_class x WHERE x.oid OPERATOR(pg_catalog.=) g.odd_index
         )
         WHEN g.reason OPERATOR(pg_catalog.=) 'statistics' THEN g.odd_statistics END,
    CASE WHEN g.reason IS NULL THEN (
        SELECT pg_catalog.json_agg(s.word)
        FROM pg_catalog.ts_stat(pg_catalog.format(
            'SELECT pg_catalog.array_to_tsvector(ARRAY[pg_catalog.concat(pg_catalog.hashtext(w.word COLLATE pg_catalog."C"), '' '', w.word)]) FROM (SELECT pg_catalog.concat(s.ok, s.rank, '' '', s.migration) AS word FROM (SELECT (%2$s)::pg_catalog.bool AS ok, pg_catalog."left"((%1$s)::pg_catalog.text, 450) AS migration, pg_catalog.replace(pg_catalog."left"((%3$s)::pg_catalog.text, 40), '' '', '''') AS rank FROM (SELECT own.*, (%4$s)::pg_catalog.bool AS "is last" FROM (SELECT %5$s FROM ONLY %6$s LIMIT $rows$) AS own) AS own) AS s WHERE s.ok IS NOT NULL) AS w',
            g.f[6], g.f[7], g.f[8], g.f[9], g.f[4], pg_catalog.format('%I.%I', g.nspname, g.relname)
        )) s
    ) END
) ORDER BY g.nspname, g.relname)
FROM (
    SELECT r.*, pg_catalog.bool_or(r.near AND r.reason IS NULL) OVER (PARTITION BY r.f[1]) AS has_near
    FROM (
        SELECT l.f, l.nspname, l.nspowner, l.relname, l.relowner, l.near, l.odd_column, o.odd_index, o.odd_statistics,
               CASE
                   WHEN (pg_catalog.has_schema_privilege(l.relnamespace, 'USAGE')
                         AND pg_catalog.has_table_privilege(l.oid, 'SELECT')) IS NOT TRUE THEN 'privilege'
                   WHEN NOT (pg_catalog.pg_has_role(l.nspowner, 6171::pg_catalog.oid, 'MEMBER')
                             OR l.nspowner OPERATOR(pg_catalog.=) ANY (trusted.roles)) THEN 'schema-owner'
                   WHEN NOT (pg_catalog.pg_has_role(l.relowner, 6171::pg_catalog.oid, 'MEMBER')
                             OR l.relowner OPERATOR(pg_catalog.=) ANY (trusted.roles)) THEN 'owner'
                   -- The flag may stay for a while after the last heir went.
                   WHEN l.relkind OPERATOR(pg_catalog.<>) 'r'::pg_catalog."char" OR l.relispartition
                     OR l.relhassubclass OR l.inherits THEN 'kin'
                   WHEN l.relhasrules THEN 'rules'
                   WHEN l.relrowsecurity THEN 'row-security'
                   WHEN l.relam OPERATOR(pg_catalog.<>) 2::pg_catalog.oid THEN 'storage'
                   WHEN l.odd_column IS NOT NULL THEN 'column'
                   WHEN o.odd_index IS NOT NULL THEN 'index'
                   WHEN o.odd_statistics IS NOT NULL THEN 'statistics'
                   -- A replica does not have its rows.
                   WHEN l.relpersistence OPERATOR(pg_catalog.<>) 'p'::pg_catalog."char"
                    AND pg_catalog.pg_is_in_recovery() THEN 'unlogged'
                   WHEN l.oid OPERATOR(pg_catalog.=) ANY (locked.relations)
                     OR l.reltoastrelid OPERATOR(pg_catalog.=) ANY (locked.relations)
                     OR EXISTS (
                         SELECT FROM pg_catalog.pg_index i
                         WHERE i.indexrelid OPERATOR(pg_catalog.=) ANY (locked.relations)
                           AND (i.indrelid OPERATOR(pg_catalog.=) l.oid
                                OR i.indrelid OPERATOR(pg_catalog.=) l.reltoastrelid)
                     ) THEN 'locked'
               END AS reason
        FROM (
            SELECT k.f, n.nspname, n.nspowner, c.*, a.odd_column, a.inherits, y.near,
                   pg_catalog.row_number() OVER (
                       PARTITION BY y.near, CASE WHEN NOT y.near THEN k.f[1] END ORDER BY n.nspname, k.f[1]
                   ) AS place
            FROM (
                SELECT pg_catalog.string_to_array(s.shape, E'\x1f') AS f
                FROM pg_catalog.unnest(pg_catalog.string_to_array($shapes$, E'\x1e')) AS s(shape)
                OFFSET 0
            ) k
            CROSS JOIN LATERAL (
                SELECT c.oid, c.relname, c.relnamespace, c.relowner, c.relkind, c.relam, c.relpersistence,
                       c.relispartition, c.relhassubclass, c.relhasrules, c.relrowsecurity, c.reltoastrelid
                FROM pg_catalog.pg_class c
                WHERE c.relname OPERATOR(pg_catalog.=) k.f[2]::pg_catalog.name
                  AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p}'::pg_catalog."char"[])
                  AND c.relpersistence OPERATOR(pg_catalog.<>) 't'::pg_catalog."char"
                OFFSET 0
            ) c
            CROSS JOIN LATERAL (
                SELECT pg_catalog.count(*) FILTER (
                           WHERE a.attname OPERATOR(pg_catalog.=) ANY (
                               pg_catalog.string_to_array(k.f[3], ',')::pg_catalog.name[]
                           )
                       ) AS known,
                       pg_catalog.count(*) FILTER (
                           WHERE a.attname OPERATOR(pg_catalog.=) k.f[5]::pg_catalog.name
                       ) AS unwanted,
                       pg_catalog.bool_or(a.attinhcount OPERATOR(pg_catalog.>) 0) AS inherits,
                       pg_catalog.min(a.attname::pg_catalog.text) FILTER (
                           WHERE a.atttypid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
                              OR a.attcollation OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
                              OR a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char"
                       ) AS odd_column
                FROM pg_catalog.pg_attribute a
                WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND NOT a.attisdropped
            ) a
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            CROSS JOIN LATERAL (
                SELECT n.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(false))
                    OR n.nspname OPERATOR(pg_catalog.=) ANY ($near$) AS near
            ) y
            WHERE a.known OPERATOR(pg_catalog.=)
                  pg_catalog.cardinality(pg_catalog.string_to_array(k.f[3], ','))
              AND a.unwanted OPERATOR(pg_catalog.=) 0
        ) l
        CROSS JOIN LATERAL (
            SELECT (
                       SELECT pg_catalog.min(i.indexrelid)
                       FROM pg_catalog.pg_index i
                       WHERE i.indrelid OPERATOR(pg_catalog.=) l.oid
                         AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL
                              OR 16384::pg_catalog.oid OPERATOR(pg_catalog.<=) ANY (i.indclass::pg_catalog.oid[]))
                   ) AS odd_index,
                   (
                       SELECT pg_catalog.min(t.stxname::pg_catalog.text)
                       FROM pg_catalog.pg_statistic_ext t
                       WHERE t.stxrelid OPERATOR(pg_catalog.=) l.oid
                   ) AS odd_statistics
            OFFSET 0
        ) o
        CROSS JOIN (
            SELECT ARRAY(
                SELECT own.role FROM own
                UNION ALL
                SELECT o.owner
                FROM ($owners$) o
                WHERE pg_catalog.pg_has_role(o.schema_owner, 6171::pg_catalog.oid, 'MEMBER')
                   OR o.schema_owner OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT own.role FROM own))
            ) AS roles
            OFFSET 0
        ) trusted
        CROSS JOIN (
            SELECT ARRAY(
                SELECT o.relation
                FROM pg_catalog.pg_locks o
                WHERE o.mode OPERATOR(pg_catalog.=) 'AccessExclusiveLock'
                  AND (o.pid IS NULL OR o.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid())
                  -- Databases that were copied from one template share their oids.
                  AND o.database OPERATOR(pg_catalog.=) (
                      SELECT d.oid
                      FROM pg_catalog.pg_database d
                      WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
                  )
            ) AS relations
            OFFSET 0
        ) locked
        WHERE l.place OPERATOR(pg_catalog.<=) CASE WHEN l.near THEN 100 ELSE 4 END
        OFFSET 0
    ) r
) g
WHERE g.near OR $far$ OR g.reason OPERATOR(pg_catalog.<>) ALL ('{privilege,unlogged,locked}'::pg_catalog.text[])
