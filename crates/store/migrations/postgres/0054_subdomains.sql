-- Names before the server's own, under which accounts' call links may be opened.
CREATE TABLE subdomains (
    account    TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    -- One label in lower case.
    name       TEXT COLLATE "C" NOT NULL,
    created_at BIGINT           NOT NULL,
    PRIMARY KEY (account, id)
);
-- A host name leads to one place.
CREATE UNIQUE INDEX subdomains_name ON subdomains (name);
