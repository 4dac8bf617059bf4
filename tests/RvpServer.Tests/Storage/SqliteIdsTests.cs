using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Testing;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Storage;

public sealed class SqliteIdsTests : IdsContract, IDisposable
{
    private readonly TempFolder folder = new();

    private string StorePath => folder.File(SqliteFile.Name);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_store_of_before_that_has_given_its_last_id_goes_on()
    {
        SqliteFile.Prepare(StorePath, 8);
        Execute("UPDATE counters SET value = 2147483648 WHERE name = 'next_id'");

        await using var store = Open();

        Assert.Equal(1, Numbers(await store.ReserveIdsAsync(1, CancellationToken.None))[0]);
    }

    [Fact]
    public async Task People_sign_in_across_the_end_and_old_sign_ins_stay_good()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await jo.SignsIn();
        var first = jo.SignIn;
        await server.StopAsync();
        using (var connection = SqliteFile.Open(Path.Combine(server.Folder, SqliteFile.Name), Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite))
            SqliteFile.Execute(connection, "UPDATE counters SET value = 2147483648 - 5 WHERE name = 'next_id'");
        await server.StartAgainAsync();

        var ids = new HashSet<int> { first };
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(200, (await kari.SignsIn()).Status);
            Assert.True(ids.Add(kari.SignIn));
        }

        Assert.Equal(200, (await jo.Renews(first)).Status);
        Assert.Equal(200, (await kari.Says(jo, "Still there?")).Status);
        await jo.Hears(kari, "Still there?");
    }

    [Fact]
    public async Task A_restored_store_gives_no_id_that_was_given_since_its_backup()
    {
        var since = new List<int>();
        await using (var store = Open()) await store.CommitAsync(Jo, [SignIn(store.Ids.IdOf(1))]);
        SqliteBackup.Write(StorePath, folder.File("backup"));
        await using (var store = Open()) since.AddRange(Numbers(await store.ReserveIdsAsync(100_000, CancellationToken.None)));

        SqliteBackup.Restore(folder.File("backup"), StorePath);

        await using var restored = Open();
        Assert.Empty(Numbers(await restored.ReserveIdsAsync(100_000, CancellationToken.None)).Intersect(since));
    }

    private protected override IStore Open() => new SqliteStore(SqliteFile.Prepare(StorePath), TimeProvider.System, NullLogger<SqliteStore>.Instance);

    private protected override void Execute(string sql)
    {
        using var connection = SqliteFile.Open(StorePath, Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite);
        SqliteFile.Execute(connection, sql);
    }

    private protected override long ReadNumber(string sql)
    {
        using var connection = SqliteFile.Open(StorePath, Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite);
        return SqliteFile.ReadNumber(connection, sql);
    }
}
