using System.Globalization;
using Rvp.Testing;

namespace RvpServer.Interop.Ldap;

/// <summary>The first home server is several processes with one PostgreSQL.</summary>
public abstract class ClusterMoveTest : LdapMoveTest
{
    private protected const int Shards = 16;

    private PostgresServer postgres = null!;
    private string secret = "";

    public override async Task InitializeAsync()
    {
        postgres = await PostgresServer.StartAsync();
        secret = Files.WriteSecret("postgres.secret", postgres.ConnectionTo(PostgresServer.User));
        await base.InitializeAsync();
        // Who joins takes its share after a while.
        var count = Processes.Count(process => process == 0);
        await Deadline.Until(
            async () => await ReadAsync("SELECT count(*) FROM shards WHERE owner IS NOT NULL") == Shards
                && await ReadAsync("SELECT count(DISTINCT owner) FROM shards") == count,
            "every shard with a process", () => string.Join('\n', Servers.Select(server => server.Log)), Patience);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await postgres.DisposeAsync();
    }

    /// <summary>Where each process is for the other.</summary>
    private protected string[] Places { get; } = [FreePlace(), FreePlace()];

    private protected override IReadOnlyDictionary<string, object> More(int process)
    {
        if (Processes[process] != 0) return base.More(process);
        return new Dictionary<string, object>
        {
            ["Storage"] = new { Provider = "Postgres", ConnectionStringFile = secret },
            ["Cluster"] = new { Enabled = true, Shards, Listen = Places[process] },
        };
    }

    /// <summary>A number of the database.</summary>
    private protected Task<long> ReadAsync(string sql) => postgres.ReadAsync(sql);

    private static string FreePlace() => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Take()}");
}
