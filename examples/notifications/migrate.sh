#!/bin/sh
# Applies the migrations of this folder that the ledger does not list, as sqlx would: same table, same shape.
set -eu
cd "$(dirname "$0")/migrations"
sql() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$DATABASE_URL" "$@"; }
sql --command "
    SET client_min_messages = warning;
    CREATE TABLE IF NOT EXISTS _sqlx_migrations (
        version bigint PRIMARY KEY,
        description text NOT NULL,
        installed_on timestamptz NOT NULL DEFAULT now(),
        success boolean NOT NULL,
        checksum bytea NOT NULL,
        execution_time bigint NOT NULL
    )"
for file in *.sql; do
    version=$((1$(echo "$file" | cut -d_ -f1) - 10000))
    applied=$(sql --command "SELECT count(*) FROM _sqlx_migrations WHERE version = $version AND success")
    [ "$applied" = 0 ] || continue
    sql --single-transaction --file "$file" --command "
        INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES ($version, '$file', true, '', 0)"
    echo "applied $file"
done
