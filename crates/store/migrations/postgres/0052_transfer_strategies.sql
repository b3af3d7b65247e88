-- What customers hear while it rings at another agent. An account has one at most.
CREATE TABLE transfer_strategies (
    account    TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    -- Everything that is set, as JSON: it is read and written as a whole.
    fields     TEXT COLLATE "C" NOT NULL,
    created_at BIGINT           NOT NULL,
    updated_at BIGINT           NOT NULL,
    PRIMARY KEY (account, id)
);
