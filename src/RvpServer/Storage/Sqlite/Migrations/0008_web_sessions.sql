-- Sessions of the web client: one that is not here is over. account: its key. Times are unix milliseconds, UTC.
CREATE TABLE web_sessions (
    id       BLOB    NOT NULL PRIMARY KEY,
    account  TEXT    NOT NULL,
    begun_at INTEGER NOT NULL,
    used_at  INTEGER NOT NULL,
    address  TEXT    NOT NULL,
    browser  TEXT    NOT NULL
);
CREATE INDEX web_sessions_account ON web_sessions (account, used_at);
CREATE INDEX web_sessions_used ON web_sessions (used_at);
