-- Images that pages of call links show. One is written at once, and never changes.
CREATE TABLE link_images (
    account    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    -- As it was uploaded.
    name       TEXT   NOT NULL,
    -- LOGO or BACKGROUND.
    kind       TEXT   NOT NULL,
    -- As HTTP calls it, found in the bytes.
    media_type TEXT   NOT NULL,
    -- Pixels.
    width      BIGINT NOT NULL,
    height     BIGINT NOT NULL,
    bytes      BIGINT NOT NULL,
    -- The file itself.
    content    BLOB   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
