using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Storage;

/// <summary>Two thousand million ids are used up in years or, by a script, in a week; nobody notices.</summary>
public sealed class IdsGoRoundTests : IDisposable
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");

    private readonly TempFolder folder = new();

    private string StorePath => folder.File(SqliteFile.Name);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task After_the_last_number_come_the_first_again_but_none_that_is_in_use()
    {
        await using var store = Open();
        var old = Numbers(await store.ReserveIdsAsync(10, CancellationToken.None));
        foreach (var number in old) await store.CommitAsync(Jo, [SignIn(store.Ids.IdOf(number))]);
        await store.CommitAsync(Jo, [new Change.ViewMade(store.Ids.IdOf(15), null)]);
        Execute("UPDATE counters SET value = 2147483640 WHERE name = 'next_id'");

        var given = Numbers(await store.ReserveIdsAsync(20, CancellationToken.None));

        int[] expected = [.. Enumerable.Range(int.MaxValue - 7, 8), .. Enumerable.Range(11, 4), .. Enumerable.Range(16, 8)];
        Assert.Equal(expected, given[..20]);
        Assert.Equal(given.Length, given.Select(store.Ids.IdOf).Distinct().Count());
    }

    [Fact]
    public async Task A_restart_in_the_middle_gives_no_number_twice()
    {
        var given = new List<int>();
        await using (var store = Open()) await store.CommitAsync(Jo, [SignIn(store.Ids.IdOf(5))]);
        Execute("UPDATE counters SET value = 2147483600 WHERE name = 'next_id'");

        for (var restart = 0; restart < 10; restart++)
        {
            await using var store = Open();
            given.AddRange(Numbers(await store.ReserveIdsAsync(10, CancellationToken.None)));
        }

        Assert.Equal(given.Count, given.Distinct().Count());
        Assert.Contains(int.MaxValue, given);
        Assert.Contains(6, given);
        Assert.DoesNotContain(5, given);
    }

    [Fact]
    public async Task An_id_that_ended_when_the_counter_was_near_is_passed_over_once()
    {
        await using var store = Open();
        Execute("UPDATE counters SET value = 2147483640 WHERE name = 'next_id'");
        await store.CommitAsync(Jo, [SignIn(store.Ids.IdOf(3)), new Change.ViewMade(store.Ids.IdOf(4), store.Ids.IdOf(3))]);
        await store.CommitAsync(Jo, [SignIn(store.Ids.IdOf(2_000_000_000))]);
        await store.CommitAsync(Jo, [new Change.SubscriptionEnded(store.Ids.IdOf(3)), new Change.ViewEnded(store.Ids.IdOf(4))]);
        await store.CommitAsync(Jo, [new Change.SubscriptionEnded(store.Ids.IdOf(2_000_000_000))]);
        Assert.Equal(2, ReadNumber("SELECT COUNT(*) FROM resting_ids"));

        var given = Numbers(await store.ReserveIdsAsync(100, CancellationToken.None));

        Assert.DoesNotContain(3, given);
        Assert.DoesNotContain(4, given);
        Assert.Contains(2, given);
        Assert.Equal(0, ReadNumber("SELECT COUNT(*) FROM resting_ids"));
        Execute("UPDATE counters SET value = 1 WHERE name = 'next_id'");
        Assert.Contains(3, Numbers(await store.ReserveIdsAsync(100, CancellationToken.None)));
    }

    [Fact]
    public async Task Who_was_signed_in_before_the_numbers_began_again_is_still_the_oldest()
    {
        await using (var store = Open())
        {
            Execute("UPDATE counters SET value = 2147483640 WHERE name = 'next_id'");
            foreach (var number in Numbers(await store.ReserveIdsAsync(20, CancellationToken.None)))
                await store.CommitAsync(Jo, [SignIn(store.Ids.IdOf(number))]);
        }

        await using var after = Open();
        var read = new List<int>();
        await foreach (var (_, change) in after.ReadAllAsync(CancellationToken.None))
            if (change is Change.SubscriptionMade made) read.Add(after.Ids.NumberOf(made.Subscription.Id));

        Assert.Equal([.. Enumerable.Range(int.MaxValue - 7, 8), .. Enumerable.Range(1, 12)], read[..20]);
    }

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

    private SqliteStore Open() => new(SqliteFile.Prepare(StorePath), TimeProvider.System, NullLogger<SqliteStore>.Instance);

    private static int[] Numbers(IReadOnlyList<IdRange> reserved) =>
        [.. reserved.SelectMany(range => Enumerable.Range((int)range.First, range.Count))];

    private void Execute(string sql)
    {
        using var connection = SqliteFile.Open(StorePath, Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite);
        SqliteFile.Execute(connection, sql);
    }

    private long ReadNumber(string sql)
    {
        using var connection = SqliteFile.Open(StorePath, Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite);
        return SqliteFile.ReadNumber(connection, sql);
    }

    private static Change.SubscriptionMade SignIn(int id) => new(new Subscription
    {
        Id = id,
        Type = NotificationType.Notify,
        Subscriber = new Subscriber(Jo, Callback.Polled.Instance, IPAddress.Loopback),
        Proof = Credentials.Digest,
        NodeAsWritten = Jo,
        ExpiresAt = DateTimeOffset.MaxValue,
    });
}
