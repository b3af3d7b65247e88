-- What customers on hold hear, by queue.
CREATE TABLE hold_configs (
    account    TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    -- Everything that is set, as JSON: it is read and written as a whole.
    fields     TEXT COLLATE "C" NOT NULL,
    created_at BIGINT           NOT NULL,
    updated_at BIGINT           NOT NULL,
    PRIMARY KEY (account, id)
);
