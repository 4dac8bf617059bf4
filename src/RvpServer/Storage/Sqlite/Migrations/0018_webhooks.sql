-- URLs by which programs send messages in an account's name. secret: its SHA-256. account: the owner's key; domain and name find it. recipient is the address
-- as people read it, url its node. Times are unix milliseconds, UTC.
CREATE TABLE webhooks (
    id        BLOB    NOT NULL PRIMARY KEY,
    secret    BLOB    NOT NULL UNIQUE,
    account   TEXT    NOT NULL,
    domain    TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    label     TEXT    NOT NULL,
    recipient TEXT    NOT NULL,
    url       TEXT    NOT NULL,
    made_at   INTEGER NOT NULL,
    used_at   INTEGER
);
CREATE INDEX webhooks_account ON webhooks (account, made_at);
