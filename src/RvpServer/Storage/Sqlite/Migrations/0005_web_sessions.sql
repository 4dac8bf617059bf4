-- Sessions of the web client: one that is not here is over. name_key: the account's name in upper case. Times are unix milliseconds, UTC.
CREATE TABLE web_sessions (
    id       BLOB    NOT NULL PRIMARY KEY,
    domain   TEXT    NOT NULL,
    name_key TEXT    NOT NULL,
    begun_at INTEGER NOT NULL,
    used_at  INTEGER NOT NULL,
    address  TEXT    NOT NULL,
    browser  TEXT    NOT NULL
);
CREATE INDEX web_sessions_account ON web_sessions (domain, name_key, used_at);
CREATE INDEX web_sessions_used ON web_sessions (used_at);
