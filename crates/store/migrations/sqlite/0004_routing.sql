-- How a queue's calls find agents.
ALTER TABLE queues ADD COLUMN algorithm TEXT NOT NULL DEFAULT 'LOAD_BALANCING';
-- A customer's next call goes first to the agent who has the conversation.
ALTER TABLE queues ADD COLUMN sticky BOOLEAN NOT NULL DEFAULT FALSE;
-- Days after which that is forgotten; NULL for never.
ALTER TABLE queues ADD COLUMN sticky_days BIGINT;
-- Whose turn it was last, where agents take turns.
ALTER TABLE queues ADD COLUMN last_in_turn TEXT;
-- NULL for the default ones.
ALTER TABLE queues ADD COLUMN working_hours TEXT;
ALTER TABLE queues ADD COLUMN assign_outside_hours BOOLEAN NOT NULL DEFAULT FALSE;

-- The agent who had the conversation when the call arrived, and when it had changed last: both or none.
ALTER TABLE calls ADD COLUMN familiar_agent TEXT;
ALTER TABLE calls ADD COLUMN familiar_since BIGINT;

-- Statuses that accounts have named themselves.
CREATE TABLE agent_statuses (
    account      TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    -- Whether agents in it get calls: one of the four groups.
    status_group TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    PRIMARY KEY (account, id)
);

-- The one of them that the agent is in.
ALTER TABLE agents ADD COLUMN custom_status TEXT;
-- Conversations that the agent can have at once; NULL for the account's number.
ALTER TABLE agents ADD COLUMN capacity BIGINT;

CREATE TABLE working_hours (
    account                   TEXT    NOT NULL,
    id                        TEXT    NOT NULL,
    name                      TEXT    NOT NULL,
    -- Name in the IANA database.
    timezone                  TEXT    NOT NULL,
    message                   TEXT    NOT NULL,
    -- JSON list of the seven days' hours, Monday first.
    week                      TEXT    NOT NULL,
    enabled                   BOOLEAN NOT NULL,
    is_default                BOOLEAN NOT NULL,
    close_conversations       BOOLEAN NOT NULL,
    away_message_every_period BOOLEAN NOT NULL,
    -- JSON list.
    holidays                  TEXT    NOT NULL,
    created_at                BIGINT  NOT NULL,
    updated_at                BIGINT  NOT NULL,
    PRIMARY KEY (account, id)
);

-- Which calls go to which queue.
CREATE TABLE routing_rules (
    account           TEXT    NOT NULL,
    id                TEXT    NOT NULL,
    -- Counts from zero: the first rule that holds wins.
    position          BIGINT  NOT NULL,
    name              TEXT,
    queue             TEXT    NOT NULL,
    priority          TEXT    NOT NULL,
    enabled           BOOLEAN NOT NULL,
    only_within_hours BOOLEAN NOT NULL,
    -- JSON of the public API.
    expression        TEXT    NOT NULL,
    created_at        BIGINT  NOT NULL,
    updated_at        BIGINT  NOT NULL,
    PRIMARY KEY (account, id)
);
