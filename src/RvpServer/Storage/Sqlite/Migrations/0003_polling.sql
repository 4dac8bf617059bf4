-- Notifications that wait for a POLL. contact: whom a change of presence is about; null for a message.
CREATE TABLE poll_entries (
    subscription INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    node         TEXT    NOT NULL COLLATE NOCASE,
    body         BLOB    NOT NULL,
    contact      TEXT,
    queued_at    INTEGER NOT NULL,
    PRIMARY KEY (subscription, sequence)
);
CREATE INDEX poll_entries_node ON poll_entries (node, sequence);
