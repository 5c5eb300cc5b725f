CREATE DOMAIN email_address AS text CHECK (VALUE LIKE '%_@_%');
CREATE TYPE quiet_hours AS (starts time, ends time);
ALTER TABLE users ALTER COLUMN email TYPE email_address, ADD COLUMN quiet_hours quiet_hours;
