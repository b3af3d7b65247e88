-- Requests that were sent with an Idempotency-Key: a repeat gets the first one's answer.
CREATE TABLE idempotent_requests (
    account      TEXT COLLATE "C" NOT NULL,
    -- The API key or person who asked.
    caller       TEXT COLLATE "C" NOT NULL,
    -- Method and path pattern.
    operation    TEXT COLLATE "C" NOT NULL,
    -- The header's value.
    request_key  TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of path, query and body, lower-case hex.
    request_hash TEXT COLLATE "C" NOT NULL,
    claimed_at   BIGINT           NOT NULL,
    expires_at   BIGINT           NOT NULL,
    -- HTTP status of the answer; NULL while there is none.
    status       BIGINT,
    content_type TEXT COLLATE "C",
    -- The answer's body, sealed with the server's key.
    answer       TEXT COLLATE "C",
    PRIMARY KEY (account, caller, operation, request_key)
);
CREATE INDEX idempotent_requests_expiry ON idempotent_requests (account, expires_at);
