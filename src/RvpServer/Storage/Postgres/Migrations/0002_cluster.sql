-- The processes of a cluster, for Orleans, whose provider asks for the statements by these names, and for parameters and columns by theirs.
CREATE TABLE clusters (
    id      text    COLLATE "C" NOT NULL PRIMARY KEY,
    version integer NOT NULL DEFAULT 0
);

CREATE TABLE members (
    cluster    text        COLLATE "C" NOT NULL REFERENCES clusters,
    address    text        COLLATE "C" NOT NULL,
    port       integer     NOT NULL,
    generation integer     NOT NULL,
    name       text        NOT NULL,
    host       text        NOT NULL,
    status     integer     NOT NULL,
    proxy_port integer,
    suspects   text,
    started    timestamptz NOT NULL,
    alive      timestamptz NOT NULL,
    PRIMARY KEY (cluster, address, port, generation)
);

CREATE TABLE OrleansQuery (
    QueryKey  text NOT NULL PRIMARY KEY,
    QueryText text NOT NULL
);

INSERT INTO OrleansQuery VALUES
('InsertMembershipVersionKey', '
    WITH made AS (INSERT INTO clusters (id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1) SELECT CAST(count(*) AS integer) FROM made'),
('InsertMembershipKey', '
    WITH turn AS (
        UPDATE clusters SET version = version + 1 WHERE id = @DeploymentId AND version = @Version AND NOT EXISTS (
            SELECT FROM members WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation) RETURNING 1),
    made AS (
        INSERT INTO members
            SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, NULL, @StartTime, @IAmAliveTime FROM turn
            RETURNING 1)
    SELECT CAST(count(*) AS integer) FROM made'),
('UpdateMembershipKey', '
    WITH turn AS (
        UPDATE clusters SET version = version + 1 WHERE id = @DeploymentId AND version = @Version AND EXISTS (
            SELECT FROM members WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation) RETURNING 1),
    changed AS (
        UPDATE members SET status = @Status, suspects = @SuspectTimes, alive = @IAmAliveTime FROM turn
            WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation RETURNING 1)
    SELECT CAST(count(*) AS integer) FROM changed'),
('UpdateIAmAlivetimeKey', '
    UPDATE members SET alive = @IAmAliveTime WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation'),
('MembershipReadRowKey', '
    SELECT c.id AS DeploymentId, m.address AS Address, m.port AS Port, m.generation AS Generation, m.name AS SiloName, m.host AS HostName,
        m.status AS Status, m.proxy_port AS ProxyPort, m.suspects AS SuspectTimes, m.started AS StartTime, m.alive AS IAmAliveTime, c.version AS Version
    FROM clusters c LEFT JOIN members m ON m.cluster = c.id AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
    WHERE c.id = @DeploymentId'),
('MembershipReadAllKey', '
    SELECT c.id AS DeploymentId, m.address AS Address, m.port AS Port, m.generation AS Generation, m.name AS SiloName, m.host AS HostName,
        m.status AS Status, m.proxy_port AS ProxyPort, m.suspects AS SuspectTimes, m.started AS StartTime, m.alive AS IAmAliveTime, c.version AS Version
    FROM clusters c LEFT JOIN members m ON m.cluster = c.id WHERE c.id = @DeploymentId'),
('GatewaysQueryKey', '
    SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation FROM members
    WHERE cluster = @DeploymentId AND status = @Status AND proxy_port > 0'),
('DeleteMembershipTableEntriesKey', 'DELETE FROM members WHERE cluster = @DeploymentId'),
('CleanupDefunctSiloEntriesKey', 'DELETE FROM members WHERE cluster = @DeploymentId AND alive < @IAmAliveTime AND status <> 3');
