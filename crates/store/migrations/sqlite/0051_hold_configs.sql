-- What customers on hold hear, by queue.
CREATE TABLE hold_configs (
    account    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    -- Everything that is set, as JSON: it is read and written as a whole.
    fields     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
