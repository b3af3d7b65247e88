-- Names before the server's own, under which accounts' call links may be opened.
CREATE TABLE subdomains (
    account    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    -- One label in lower case.
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
-- A host name leads to one place.
CREATE UNIQUE INDEX subdomains_name ON subdomains (name);
