-- Pictures that people have given themselves; the directory may have others.
CREATE TABLE pictures (
    node  TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
    bytes BLOB NOT NULL
);
