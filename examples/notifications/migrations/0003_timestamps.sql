ALTER TABLE users ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(), ADD COLUMN updated_at timestamptz;
ALTER TABLE notifications ADD COLUMN updated_at timestamptz;
