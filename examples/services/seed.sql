-- Rows for trying the services out, and for their tests: every label, and a NULL wherever one may be.
INSERT INTO customers (email, name, phone, preferences) VALUES
    ('ada@example.org', 'Ada', '030 123456', '{"newsletter": true, "language": "en"}'),
    ('bert@example.org', 'Bert', NULL, '{"newsletter": false}');
INSERT INTO bikes (id, customer_id, kind, brand, frame_number, photo)
SELECT ('00000000-0000-0000-0000-00000000000' || number)::uuid, 1 + number % 2, kind, 'Brand ' || number,
    CASE WHEN number > 1 THEN 'FRAME-' || number END, CASE WHEN number > 2 THEN '\x89504e47'::bytea END
FROM unnest(enum_range(NULL::bike_kind)) WITH ORDINALITY AS kinds (kind, number);
INSERT INTO mechanics (name, hourly_rate, skills) VALUES
    ('Mia', 64.50, '{brakes, gears}'),
    ('Noor', 58, '{}');
INSERT INTO repairs (bike_id, mechanic_id, status, priority, description, estimate, parts, due_on)
SELECT ('00000000-0000-0000-0000-00000000000' || number)::uuid, CASE WHEN number > 1 THEN 1 END, status,
    (ARRAY['low', 'normal', 'urgent', 'normal'])[number], 'Repair ' || number,
    CASE WHEN number > 1 THEN 49.90 END,
    CASE WHEN number > 1 THEN ARRAY[ROW('CHAIN-9', 1, 24.95)::used_part, ROW('PAD', 2, 7.50)::used_part] ELSE '{}' END,
    CASE WHEN number > 1 THEN DATE '2026-03-01' END
FROM unnest(enum_range(NULL::repair_status)) WITH ORDINALITY AS statuses (status, number);
INSERT INTO parts (sku, name, stock, unit_price) VALUES ('CHAIN-9', 'Chain, 9-speed', 12, 24.95), ('PAD', 'Brake pad', 40, 7.50);
INSERT INTO notes (repair_id, author, body) VALUES (1, 'Mia', 'Front wheel is bent too'), (1, NULL, 'Customer called');
INSERT INTO opening_hours VALUES (1, '09:00', '18:00'), (6, '10:00', '14:00');
INSERT INTO billing.invoices (repair_id, method, net, tax, paid_at)
SELECT number, method, 100, 19, CASE WHEN number > 1 THEN now() END
FROM unnest(enum_range(NULL::payment_method)) WITH ORDINALITY AS methods (method, number);
