-- Messages of an account, of both sides. with_key: the other person's URL, or the session of a conversation with several. other: who said it, or whom it was
-- sent to. digest: of the body, to find what was sent to several and is kept once. words: what is searched, beginning with a word that stands for the node.
CREATE TABLE history (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    node     TEXT    NOT NULL COLLATE NOCASE,
    with_key TEXT    NOT NULL COLLATE NOCASE,
    other    TEXT    NOT NULL,
    mine     INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    digest   INTEGER NOT NULL,
    body     BLOB    NOT NULL,
    words    TEXT    NOT NULL
);
CREATE INDEX history_conversation ON history (node, with_key, id, mine);
CREATE INDEX history_node ON history (node);

-- Up to which message the owner has read, on whichever device.
CREATE TABLE history_read (
    node     TEXT    NOT NULL COLLATE NOCASE,
    with_key TEXT    NOT NULL COLLATE NOCASE,
    until    INTEGER NOT NULL,
    PRIMARY KEY (node, with_key)
) WITHOUT ROWID;

CREATE VIRTUAL TABLE history_words USING fts5 (words, content = 'history', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER history_added AFTER INSERT ON history BEGIN
    INSERT INTO history_words (rowid, words) VALUES (NEW.id, NEW.words);
END;
CREATE TRIGGER history_removed AFTER DELETE ON history BEGIN
    INSERT INTO history_words (history_words, rowid, words) VALUES ('delete', OLD.id, OLD.words);
END;
CREATE TRIGGER history_changed AFTER UPDATE OF words ON history BEGIN
    INSERT INTO history_words (history_words, rowid, words) VALUES ('delete', OLD.id, OLD.words);
    INSERT INTO history_words (rowid, words) VALUES (NEW.id, NEW.words);
END;
