-- The schema that the models of these tests were written for. Its snapshot is tests/postgres/.schemacheck, made by
-- `cargo xtask bless` and held against this file by a test.
CREATE TYPE coordinator_action_type AS ENUM ('created', 'assigned', 'stage_changed');
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email email NOT NULL,
    nickname text,
    age integer NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    tags text[] NOT NULL DEFAULT '{}'
);

CREATE TABLE notifications (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    severity varchar(20),
    source_type text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    token text NOT NULL
);

CREATE TABLE coordinator_actions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind coordinator_action_type NOT NULL
);

CREATE TABLE "NotificationLog" (
    "id" text PRIMARY KEY,
    "userId" text NOT NULL,
    "sentAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE VIEW active_users AS SELECT id, email FROM users WHERE age > 0;

CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('b7e1c0ffee01');

CREATE DOMAIN score AS integer NOT NULL DEFAULT 0;
CREATE TABLE articles (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL,
    body text,
    score score,
    words integer GENERATED ALWAYS AS (length(body)) STORED,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz
);

-- For the types of one's own.
CREATE DOMAIN postcode AS varchar(10);
CREATE TYPE place_kind AS ENUM ('flat', 'house');
CREATE TYPE place AS (street text, number integer, code postcode, kinds place_kind[]);

CREATE TABLE letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sender_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id uuid,
    status varchar(20) NOT NULL DEFAULT 'sent',
    subject text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT letters_client UNIQUE (sender_id, client_id)
);
CREATE INDEX letters_by_status ON letters (status, created_at);
CREATE UNIQUE INDEX letters_draft ON letters (sender_id) WHERE status = 'draft';

CREATE DOMAIN channel AS varchar(20) CHECK (VALUE IN ('sms', 'email'));
CREATE TABLE messages (
    id bigint PRIMARY KEY,
    status text CHECK (status IN ('sent', 'delivered', 'seen')),
    channel channel NOT NULL,
    channels text[] NOT NULL CHECK (channels <@ ARRAY['sms', 'email'])
);

-- For privileges: a sequence that a default draws from.
CREATE TABLE tickets (id serial PRIMARY KEY, title text NOT NULL);
