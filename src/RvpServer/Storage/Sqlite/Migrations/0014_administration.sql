-- Who may administer. kind 1: an account, by its key; 2: a group of the directory, by its distinguished name in upper case. name: as people read it. domain: an
-- IM domain; empty for the whole installation. role: 1 sees, 2 changes accounts, 3 gives roles too.
CREATE TABLE administrators (
    kind       INTEGER NOT NULL,
    subject    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    domain     TEXT    NOT NULL,
    role       INTEGER NOT NULL,
    granted_at BIGINT  NOT NULL,
    PRIMARY KEY (kind, subject, domain)
);

-- What administrators did. No statement of the server changes or deletes a row. at: milliseconds since 1970, by the clock on the wall. outcome 1: done; 2: refused;
-- 3: failed. old_values, new_values: JSON; never a password.
CREATE TABLE audit (
    id         BIGINT  NOT NULL PRIMARY KEY,
    at         BIGINT  NOT NULL,
    who        TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    target     TEXT    NOT NULL,
    domain     TEXT    NOT NULL,
    outcome    INTEGER NOT NULL,
    reason     TEXT    NOT NULL,
    old_values TEXT,
    new_values TEXT
);
CREATE INDEX audit_target ON audit (target, id);

-- What was stored for earlier passwords, where Rvp:Authentication:PasswordHistory asks for it; the largest number is the newest.
CREATE TABLE old_secrets (
    account   INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    number    INTEGER NOT NULL,
    protected BLOB    NOT NULL,
    PRIMARY KEY (account, number)
);
