-- Passwords that were set here for accounts of an LDAP directory. name_key: the account's name in upper case.
CREATE TABLE own_passwords (
    domain    TEXT NOT NULL,
    name_key  TEXT NOT NULL,
    protected BLOB NOT NULL,
    PRIMARY KEY (domain, name_key)
);
