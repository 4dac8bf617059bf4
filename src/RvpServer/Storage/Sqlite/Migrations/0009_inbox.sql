-- What waits for an account: one row for each notification, however many sign-ins it is for. holders: the numbers of their ids, with commas; owed: a message
-- that nobody has taken yet, which is kept when the last holder ends. contact: whom a change of presence is about; null for a message.
CREATE TABLE inbox (
    node      TEXT    NOT NULL COLLATE NOCASE,
    sequence  INTEGER NOT NULL,
    body      BLOB    NOT NULL,
    contact   TEXT,
    queued_at INTEGER NOT NULL,
    sender    TEXT,
    holders   TEXT    NOT NULL,
    owed      INTEGER NOT NULL,
    PRIMARY KEY (node, sequence)
);
INSERT INTO inbox (node, sequence, body, contact, queued_at, sender, holders, owed)
    SELECT node, max(sequence), body, contact, queued_at, sender, group_concat(subscription, ','), contact IS NULL
    FROM poll_entries GROUP BY node, body, contact, queued_at, sender;

-- The highest sequence so far: none is given again, also after all that had one are gone.
INSERT INTO counters (name, value) SELECT 'poll_sequence', ifnull(max(sequence), 0) FROM poll_entries;
DROP TABLE poll_entries;

-- Polled sign-ins of which nothing has been heard for too long.
ALTER TABLE subscriptions ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
