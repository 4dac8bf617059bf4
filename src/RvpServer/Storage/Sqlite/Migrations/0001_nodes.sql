-- State of the nodes. A node is its canonical URL, which is plain ASCII, so NOCASE folds all of it that can differ in case.
-- Times are unix milliseconds, UTC. A URL has its identity and, where the letters differ, its spelling beside it.
PRAGMA application_id = 1381388371;

CREATE TABLE counters (
    name  TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
);
INSERT INTO counters (name, value) VALUES ('next_id', 1);

CREATE TABLE subscriptions (
    id                     INTEGER NOT NULL PRIMARY KEY,
    node                   TEXT    NOT NULL COLLATE NOCASE,
    type                   INTEGER NOT NULL,
    principal              TEXT    NOT NULL,
    principal_spelling     TEXT,
    proof                  INTEGER NOT NULL,
    node_as_spelt          TEXT    NOT NULL,
    node_as_spelt_spelling TEXT,
    callback_kind          INTEGER NOT NULL,
    callback               TEXT,
    callback_spelling      TEXT,
    address                TEXT    NOT NULL,
    expires_at             INTEGER NOT NULL
);
CREATE INDEX subscriptions_node ON subscriptions (node);

CREATE TABLE views (
    id      INTEGER NOT NULL PRIMARY KEY,
    node    TEXT    NOT NULL COLLATE NOCASE,
    sign_in INTEGER
);
CREATE INDEX views_node ON views (node);

CREATE TABLE view_values (
    view        INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    node        TEXT    NOT NULL COLLATE NOCASE,
    inner_xml   TEXT    NOT NULL,
    default_xml TEXT,
    expires_at  INTEGER,
    set_order   INTEGER NOT NULL,
    PRIMARY KEY (view, name)
);
CREATE INDEX view_values_node ON view_values (node);

CREATE TABLE properties (
    node      TEXT NOT NULL COLLATE NOCASE,
    name      TEXT NOT NULL,
    inner_xml TEXT NOT NULL,
    PRIMARY KEY (node, name)
);

-- principal_key: the principal folded as RvpUrl compares it; empty for everyone.
CREATE TABLE access_entries (
    node               TEXT    NOT NULL COLLATE NOCASE,
    principal_key      TEXT    NOT NULL,
    principal          TEXT,
    principal_spelling TEXT,
    credentials        INTEGER NOT NULL,
    grants             INTEGER NOT NULL,
    denies             INTEGER NOT NULL,
    PRIMARY KEY (node, principal_key)
);
