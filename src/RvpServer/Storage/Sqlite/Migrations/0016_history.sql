-- Messages of an account, of both sides, by conversation. with_key: the other person's URL, or the session of a conversation with several. read_until: the
-- message up to which the owner has read, on whichever device.
CREATE TABLE history_conversations (
    id         INTEGER NOT NULL PRIMARY KEY,
    node       TEXT    NOT NULL COLLATE NOCASE,
    with_key   TEXT    NOT NULL COLLATE NOCASE,
    read_until INTEGER NOT NULL,
    UNIQUE (node, with_key)
);

-- other and digest (of the body): only of what the owner has sent to several, which is kept once. words: what is searched, beginning with a word that stands
-- for the node. at: unix milliseconds, UTC.
CREATE TABLE history_messages (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL,
    mine         INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    other        TEXT,
    digest       INTEGER,
    body         BLOB    NOT NULL,
    words        TEXT    NOT NULL
);
CREATE INDEX history_messages_conversation ON history_messages (conversation, id, mine);
CREATE TRIGGER history_conversations_removed AFTER DELETE ON history_conversations BEGIN
    DELETE FROM history_messages WHERE conversation = OLD.id;
END;

-- Words are looked up here up to a message, the later ones are added many at a time: each by itself would cost more than all else.
CREATE VIRTUAL TABLE history_words USING fts5 (words, content = 'history_messages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
CREATE TABLE history_words_until (id INTEGER NOT NULL);
INSERT INTO history_words_until (id) VALUES (0);
CREATE TRIGGER history_messages_removed AFTER DELETE ON history_messages WHEN OLD.id <= (SELECT id FROM history_words_until) BEGIN
    INSERT INTO history_words (history_words, rowid, words) VALUES ('delete', OLD.id, OLD.words);
END;
CREATE TRIGGER history_messages_changed AFTER UPDATE OF words ON history_messages WHEN OLD.id <= (SELECT id FROM history_words_until) BEGIN
    INSERT INTO history_words (history_words, rowid, words) VALUES ('delete', OLD.id, OLD.words);
    INSERT INTO history_words (rowid, words) VALUES (NEW.id, NEW.words);
END;
