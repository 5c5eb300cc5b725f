CREATE TYPE order_state AS ENUM ('new', 'paid', 'shipped');

CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    nickname text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE orders (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id bigint NOT NULL REFERENCES users,
    state order_state NOT NULL DEFAULT 'new',
    total numeric(10, 2) NOT NULL,
    note text
);
