ALTER TYPE order_state ADD VALUE 'refunded';
ALTER TABLE orders ADD paid_at timestamptz;
