-- What customers hear while it rings at another agent. An account has one at most.
CREATE TABLE transfer_strategies (
    account    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    -- Everything that is set, as JSON: it is read and written as a whole.
    fields     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
