ALTER TABLE notifications ADD COLUMN severity severity NOT NULL DEFAULT 'info';
ALTER TABLE notifications ADD COLUMN source_type text;
