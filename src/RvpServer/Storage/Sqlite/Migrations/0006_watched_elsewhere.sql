-- Nodes on other servers that a node's owner watches through this one. contact_key: the contact folded as RvpUrl compares it.
CREATE TABLE watched_elsewhere (
    node             TEXT    NOT NULL COLLATE NOCASE,
    contact_key      TEXT    NOT NULL,
    contact          TEXT    NOT NULL,
    contact_spelling TEXT,
    until            INTEGER NOT NULL,
    PRIMARY KEY (node, contact_key)
);
