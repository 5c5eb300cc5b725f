-- A second database, for the cases with `database = "billing"`. Its snapshot is ui-tests/.schemacheck/databases/billing.
CREATE TYPE mood AS ENUM ('paid', 'due');
CREATE TABLE payments (id bigint PRIMARY KEY, amount numeric NOT NULL, note text, mood mood NOT NULL);
CREATE TABLE users (id uuid PRIMARY KEY, iban text NOT NULL);
