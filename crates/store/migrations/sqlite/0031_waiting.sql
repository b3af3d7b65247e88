-- How calls wait, and the audio that people upload for it.

-- The strategy that the call's wait began with; NULL for none.
ALTER TABLE calls ADD COLUMN waiting_strategy TEXT;
-- The longest wait ends then.
ALTER TABLE calls ADD COLUMN waiting_until BIGINT;
-- The greeting has had its time and is not heard again.
ALTER TABLE calls ADD COLUMN greeted BOOLEAN NOT NULL DEFAULT FALSE;
-- The wait is over: the call ends then, after its last message.
ALTER TABLE calls ADD COLUMN waiting_ends_at BIGINT;
-- It came outside of these working hours, whose message is its last.
ALTER TABLE calls ADD COLUMN away_hours TEXT;

CREATE TABLE waiting_strategies (
    account    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    -- Everything that is set, as JSON: it is read and written as a whole.
    fields     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);

-- What callers hear outside of working hours, before their call ends.
CREATE TABLE away_messages (
    account TEXT NOT NULL,
    -- The working hours.
    id      TEXT NOT NULL,
    -- As JSON.
    message TEXT NOT NULL,
    PRIMARY KEY (account, id)
);

-- Uploaded audio. A file and the frames made of it are written at once, and never change.
CREATE TABLE audio_files (
    account     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    -- As it was uploaded; its end names the format.
    name        TEXT   NOT NULL,
    bytes       BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    -- The file itself.
    content     BLOB   NOT NULL,
    -- Opus frames, in the form that the crate `prompts` reads.
    prompt      BLOB   NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
