-- Tags that conversations can carry.
CREATE TABLE tags (
    account     TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX tags_name ON tags (account, name);

-- Which conversations carry which tags.
CREATE TABLE conversation_tags (
    account      TEXT    NOT NULL,
    conversation TEXT    NOT NULL,
    tag          TEXT    NOT NULL,
    PRIMARY KEY (account, conversation, tag)
);
CREATE INDEX conversation_tags_tag ON conversation_tags (account, tag);

-- Free values of conversations.
CREATE TABLE conversation_metadata (
    account      TEXT    NOT NULL,
    conversation TEXT    NOT NULL,
    -- JSON object.
    body         TEXT    NOT NULL,
    PRIMARY KEY (account, conversation)
);

-- INTERNAL (text) or ATTACHMENT (the address of a file).
ALTER TABLE notes ADD COLUMN kind TEXT NOT NULL DEFAULT 'INTERNAL';

-- Who caused it, as JSON; NULL for the system itself.
ALTER TABLE events ADD COLUMN author TEXT;
