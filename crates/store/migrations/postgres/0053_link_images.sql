-- Images that pages of call links show. One is written at once, and never changes.
CREATE TABLE link_images (
    account    TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    -- As it was uploaded.
    name       TEXT COLLATE "C" NOT NULL,
    -- LOGO or BACKGROUND.
    kind       TEXT COLLATE "C" NOT NULL,
    -- As HTTP calls it, found in the bytes.
    media_type TEXT COLLATE "C" NOT NULL,
    -- Pixels.
    width      BIGINT           NOT NULL,
    height     BIGINT           NOT NULL,
    bytes      BIGINT           NOT NULL,
    -- The file itself.
    content    BYTEA            NOT NULL,
    created_at BIGINT           NOT NULL,
    PRIMARY KEY (account, id)
);
