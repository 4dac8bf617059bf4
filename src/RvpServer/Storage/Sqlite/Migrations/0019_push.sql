-- Where browsers have themselves told of messages while they are closed. account: the owner's key; domain and name find it. receiver and secret: by which the
-- notice is encrypted for the browser. session: that of the web client by which it was made, empty for a program. stamp: that of the password then.
CREATE TABLE push_subscriptions (
    endpoint   TEXT    NOT NULL PRIMARY KEY,
    account    TEXT    NOT NULL,
    domain     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    receiver   BLOB    NOT NULL,
    secret     BLOB    NOT NULL,
    shows_text INTEGER NOT NULL,
    session    BLOB    NOT NULL,
    stamp      BIGINT  NOT NULL,
    made_at    BIGINT  NOT NULL
);
CREATE INDEX push_subscriptions_account ON push_subscriptions (account, made_at);

-- The key by which push services know this server. id: 1.
CREATE TABLE push_key (
    id        INTEGER NOT NULL PRIMARY KEY,
    protected BLOB    NOT NULL
);
