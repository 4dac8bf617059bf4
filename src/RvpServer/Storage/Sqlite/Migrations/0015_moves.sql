-- Nodes that go to another home server, or have come from one. formers: host[:port] of those before, with commas. Times are unix milliseconds, UTC.
CREATE TABLE moves (
    node    TEXT    NOT NULL PRIMARY KEY COLLATE NOCASE,
    id      TEXT    NOT NULL,
    stage   INTEGER NOT NULL,
    home    TEXT    NOT NULL,
    formers TEXT    NOT NULL,
    at      INTEGER NOT NULL
) WITHOUT ROWID;

-- Ids that a node got at another home server. number: that of the subscription or view here, in the order of making.
CREATE TABLE foreign_ids (
    number INTEGER NOT NULL PRIMARY KEY,
    node   TEXT    NOT NULL COLLATE NOCASE,
    id     INTEGER NOT NULL
);

-- Moves by which nodes have come here. The other server may be down for a year and then send one again: it must not be taken twice.
CREATE TABLE taken_moves (
    id TEXT NOT NULL PRIMARY KEY
) WITHOUT ROWID;
