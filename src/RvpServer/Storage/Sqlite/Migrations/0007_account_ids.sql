-- Accounts have an id of their own, so that one made anew under an old name is another.
ALTER TABLE accounts ADD COLUMN uid TEXT NOT NULL DEFAULT '';
UPDATE accounts SET uid = lower(hex(randomblob(16)));

-- stamp: random, another one for each password that is set; what was made with an earlier password shows by it. 0: not known.
ALTER TABLE secrets ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;
UPDATE secrets SET stamp = random();
ALTER TABLE own_passwords ADD COLUMN account_id TEXT NOT NULL DEFAULT '';
ALTER TABLE own_passwords ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;
UPDATE own_passwords SET stamp = random();
ALTER TABLE subscriptions ADD COLUMN password_stamp INTEGER NOT NULL DEFAULT 0;

-- Whose state a node's is, by the account's id; empty where the directory has no ids.
CREATE TABLE node_accounts (
    node          TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
    account       TEXT NOT NULL,
    missing_since INTEGER
);

-- Where accounts have signed in from, for the throttle of guesses. account: id, or domain and name where there is none.
CREATE TABLE known_addresses (
    account TEXT    NOT NULL,
    address TEXT    NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (account, address)
);
