-- Ids are UUIDs in text, enums are text as in the public API, times are milliseconds since 1970 UTC, durations carry
-- their unit in the name. JSON text holds free maps and lists alone. Every table starts its key with the account.

-- Tenants.
CREATE TABLE accounts (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    -- Account settings as JSON; NULL until they are changed from the defaults.
    settings    TEXT,
    created_at  BIGINT  NOT NULL
);

-- Who owns an account's call center: each owner counts it up, and commits under an older number fail.
CREATE TABLE epochs (
    account     TEXT    NOT NULL PRIMARY KEY,
    epoch       BIGINT  NOT NULL
);

-- People who sign in to the console.
CREATE TABLE users (
    account       TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    -- Unique over all accounts: signing in names no account.
    login         TEXT    NOT NULL,
    -- argon2 in PHC string form.
    password_hash TEXT    NOT NULL,
    display_name  TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    -- The agent that the person works as.
    agent         TEXT,
    enabled       BOOLEAN NOT NULL,
    created_at    BIGINT  NOT NULL,
    updated_at    BIGINT  NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX users_login ON users (login);

-- Signed-in browsers.
CREATE TABLE sessions (
    -- SHA-256 of the cookie, lower-case hex.
    hash        TEXT    NOT NULL PRIMARY KEY,
    account     TEXT    NOT NULL,
    user_id     TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL
);
CREATE INDEX sessions_user ON sessions (account, user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Keys of programs.
CREATE TABLE api_keys (
    account     TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    -- SHA-256 of the key, lower-case hex.
    hash        TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    -- JSON list of scope names.
    scopes      TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    expires_at  BIGINT,
    PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

CREATE TABLE agents (
    account              TEXT    NOT NULL,
    id                   TEXT    NOT NULL,
    display_name         TEXT    NOT NULL,
    email                TEXT,
    role                 TEXT    NOT NULL,
    enabled              BOOLEAN NOT NULL,
    -- What the agent set.
    status               TEXT    NOT NULL,
    -- What the agent does with calls.
    voice                TEXT    NOT NULL,
    idle_since           BIGINT  NOT NULL,
    -- The agent's own wrap-up time; NULL for the account's.
    wrap_up_seconds      BIGINT,
    -- The wrap-up that runs: all three or none.
    wrap_up_call         TEXT,
    wrap_up_conversation TEXT,
    wrap_up_until        BIGINT,
    last_seen            BIGINT,
    created_at           BIGINT  NOT NULL,
    updated_at           BIGINT  NOT NULL,
    PRIMARY KEY (account, id)
);

-- Which agents serve which queues; position keeps the order of the agent's list.
CREATE TABLE agent_queues (
    account     TEXT    NOT NULL,
    agent       TEXT    NOT NULL,
    queue       TEXT    NOT NULL,
    position    BIGINT  NOT NULL,
    PRIMARY KEY (account, agent, queue)
);
CREATE INDEX agent_queues_queue ON agent_queues (account, queue);

CREATE TABLE queues (
    account         TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    is_default      BOOLEAN NOT NULL,
    auto_assignment BOOLEAN NOT NULL,
    external_id     TEXT,
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    deleted_at      BIGINT,
    PRIMARY KEY (account, id)
);

CREATE TABLE customers (
    account      TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    identity     TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE INDEX customers_identity ON customers (account, identity);

CREATE TABLE conversations (
    account     TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    customer    TEXT,
    topic       TEXT,
    summary     TEXT,
    status      TEXT    NOT NULL,
    priority    TEXT    NOT NULL,
    queue       TEXT,
    agent       TEXT,
    channel     TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    closed_at   BIGINT,
    PRIMARY KEY (account, id)
);
CREATE INDEX conversations_agent ON conversations (account, agent, status);
CREATE INDEX conversations_queue ON conversations (account, queue, status);
CREATE INDEX conversations_status ON conversations (account, status);
CREATE INDEX conversations_created ON conversations (account, created_at);
CREATE INDEX conversations_updated ON conversations (account, updated_at);

CREATE TABLE calls (
    account            TEXT    NOT NULL,
    id                 TEXT    NOT NULL,
    conversation       TEXT    NOT NULL,
    customer           TEXT    NOT NULL,
    direction          TEXT    NOT NULL,
    kind               TEXT    NOT NULL,
    media              TEXT    NOT NULL,
    state              TEXT    NOT NULL,
    queue              TEXT    NOT NULL,
    -- Only this agent may be rung.
    only_agent         TEXT,
    link               TEXT,
    -- JSON object of strings, from the customer's page.
    custom_data        TEXT    NOT NULL,
    -- JSON list of agents that had their turn.
    passed_over        TEXT    NOT NULL,
    ring_until         BIGINT,
    -- What is recorded; NULL for nothing.
    recording          TEXT,
    -- Zero of the recording's timeline: microseconds on the engine's clock.
    recording_epoch_us BIGINT,
    created_at         BIGINT  NOT NULL,
    answered_at        BIGINT,
    ended_at           BIGINT,
    ended_by           TEXT,
    end_code           BIGINT,
    PRIMARY KEY (account, id)
);
CREATE INDEX calls_conversation ON calls (account, conversation);
CREATE INDEX calls_state ON calls (account, state);

CREATE TABLE legs (
    account      TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    call         TEXT    NOT NULL,
    participant  TEXT    NOT NULL,
    agent        TEXT,
    identity     TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    phase        TEXT    NOT NULL,
    muted        BOOLEAN NOT NULL,
    camera       BOOLEAN NOT NULL,
    screen_share BOOLEAN NOT NULL,
    -- Since when its page or its path to the engine is gone.
    lost_since   BIGINT,
    -- The recording segment that is open.
    segment      TEXT,
    created_at   BIGINT  NOT NULL,
    connected_at BIGINT,
    ended_at     BIGINT,
    PRIMARY KEY (account, id)
);
CREATE INDEX legs_call ON legs (account, call);

CREATE TABLE link_configs (
    account     TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    is_default  BOOLEAN NOT NULL,
    -- initialOptions, callOptions and theme as JSON of the public API.
    body        TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    PRIMARY KEY (account, id)
);

CREATE TABLE links (
    account                  TEXT    NOT NULL,
    id                       TEXT    NOT NULL,
    -- SHA-256 of the secret in the address, lower-case hex.
    secret_hash              TEXT    NOT NULL,
    -- The secret, sealed with the server's key, so that the address can be shown again.
    secret_sealed            TEXT    NOT NULL,
    config                   TEXT,
    identity                 TEXT,
    display_name             TEXT,
    show_identity            BOOLEAN NOT NULL,
    -- CONVERSATIONS (to the contact center) or WEBRTC (to the agent in destination_identity).
    destination_type         TEXT    NOT NULL,
    destination_identity     TEXT,
    destination_display_name TEXT,
    -- JSON object of strings.
    custom_data              TEXT    NOT NULL,
    one_time                 BOOLEAN NOT NULL,
    starts_at                BIGINT  NOT NULL,
    ends_at                  BIGINT  NOT NULL,
    -- Hours and days of use as JSON; NULL for any.
    open_hours               TEXT,
    created_by               TEXT,
    created_at               BIGINT  NOT NULL,
    used_at                  BIGINT,
    PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX links_secret ON links (secret_hash);

CREATE TABLE notes (
    account      TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    conversation TEXT    NOT NULL,
    agent        TEXT,
    content      TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE INDEX notes_conversation ON notes (account, conversation);

-- Recording files. A leg's shared screen is a second file under the same id.
CREATE TABLE segments (
    account      TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    screen       BOOLEAN NOT NULL,
    conversation TEXT    NOT NULL,
    call         TEXT    NOT NULL,
    leg          TEXT    NOT NULL,
    participant  TEXT    NOT NULL,
    agent        TEXT,
    display_name TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    media        TEXT    NOT NULL,
    -- Path under the recorder's folder.
    path         TEXT,
    file_name    TEXT,
    mime         TEXT,
    bytes        BIGINT,
    duration_ms  BIGINT,
    -- Stated gaps in all.
    gaps_ms      BIGINT,
    sha256       TEXT,
    -- Why it failed.
    reason       TEXT,
    started_at   BIGINT  NOT NULL,
    PRIMARY KEY (account, id, screen)
);
CREATE INDEX segments_conversation ON segments (account, conversation);
CREATE INDEX segments_call ON segments (account, call);
CREATE INDEX segments_state ON segments (account, state);
CREATE INDEX segments_started ON segments (account, started_at);

-- The event log: audit trail, timeline, source of webhooks.
CREATE TABLE events (
    account      TEXT    NOT NULL,
    -- Counts up by one within the account.
    sequence     BIGINT  NOT NULL,
    at           BIGINT  NOT NULL,
    conversation TEXT,
    call         TEXT,
    type         TEXT    NOT NULL,
    -- Version of the body's form.
    version      BIGINT  NOT NULL,
    -- The event as JSON.
    body         TEXT    NOT NULL,
    PRIMARY KEY (account, sequence)
);
CREATE INDEX events_conversation ON events (account, conversation, sequence);
