-- Numbers of ids are given again once the counter has gone round. An id that ends when the counter is near (an eighth of all numbers, at least most of a day)
-- is passed over once, since somebody may still name it. Ids below the floor are not given again.
CREATE TABLE resting_ids (
    id INTEGER NOT NULL PRIMARY KEY
);
CREATE TRIGGER subscriptions_rest AFTER DELETE ON subscriptions
WHEN (SELECT OLD.id >= floor AND (OLD.id - value + 2147483648 - floor) % (2147483648 - floor) < 268435456
      FROM counters, id_key WHERE name = 'next_id')
BEGIN
    INSERT OR IGNORE INTO resting_ids (id) VALUES (OLD.id);
END;
CREATE TRIGGER views_rest AFTER DELETE ON views
WHEN (SELECT OLD.id >= floor AND (OLD.id - value + 2147483648 - floor) % (2147483648 - floor) < 268435456
      FROM counters, id_key WHERE name = 'next_id')
BEGIN
    INSERT OR IGNORE INTO resting_ids (id) VALUES (OLD.id);
END;
