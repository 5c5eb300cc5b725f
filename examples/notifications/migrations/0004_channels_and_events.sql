-- A request that is sent twice must not notify twice: an event notifies a user once.
ALTER TABLE notifications
    ADD COLUMN channel text NOT NULL DEFAULT 'email' CHECK (channel IN ('email', 'sms', 'push')),
    ADD COLUMN event text,
    ADD CONSTRAINT notifications_event_key UNIQUE (user_id, event);
CREATE INDEX notifications_waiting ON notifications (created_at) WHERE sent_at IS NULL;
