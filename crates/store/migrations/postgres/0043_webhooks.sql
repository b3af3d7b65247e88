-- Addresses that are told of events, each in the order of the log.
CREATE TABLE webhooks (
    account          TEXT COLLATE "C" NOT NULL,
    id               TEXT COLLATE "C" NOT NULL,
    name             TEXT COLLATE "C" NOT NULL,
    url              TEXT COLLATE "C" NOT NULL,
    -- JSON list of event types; all when empty.
    events           TEXT COLLATE "C" NOT NULL,
    -- What deliveries are signed with, sealed with the server's key.
    secret           TEXT COLLATE "C" NOT NULL,
    -- The secret before, which signs as well until then.
    old_secret       TEXT COLLATE "C",
    old_secret_until BIGINT,
    enabled          BOOLEAN          NOT NULL,
    -- Why the server disabled it.
    disabled_reason  TEXT COLLATE "C",
    -- Sequence of the last event that is done with.
    position         BIGINT           NOT NULL,
    -- Counts its changes: a delivery that began before one does not move the position.
    revision         BIGINT           NOT NULL,
    -- All NULL or 0 unless the next event could not be delivered.
    failing_since    BIGINT,
    attempts         BIGINT           NOT NULL,
    next_attempt_at  BIGINT,
    last_error       TEXT COLLATE "C",
    delivered_at     BIGINT,
    created_at       BIGINT           NOT NULL,
    updated_at       BIGINT           NOT NULL,
    PRIMARY KEY (account, id)
);
