-- What is recorded of agents for whom that is set.
CREATE TABLE agent_recordings (
    account     TEXT    NOT NULL,
    -- The agent.
    id          TEXT    NOT NULL,
    use_default BOOLEAN NOT NULL,
    -- Directions, media and switch as JSON: it is read and written as a whole.
    config      TEXT    NOT NULL,
    PRIMARY KEY (account, id)
);

-- What the account records of a call, read at its start; `recording` is what holds with the agent who has it.
ALTER TABLE calls ADD COLUMN account_recording TEXT;
UPDATE calls SET account_recording = recording WHERE state <> 'ENDED';
