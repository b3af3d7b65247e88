-- Requests that were sent with an Idempotency-Key: a repeat gets the first one's answer.
CREATE TABLE idempotent_requests (
    account      TEXT    NOT NULL,
    -- The API key or person who asked.
    caller       TEXT    NOT NULL,
    -- Method and path pattern.
    operation    TEXT    NOT NULL,
    -- The header's value.
    request_key  TEXT    NOT NULL,
    -- SHA-256 of path, query and body, lower-case hex.
    request_hash TEXT    NOT NULL,
    claimed_at   BIGINT  NOT NULL,
    expires_at   BIGINT  NOT NULL,
    -- HTTP status of the answer; NULL while there is none.
    status       BIGINT,
    content_type TEXT,
    -- The answer's body, sealed with the server's key.
    answer       TEXT,
    PRIMARY KEY (account, caller, operation, request_key)
);
CREATE INDEX idempotent_requests_expiry ON idempotent_requests (account, expires_at);
