-- A second database, for `databases.rs`. Its snapshot is tests/postgres/.schemacheck/databases/billing.
CREATE TYPE currency AS ENUM ('eur', 'usd');
CREATE TABLE invoices (id bigint PRIMARY KEY, amount bigint NOT NULL, currency currency NOT NULL, note text);
-- Of the same name as in the first database.
CREATE TABLE users (iban text NOT NULL);
