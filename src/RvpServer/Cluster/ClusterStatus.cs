using System.Data.Common;
using RvpServer.Storage;

namespace RvpServer.Cluster;

/// <summary>Which processes a store has, and which of them has how many of its shards.</summary>
/// <param name="Processes">The processes, by name.</param>
/// <param name="Shards">The number of shards.</param>
/// <param name="Taken">How often shards were taken, all together.</param>
internal sealed record ClusterStatus(IReadOnlyList<ClusterProcess> Processes, int Shards, long Taken)
{
    // Orleans' number for one that works.
    private const string ReadSql = """
        SELECT p.name, p.started_at, m.address, m.port, coalesce(m.status = 3, FALSE), (SELECT count(*) FROM shards s WHERE s.owner = p.id),
            p.draining = 1, p.id
        FROM processes p LEFT JOIN members m ON m.name = replace(CAST(p.id AS text), '-', '') ORDER BY p.name
        """;

    /// <summary>Shards that no process has.</summary>
    public int Missing => Shards - Processes.Sum(process => process.Shards);

    /// <summary>As the database has it. Throws <see cref="StoreException"/>.</summary>
    public static async Task<ClusterStatus> ReadAsync(IDatabase database, CancellationToken stop)
    {
        if (!database.IsShared) throw new StoreException("There is no cluster: the store is a file (Rvp:Storage:Provider is Sqlite).");
        try
        {
            await using var connection = await database.OpenAsync(stop);
            var processes = new List<ClusterProcess>();
            await using (var command = connection.CreateCommand())
            {
                command.CommandText = ReadSql;
                await using var row = await command.ExecuteReaderAsync(stop);
                while (await row.ReadAsync(stop))
                {
                    var address = row.IsDBNull(2) ? null : $"{row.GetString(2)}:{row.GetInt32(3)}";
                    var since = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1));
                    processes.Add(new ClusterProcess(
                        row.GetString(0), since, address, row.GetBoolean(4), (int)row.GetInt64(5), row.GetBoolean(6), row.GetGuid(7)));
                }
            }
            await using var all = connection.CreateCommand();
            all.CommandText = "SELECT count(*), CAST(coalesce(sum(epoch), 0) AS bigint) FROM shards";
            await using var sum = await all.ExecuteReaderAsync(stop);
            await sum.ReadAsync(stop);
            return new ClusterStatus(processes, (int)sum.GetInt64(0), sum.GetInt64(1));
        }
        catch (DbException failure)
        {
            throw new StoreException($"The store {database.Name} cannot be read: {failure.Message}", failure);
        }
    }
}

/// <summary>A process of a cluster; or the one that has the whole store.</summary>
/// <param name="Name">Machine and process number.</param>
/// <param name="StartedAt">When it has opened the store.</param>
/// <param name="Address">Where the others reach it; null: it is no member of a cluster.</param>
/// <param name="IsMember">Whether the others take it for one that works.</param>
/// <param name="Shards">How many shards it has.</param>
/// <param name="IsDrained">Whether it is to have none.</param>
/// <param name="Id">Another one each time that it starts.</param>
internal sealed record ClusterProcess(string Name, DateTimeOffset StartedAt, string? Address, bool IsMember, int Shards, bool IsDrained, Guid Id)
{
    /// <summary>Its machine.</summary>
    public string Machine => Name[..Math.Max(0, Name.LastIndexOf(' '))];
}
