//! What stands below each subcommand's help: examples that a test runs through the parser.

/// Of the program as a whole.
pub(crate) const PROGRAM: &str = "\
Environment:
  DATABASE_URL           the database, where `--database-url` names none; also read from `.env`
  NAME_DATABASE_URL      the database of `--database name`, unless `.schemacheck/config.toml` names another
                         variable; also read from `.env`
  PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSERVICE, PGPASSFILE, PGSSLMODE and the rest of libpq's
                         what the URL leaves open, or all of it; also read from `.env`
  SCHEMACHECK_DIR        the snapshot directory, in place of the nearest `.schemacheck` upward
  SCHEMACHECK_PG_BINDIR  where PostgreSQL's server binaries are, for `snapshot --run`
  SCHEMACHECK_BUILD      read by the derives: `enforce`, `warn` or `off`
  SCHEMACHECK_GUARD      read by the guard of a service: `enforce`, `warn` or `off`
  NO_COLOR               no color, also on a terminal

Examples:
  cargo schemacheck snapshot --run 'sqlx migrate run'
  cargo schemacheck check
  cargo schemacheck verify --artifact target/release/app --database-url \"$DATABASE_URL\"
  cargo schemacheck explain missing-column";

pub(crate) const INIT: &str = "\
Examples:
  cargo schemacheck init
  cargo schemacheck init --write
  cargo schemacheck init --write --package api --package worker
  cargo schemacheck init crates/models/src";

pub(crate) const SNAPSHOT: &str = "\
Examples:
  cargo schemacheck snapshot --run 'sqlx migrate run'
  cargo schemacheck snapshot --run
  cargo schemacheck snapshot --database-url postgres://localhost/app
  cargo schemacheck snapshot --schema public --schema billing --include audit.log
  cargo schemacheck snapshot --forget-schema billing --forget-include audit.log
  cargo schemacheck snapshot --check --run 'diesel migration run'
  cargo schemacheck snapshot --tcp --run 'npx drizzle-kit migrate'
  cargo schemacheck snapshot --database billing --run 'sqlx migrate run --source billing/migrations'";

pub(crate) const MANIFEST: &str = "\
Examples:
  cargo schemacheck manifest
  cargo schemacheck manifest --artifact target/release/app
  cargo schemacheck manifest --format json -- --workspace > models.json";

pub(crate) const CHECK: &str = "\
Examples:
  cargo schemacheck check
  cargo schemacheck check -- --workspace --all-features
  cargo schemacheck check --artifact target/release/app --format json
  cargo schemacheck check --database billing";

pub(crate) const VERIFY: &str = "\
Examples:
  cargo schemacheck verify --database-url \"$DATABASE_URL\"
  cargo schemacheck verify --artifact target/release/app --strict
  cargo schemacheck verify --manifest models.json --format json
  cargo schemacheck verify --database-url \"$STAGING\" --database-url \"$PRODUCTION\" -- --release
  cargo schemacheck verify --artifact target/release/app --database billing --database-url \"$BILLING_DATABASE_URL\"";

pub(crate) const EXPLAIN: &str = "\
Examples:
  cargo schemacheck explain
  cargo schemacheck explain missing-column";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  cargo schemacheck completions bash > ~/.local/share/bash-completion/completions/cargo-schemacheck
  cargo schemacheck completions zsh > ~/.zfunc/_cargo-schemacheck
  cargo schemacheck completions fish > ~/.config/fish/completions/cargo-schemacheck.fish";

pub(crate) const MAN: &str = "\
Examples:
  cargo schemacheck man > cargo-schemacheck.1
  cargo schemacheck man snapshot > cargo-schemacheck-snapshot.1
  cargo schemacheck man verify | man -l -";
