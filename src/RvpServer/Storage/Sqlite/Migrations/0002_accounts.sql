-- The local directory. Keys are names and addresses in upper case, as names compare. The counter 'accounts' grows with every write.
INSERT INTO counters (name, value) VALUES ('accounts', 1);

CREATE TABLE accounts (
    id           INTEGER NOT NULL PRIMARY KEY,
    domain       TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    name_key     TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    home         TEXT,
    enabled      INTEGER NOT NULL,
    UNIQUE (domain, name_key)
);

-- domain and name_key: the node name that the address stands for. The address at position 0 is the primary one.
CREATE TABLE addresses (
    address_key TEXT    NOT NULL PRIMARY KEY,
    address     TEXT    NOT NULL,
    account     INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    domain      TEXT    NOT NULL,
    name_key    TEXT    NOT NULL
);
CREATE INDEX addresses_name ON addresses (domain, name_key);
CREATE INDEX addresses_account ON addresses (account, position);

CREATE TABLE secrets (
    account   INTEGER NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    protected BLOB    NOT NULL
);
