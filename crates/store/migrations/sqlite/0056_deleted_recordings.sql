-- Who had a recording deleted, and when.
ALTER TABLE segments ADD COLUMN deleted_at BIGINT;
ALTER TABLE segments ADD COLUMN deleted_by TEXT;
