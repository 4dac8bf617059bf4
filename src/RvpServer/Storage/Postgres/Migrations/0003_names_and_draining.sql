-- 1: the process is to give its shards away and take no more.
ALTER TABLE processes ADD COLUMN draining smallint NOT NULL DEFAULT 0;

-- By which an account that gets another name finds what it has left under the earlier one.
CREATE INDEX node_accounts_account ON node_accounts (account);
