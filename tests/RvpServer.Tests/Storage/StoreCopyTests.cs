using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Directories.Local;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;
using RvpServer.Storage.Sqlite;
using RvpServer.Tests.Directories;

namespace RvpServer.Tests.Storage;

/// <summary>A store goes to PostgreSQL and back, and is what it was.</summary>
public sealed class StoreCopyTests : IDisposable
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");

    private readonly LocalAccounts file = new();
    private readonly LocalAccounts postgres = new(onPostgres: true);
    private readonly LocalAccounts other = new();

    public void Dispose()
    {
        other.Dispose();
        postgres.Dispose();
        file.Dispose();
    }

    [Fact]
    public async Task Everything_is_there_after_both_ways()
    {
        var jo = await file.AddAsync("JoBrown@adatum.com");
        await file.Accounts.SetPasswordAsync(jo, "Pass-Word-2", CancellationToken.None);
        await FillAsync(file.File);
        foreach (var table in CopiedTable.All.Select(table => table.Name).Except(["counters", "id_key"]))
            if (file.ReadNumber($"SELECT COUNT(*) FROM {table}") == 0) file.Execute(Sample(file, table));

        var rows = await CopyAsync(file, postgres);
        var back = await CopyAsync(postgres, other);

        Assert.Equal(rows, back);
        foreach (var table in CopiedTable.All) Assert.Equal(Dump(file, table.Name), Dump(other, table.Name));
        Assert.Equal("http://im.adatum.com/instmsg/aliases/JoBrown", Text(postgres, "SELECT url FROM nodes WHERE node LIKE '%jobrown'"));
        Assert.Equal(ShardMap.Of(Jo, ShardMap.DefaultCount), postgres.ReadNumber("SELECT shard FROM properties WHERE node LIKE '%jobrown' LIMIT 1"));
        foreach (var copy in new[] { postgres, other })
        {
            await new SecretsProof(copy.Database, copy.DataDirectory).ProveAsync(CancellationToken.None);
            await copy.AddAsync("KariHensien@adatum.com");
        }
    }

    [Fact]
    public async Task One_that_is_not_empty_is_refused_and_stays()
    {
        await file.AddAsync("JoBrown@adatum.com");
        await postgres.AddAsync("KariHensien@adatum.com");

        var refusal = await Assert.ThrowsAsync<StoreException>(() => CopyAsync(file, postgres));

        Assert.EndsWith("is not empty, there are accounts: name a new one.", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(await postgres.FindAsync("KariHensien@adatum.com"));
        Assert.Null(await postgres.FindAsync("JoBrown@adatum.com"));
    }

    [Fact]
    public async Task One_that_a_server_has_is_refused()
    {
        await using var server = PostgresDatabase.Prepare(((PostgresDatabase)postgres.Database).Source.ConnectionString);

        var refusal = await Assert.ThrowsAsync<StoreException>(() => CopyAsync(file, postgres));

        Assert.EndsWith("is in use: stop the servers that have it first.", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Whoever adds a table says how it is copied.</summary>
    [Fact]
    public void Every_table_is_copied()
    {
        var ofFile = Names(file, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'history_words%'");
        var ofPostgres = Names(postgres, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");
        var copied = CopiedTable.All.Select(table => table.Name).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(copied, ofFile);
        string[] own = ["cluster_certificate", "clusters", "keys", "members", "nodes", "orleansquery", "processes", "schema_version", "shards"];
        Assert.Equal(copied, ofPostgres.Except(own));
    }

    private static async Task FillAsync(SqliteFile file)
    {
        await using var store = new SqliteStore(file, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        await store.CommitAsync(Jo, [
            new Change.PropertySet(new PropertyName("urn:z", "z"), "<z/>"),
            new Change.PropertySet(new PropertyName("urn:z", "a"), "<a/>"),
            new Change.AccessEntrySet(new AccessEntry(null, Credentials.Any, Rights.Read, Rights.None)),
            new Change.ViewMade(7, null),
            new Change.ViewValueSet(7, PropertyName.State, new ViewValue("<r:busy/>", null, null, 1)),
        ]);
    }

    private static async Task<long> CopyAsync(LocalAccounts from, LocalAccounts to) =>
        await new StoreCopy(
            from.Database, to.Database,
            () => SecretVault.CopyKeys(from.Database, to.Database, (from.Database is SqliteFile ? from : to).DataDirectory))
            .RunAsync((_, _) => { }, CancellationToken.None);

    // A row with something in every column: 1, or a text.
    private static string Sample(LocalAccounts store, string table)
    {
        using var connection = store.Database.Open();
        using var command = Sql.Command(connection, $"SELECT name, type FROM pragma_table_info('{table}')");
        using var row = command.ExecuteReader();
        var columns = new List<(string Name, string Value)>();
        while (row.Read())
        {
            var name = row.GetString(0);
            columns.Add((name, row.GetString(1) switch
            {
                "TEXT" when name == "node" => "'http://im.adatum.com/instmsg/aliases/KariHensien'",
                "TEXT" when name == "words" => $"'{SearchWords.Of("http://im.adatum.com/instmsg/aliases/KariHensien", "good morning")}'",
                "TEXT" => "'text'",
                "BLOB" => "x'0102'",
                _ => "1",
            }));
        }
        return $"INSERT INTO {table} ({string.Join(", ", columns.Select(c => c.Name))}) VALUES ({string.Join(", ", columns.Select(c => c.Value))})";
    }

    private static List<string> Dump(LocalAccounts store, string table)
    {
        using var connection = store.Database.Open();
        using var command = Sql.Command(connection, $"SELECT * FROM {table}");
        using var row = command.ExecuteReader();
        var rows = new List<string>();
        while (row.Read())
            rows.Add(string.Join("|", Enumerable.Range(0, row.FieldCount).Select(i => row.GetValue(i) is byte[] b ? Convert.ToHexString(b) : row.GetValue(i))));
        // The order in which they were made counts only where none other is.
        return table is "properties" or "access_entries" or "watched_elsewhere" ? rows : [.. rows.Order(StringComparer.Ordinal)];
    }

    private static string? Text(LocalAccounts store, string sql)
    {
        using var connection = store.Database.Open();
        using var command = Sql.Command(connection, sql);
        return command.ExecuteScalar() as string;
    }

    private static List<string> Names(LocalAccounts store, string sql)
    {
        using var connection = store.Database.Open();
        using var command = Sql.Command(connection, sql);
        using var row = command.ExecuteReader();
        var names = new List<string>();
        while (row.Read()) names.Add(row.GetString(0));
        return [.. names.Order(StringComparer.Ordinal)];
    }
}
