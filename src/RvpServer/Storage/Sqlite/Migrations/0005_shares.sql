-- Ids of subscriptions and views cannot be guessed from each other: a permutation under this key of the counter's values, from the floor on. Ids below the
-- floor were given before, in ascending order, and are never given again.
CREATE TABLE id_key (
    floor INTEGER NOT NULL,
    key   BLOB    NOT NULL
);
UPDATE counters SET value = max(value, 1 + (SELECT ifnull(max(id), 0) FROM (SELECT id FROM subscriptions UNION ALL SELECT id FROM views)))
    WHERE name = 'next_id';
INSERT INTO id_key (floor, key) SELECT value, randomblob(32) FROM counters WHERE name = 'next_id';

-- Whose share of the queue an entry counts against; null: written before there were shares.
ALTER TABLE poll_entries ADD COLUMN sender TEXT;
