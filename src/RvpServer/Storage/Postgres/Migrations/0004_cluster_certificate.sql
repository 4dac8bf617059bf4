-- The certificate, with its key, by which the processes of a cluster know each other (PKCS #12). id: 1.
CREATE TABLE cluster_certificate (
    id          integer NOT NULL PRIMARY KEY,
    certificate bytea   NOT NULL
);
