-- When the key was used last, to the minute.
ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT;
