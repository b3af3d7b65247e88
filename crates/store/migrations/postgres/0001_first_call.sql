-- As in sqlite/, but for the texts: COLLATE "C" compares and orders them as SQLite does, whatever the database was
-- created with.

-- Tenants.
CREATE TABLE accounts (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name        TEXT COLLATE "C" NOT NULL,
    -- Account settings as JSON; NULL until they are changed from the defaults.
    settings    TEXT COLLATE "C",
    created_at  BIGINT           NOT NULL
);

-- Who owns an account's call center: each owner counts it up, and commits under an older number fail.
CREATE TABLE epochs (
    account     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    epoch       BIGINT           NOT NULL
);

-- People who sign in to the console.
CREATE TABLE users (
    account       TEXT COLLATE "C" NOT NULL,
    id            TEXT COLLATE "C" NOT NULL,
    -- Unique over all accounts: signing in names no account.
    login         TEXT COLLATE "C" NOT NULL,
    -- argon2 in PHC string form.
    password_hash TEXT COLLATE "C" NOT NULL,
    display_name  TEXT COLLATE "C" NOT NULL,
    role          TEXT COLLATE "C" NOT NULL,
    -- The agent that the person works as.
    agent         TEXT COLLATE "C",
    enabled       BOOLEAN          NOT NULL,
    created_at    BIGINT           NOT NULL,
    updated_at    BIGINT           NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX users_login ON users (login);

-- Signed-in browsers.
CREATE TABLE sessions (
    -- SHA-256 of the cookie, lower-case hex.
    hash        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account     TEXT COLLATE "C" NOT NULL,
    user_id     TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT           NOT NULL,
    expires_at  BIGINT           NOT NULL
);
CREATE INDEX sessions_user ON sessions (account, user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Keys of programs.
CREATE TABLE api_keys (
    account     TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the key, lower-case hex.
    hash        TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    -- JSON list of scope names.
    scopes      TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT           NOT NULL,
    expires_at  BIGINT,
    PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

CREATE TABLE agents (
    account              TEXT COLLATE "C" NOT NULL,
    id                   TEXT COLLATE "C" NOT NULL,
    display_name         TEXT COLLATE "C" NOT NULL,
    email                TEXT COLLATE "C",
    role                 TEXT COLLATE "C" NOT NULL,
    enabled              BOOLEAN          NOT NULL,
    -- What the agent set.
    status               TEXT COLLATE "C" NOT NULL,
    -- What the agent does with calls.
    voice                TEXT COLLATE "C" NOT NULL,
    idle_since           BIGINT           NOT NULL,
    -- The agent's own wrap-up time; NULL for the account's.
    wrap_up_seconds      BIGINT,
    -- The wrap-up that runs: all three or none.
    wrap_up_call         TEXT COLLATE "C",
    wrap_up_conversation TEXT COLLATE "C",
    wrap_up_until        BIGINT,
    last_seen            BIGINT,
    created_at           BIGINT           NOT NULL,
    updated_at           BIGINT           NOT NULL,
    PRIMARY KEY (account, id)
);

-- Which agents serve which queues; position keeps the order of the agent's list.
CREATE TABLE agent_queues (
    account     TEXT COLLATE "C" NOT NULL,
    agent       TEXT COLLATE "C" NOT NULL,
    queue       TEXT COLLATE "C" NOT NULL,
    position    BIGINT           NOT NULL,
    PRIMARY KEY (account, agent, queue)
);
CREATE INDEX agent_queues_queue ON agent_queues (account, queue);

CREATE TABLE queues (
    account         TEXT COLLATE "C" NOT NULL,
    id              TEXT COLLATE "C" NOT NULL,
    name            TEXT COLLATE "C" NOT NULL,
    is_default      BOOLEAN          NOT NULL,
    auto_assignment BOOLEAN          NOT NULL,
    external_id     TEXT COLLATE "C",
    created_at      BIGINT           NOT NULL,
    updated_at      BIGINT           NOT NULL,
    deleted_at      BIGINT,
    PRIMARY KEY (account, id)
);

CREATE TABLE customers (
    account      TEXT COLLATE "C" NOT NULL,
    id           TEXT COLLATE "C" NOT NULL,
    identity     TEXT COLLATE "C" NOT NULL,
    display_name TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT           NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE INDEX customers_identity ON customers (account, identity);

CREATE TABLE conversations (
    account     TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    customer    TEXT COLLATE "C",
    topic       TEXT COLLATE "C",
    summary     TEXT COLLATE "C",
    status      TEXT COLLATE "C" NOT NULL,
    priority    TEXT COLLATE "C" NOT NULL,
    queue       TEXT COLLATE "C",
    agent       TEXT COLLATE "C",
    channel     TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT           NOT NULL,
    updated_at  BIGINT           NOT NULL,
    closed_at   BIGINT,
    PRIMARY KEY (account, id)
);
CREATE INDEX conversations_agent ON conversations (account, agent, status);
CREATE INDEX conversations_queue ON conversations (account, queue, status);
CREATE INDEX conversations_status ON conversations (account, status);
CREATE INDEX conversations_created ON conversations (account, created_at);
CREATE INDEX conversations_updated ON conversations (account, updated_at);

CREATE TABLE calls (
    account            TEXT COLLATE "C" NOT NULL,
    id                 TEXT COLLATE "C" NOT NULL,
    conversation       TEXT COLLATE "C" NOT NULL,
    customer           TEXT COLLATE "C" NOT NULL,
    direction          TEXT COLLATE "C" NOT NULL,
    kind               TEXT COLLATE "C" NOT NULL,
    media              TEXT COLLATE "C" NOT NULL,
    state              TEXT COLLATE "C" NOT NULL,
    queue              TEXT COLLATE "C" NOT NULL,
    -- Only this agent may be rung.
    only_agent         TEXT COLLATE "C",
    link               TEXT COLLATE "C",
    -- JSON object of strings, from the customer's page.
    custom_data        TEXT COLLATE "C" NOT NULL,
    -- JSON list of agents that had their turn.
    passed_over        TEXT COLLATE "C" NOT NULL,
    ring_until         BIGINT,
    -- What is recorded; NULL for nothing.
    recording          TEXT COLLATE "C",
    -- Zero of the recording's timeline: microseconds on the engine's clock.
    recording_epoch_us BIGINT,
    created_at         BIGINT           NOT NULL,
    answered_at        BIGINT,
    ended_at           BIGINT,
    ended_by           TEXT COLLATE "C",
    end_code           BIGINT,
    PRIMARY KEY (account, id)
);
CREATE INDEX calls_conversation ON calls (account, conversation);
CREATE INDEX calls_state ON calls (account, state);

CREATE TABLE legs (
    account      TEXT COLLATE "C" NOT NULL,
    id           TEXT COLLATE "C" NOT NULL,
    call         TEXT COLLATE "C" NOT NULL,
    participant  TEXT COLLATE "C" NOT NULL,
    agent        TEXT COLLATE "C",
    identity     TEXT COLLATE "C" NOT NULL,
    display_name TEXT COLLATE "C" NOT NULL,
    phase        TEXT COLLATE "C" NOT NULL,
    muted        BOOLEAN          NOT NULL,
    camera       BOOLEAN          NOT NULL,
    screen_share BOOLEAN          NOT NULL,
    -- Since when its page or its path to the engine is gone.
    lost_since   BIGINT,
    -- The recording segment that is open.
    segment      TEXT COLLATE "C",
    created_at   BIGINT           NOT NULL,
    connected_at BIGINT,
    ended_at     BIGINT,
    PRIMARY KEY (account, id)
);
CREATE INDEX legs_call ON legs (account, call);

CREATE TABLE link_configs (
    account     TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    is_default  BOOLEAN          NOT NULL,
    -- initialOptions, callOptions and theme as JSON of the public API.
    body        TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT           NOT NULL,
    updated_at  BIGINT           NOT NULL,
    PRIMARY KEY (account, id)
);

CREATE TABLE links (
    account                  TEXT COLLATE "C" NOT NULL,
    id                       TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the secret in the address, lower-case hex.
    secret_hash              TEXT COLLATE "C" NOT NULL,
    -- The secret, sealed with the server's key, so that the address can be shown again.
    secret_sealed            TEXT COLLATE "C" NOT NULL,
    config                   TEXT COLLATE "C",
    identity                 TEXT COLLATE "C",
    display_name             TEXT COLLATE "C",
    show_identity            BOOLEAN          NOT NULL,
    -- CONVERSATIONS (to the contact center) or WEBRTC (to the agent in destination_identity).
    destination_type         TEXT COLLATE "C" NOT NULL,
    destination_identity     TEXT COLLATE "C",
    destination_display_name TEXT COLLATE "C",
    -- JSON object of strings.
    custom_data              TEXT COLLATE "C" NOT NULL,
    one_time                 BOOLEAN          NOT NULL,
    starts_at                BIGINT           NOT NULL,
    ends_at                  BIGINT           NOT NULL,
    -- Hours and days of use as JSON; NULL for any.
    open_hours               TEXT COLLATE "C",
    created_by               TEXT COLLATE "C",
    created_at               BIGINT           NOT NULL,
    used_at                  BIGINT,
    PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX links_secret ON links (secret_hash);

CREATE TABLE notes (
    account      TEXT COLLATE "C" NOT NULL,
    id           TEXT COLLATE "C" NOT NULL,
    conversation TEXT COLLATE "C" NOT NULL,
    agent        TEXT COLLATE "C",
    content      TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT           NOT NULL,
    updated_at   BIGINT           NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE INDEX notes_conversation ON notes (account, conversation);

-- Recording files. A leg's shared screen is a second file under the same id.
CREATE TABLE segments (
    account      TEXT COLLATE "C" NOT NULL,
    id           TEXT COLLATE "C" NOT NULL,
    screen       BOOLEAN          NOT NULL,
    conversation TEXT COLLATE "C" NOT NULL,
    call         TEXT COLLATE "C" NOT NULL,
    leg          TEXT COLLATE "C" NOT NULL,
    participant  TEXT COLLATE "C" NOT NULL,
    agent        TEXT COLLATE "C",
    display_name TEXT COLLATE "C" NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    media        TEXT COLLATE "C" NOT NULL,
    -- Path under the recorder's folder.
    path         TEXT COLLATE "C",
    file_name    TEXT COLLATE "C",
    mime         TEXT COLLATE "C",
    bytes        BIGINT,
    duration_ms  BIGINT,
    -- Stated gaps in all.
    gaps_ms      BIGINT,
    sha256       TEXT COLLATE "C",
    -- Why it failed.
    reason       TEXT COLLATE "C",
    started_at   BIGINT           NOT NULL,
    PRIMARY KEY (account, id, screen)
);
CREATE INDEX segments_conversation ON segments (account, conversation);
CREATE INDEX segments_call ON segments (account, call);
CREATE INDEX segments_state ON segments (account, state);
CREATE INDEX segments_started ON segments (account, started_at);

-- The event log: audit trail, timeline, source of webhooks.
CREATE TABLE events (
    account      TEXT COLLATE "C" NOT NULL,
    -- Counts up by one within the account.
    sequence     BIGINT           NOT NULL,
    at           BIGINT           NOT NULL,
    conversation TEXT COLLATE "C",
    call         TEXT COLLATE "C",
    type         TEXT COLLATE "C" NOT NULL,
    -- Version of the body's form.
    version      BIGINT           NOT NULL,
    -- The event as JSON.
    body         TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account, sequence)
);
CREATE INDEX events_conversation ON events (account, conversation, sequence);
