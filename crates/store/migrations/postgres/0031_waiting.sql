-- How calls wait, and the audio that people upload for it.

-- The strategy that the call's wait began with; NULL for none.
ALTER TABLE calls ADD COLUMN waiting_strategy TEXT COLLATE "C";
-- The longest wait ends then.
ALTER TABLE calls ADD COLUMN waiting_until BIGINT;
-- The greeting has had its time and is not heard again.
ALTER TABLE calls ADD COLUMN greeted BOOLEAN NOT NULL DEFAULT FALSE;
-- The wait is over: the call ends then, after its last message.
ALTER TABLE calls ADD COLUMN waiting_ends_at BIGINT;
-- It came outside of these working hours, whose message is its last.
ALTER TABLE calls ADD COLUMN away_hours TEXT COLLATE "C";

CREATE TABLE waiting_strategies (
    account    TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    -- Everything that is set, as JSON: it is read and written as a whole.
    fields     TEXT COLLATE "C" NOT NULL,
    created_at BIGINT           NOT NULL,
    updated_at BIGINT           NOT NULL,
    PRIMARY KEY (account, id)
);

-- What callers hear outside of working hours, before their call ends.
CREATE TABLE away_messages (
    account TEXT COLLATE "C" NOT NULL,
    -- The working hours.
    id      TEXT COLLATE "C" NOT NULL,
    -- As JSON.
    message TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account, id)
);

-- Uploaded audio. A file and the frames made of it are written at once, and never change.
CREATE TABLE audio_files (
    account     TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    -- As it was uploaded; its end names the format.
    name        TEXT COLLATE "C" NOT NULL,
    bytes       BIGINT           NOT NULL,
    duration_ms BIGINT           NOT NULL,
    -- The file itself.
    content     BYTEA            NOT NULL,
    -- Opus frames, in the form that the crate `prompts` reads.
    prompt      BYTEA            NOT NULL,
    created_at  BIGINT           NOT NULL,
    PRIMARY KEY (account, id)
);
