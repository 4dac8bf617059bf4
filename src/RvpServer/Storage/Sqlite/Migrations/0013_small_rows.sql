-- Signing in writes some twenty rows, a page of the log for each row of an index: an index by node serves only who deletes, and the start, which reads all.
DROP INDEX views_node;
DROP INDEX view_values_node;

-- node_as_spelt: NULL where it is the node's own text. callback: NULL for a node that is the principal. Their spellings are beside them in any case.
CREATE TABLE small_subscriptions (
    id                     INTEGER NOT NULL PRIMARY KEY,
    node                   TEXT    NOT NULL COLLATE NOCASE,
    type                   INTEGER NOT NULL,
    principal              TEXT    NOT NULL,
    principal_spelling     TEXT,
    proof                  INTEGER NOT NULL,
    node_as_spelt          TEXT,
    node_as_spelt_spelling TEXT,
    callback_kind          INTEGER NOT NULL,
    callback               TEXT,
    callback_spelling      TEXT,
    address                TEXT    NOT NULL,
    expires_at             INTEGER NOT NULL,
    password_stamp         INTEGER NOT NULL,
    silent                 INTEGER NOT NULL
);
INSERT INTO small_subscriptions
    SELECT id, node, type, principal, principal_spelling, proof, CASE WHEN node_as_spelt <> node COLLATE BINARY THEN node_as_spelt END,
        node_as_spelt_spelling, callback_kind, CASE WHEN callback_kind <> 2 OR callback <> principal COLLATE BINARY THEN callback END, callback_spelling,
        address, expires_at, password_stamp, silent
    FROM subscriptions ORDER BY id;
DROP TABLE subscriptions;
ALTER TABLE small_subscriptions RENAME TO subscriptions;
CREATE TRIGGER subscriptions_rest AFTER DELETE ON subscriptions
WHEN (SELECT OLD.id >= floor AND (OLD.id - value + 2147483648 - floor) % (2147483648 - floor) < 268435456
      FROM counters, id_key WHERE name = 'next_id')
BEGIN
    INSERT OR IGNORE INTO resting_ids (id) VALUES (OLD.id);
END;
