-- Nodes that look different since then, and perhaps not all watchers have heard of it: they are told after the next start.
CREATE TABLE owed_news (
    node  TEXT    NOT NULL PRIMARY KEY COLLATE NOCASE,
    since INTEGER NOT NULL
) WITHOUT ROWID;
