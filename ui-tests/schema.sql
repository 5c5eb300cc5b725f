-- The schema that every case is checked against. Its snapshot is ui-tests/.schemacheck, made by `cargo xtask bless`.
CREATE SCHEMA billing;
CREATE TYPE mood AS ENUM ('happy', 'sad', 'so_so');
CREATE DOMAIN email AS text NOT NULL CHECK (VALUE LIKE '%@%');

CREATE TABLE users (
    id bigint PRIMARY KEY,
    public_id uuid NOT NULL,
    email email,
    nickname text,
    age bigint NOT NULL,
    balance numeric(10, 2) NOT NULL,
    mood mood NOT NULL,
    moods mood[] NOT NULL DEFAULT '{}',
    settings jsonb NOT NULL,
    avatar bytea,
    tags text[] NOT NULL DEFAULT '{}',
    type text NOT NULL,
    created_at timestamptz NOT NULL,
    born_on date,
    wakes_at time,
    sleeps_for interval,
    home point
);
CREATE TABLE billing.invoices (id integer PRIMARY KEY, "userId" bigint NOT NULL);
CREATE VIEW adults AS SELECT id, nickname FROM users WHERE age > 17;
CREATE TABLE "weird ""name"" {}" ("col {} ""x""" integer NOT NULL);
CREATE DOMAIN score AS integer NOT NULL DEFAULT 0;
CREATE TABLE articles (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL,
    slug text NOT NULL,
    body text,
    state text NOT NULL DEFAULT 'draft',
    score score,
    words integer GENERATED ALWAYS AS (length(body)) STORED,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz
);
-- What a trigger fills, and what it only changes.
CREATE TABLE permalinks (title text NOT NULL, target text NOT NULL, path text NOT NULL);
CREATE FUNCTION permalinks_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.path := coalesce(NEW.path, lower(NEW.title));
    NEW.target := trim(NEW.target);
    RETURN NEW;
END
$$;
CREATE TRIGGER permalinks_path BEFORE INSERT ON permalinks FOR EACH ROW EXECUTE FUNCTION permalinks_path();
CREATE TABLE wide (
    id bigint PRIMARY KEY,
    owner_id bigint NOT NULL,
    mood mood NOT NULL,
    title text NOT NULL,
    body text,
    slug varchar(80) NOT NULL,
    position integer NOT NULL,
    total bigint,
    ratio double precision,
    is_open boolean NOT NULL,
    flags smallint,
    public_id uuid NOT NULL,
    parent_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz,
    settings jsonb NOT NULL,
    tags text[] NOT NULL,
    data bytea,
    price double precision NOT NULL,
    state text NOT NULL DEFAULT 'new'
);

-- Composite types, and domains over more than plain types.
CREATE DOMAIN work_email AS email;
CREATE DOMAIN feeling AS mood;
CREATE TYPE address AS (street text, zip integer, city text);
CREATE DOMAIN home AS address;
CREATE TYPE visit AS (place address, earlier address[], moods mood[], contact email, "stayedOn" date);
CREATE TYPE hours AS RANGE (subtype = time);

CREATE TABLE customers (
    id bigint PRIMARY KEY,
    address address NOT NULL,
    addresses address[] NOT NULL,
    home home,
    visit visit,
    work_email work_email,
    emails email[] NOT NULL,
    feeling feeling NOT NULL,
    feelings feeling[] NOT NULL,
    open hours,
    work_emails work_email[] NOT NULL
);
CREATE TYPE office AS (email email, work_email work_email, emails email[]);


CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    number varchar(20) NOT NULL,
    status text NOT NULL DEFAULT 'new',
    note text,
    total numeric(10, 2) NOT NULL DEFAULT 0,
    placed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT orders_number UNIQUE (user_id, number) DEFERRABLE
);
CREATE UNIQUE INDEX orders_open ON orders (user_id) WHERE status = 'new';
CREATE INDEX orders_by_status ON orders (status, placed_at);
CREATE UNIQUE INDEX orders_of_day ON orders (placed_at, user_id);

-- Enums in plain columns, and what lists their labels.
CREATE DOMAIN delivery AS text CHECK (VALUE IN ('sent', 'delivered', 'seen'));
CREATE TABLE messages (
    id bigint PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('sent', 'delivered', 'seen')),
    channel varchar(20) CHECK (channel IN ('sms', 'email')),
    code char(8) NOT NULL CHECK (code IN ('sms', 'email') AND length(code) < 8),
    delivery delivery NOT NULL,
    channels text[] NOT NULL CHECK (channels <@ ARRAY['sms', 'email']),
    folder text NOT NULL CHECK (length(folder) > 0),
    feeling feeling NOT NULL,
    feelings mood[],
    priority smallint NOT NULL,
    weight bigint NOT NULL
);

-- Columns whose domains say whether an insert has to supply them.
CREATE TABLE ratings (id bigint PRIMARY KEY, points score NOT NULL, by_whom email);
-- Names that Rust reserves.
CREATE TABLE gen (id bigint PRIMARY KEY, note text);
CREATE TABLE "r#type" (id bigint PRIMARY KEY, note text);

-- Names that only a quoted identifier keeps, as other libraries name what they do not fold.
CREATE TYPE "Tier" AS ENUM ('Gold', 'Silver');
CREATE TYPE billing.channel AS ENUM ('sms', 'eMail');
CREATE TYPE delivery_state AS ENUM ('Queued', 'InTransit');
CREATE TABLE accounts (
    id bigint PRIMARY KEY,
    tier "Tier" NOT NULL,
    channel billing.channel,
    state delivery_state,
    "loop" text NOT NULL,
    "endsWith_" text,
    "HTTPStatus" integer,
    address address,
    settings jsonb NOT NULL,
    extra json
);
