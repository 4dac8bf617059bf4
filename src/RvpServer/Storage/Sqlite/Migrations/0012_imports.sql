-- The accounts of an import that has not come to its end: taken back, unless somebody has the lock of importers.
CREATE TABLE unfinished_import (
    account INTEGER NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE
);
