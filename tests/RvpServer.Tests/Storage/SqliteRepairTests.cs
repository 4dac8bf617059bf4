using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;
using RvpServer.Tests.Directories;

namespace RvpServer.Tests.Storage;

/// <summary>Repair saves every row that is not on a damaged page, tells which are lost, and leaves a store that a server can run on.</summary>
public sealed class SqliteRepairTests : IDisposable
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");

    private readonly LocalAccounts local = new();

    private string StorePath => local.File.Path;

    public void Dispose() => local.Dispose();

    [Fact]
    public async Task All_rows_but_those_of_the_damaged_pages_are_saved()
    {
        await FillAsync(1000);
        foreach (var value in new[] { "value 100 ", "value 500 ", "value 999 " }) Assert.Equal(1, StoreFiles.DamagePagesWith(StorePath, value));

        var lines = SqliteRepair.Repair(StorePath);

        Assert.Null(SqliteFile.FindDamage(StorePath));
        var kept = (await ReadAsync()).OfType<Change.PropertySet>().Select(set => set.Name.LocalName).ToHashSet();
        // Some fifteen to a page.
        Assert.InRange(kept.Count, 940, 990);
        foreach (var lost in new[] { "p100", "p500", "p999" }) Assert.DoesNotContain(lost, kept);
        foreach (var far in new[] { "p0", "p60", "p300", "p700", "p900" }) Assert.Contains(far, kept);
        var line = Assert.Single(lines, line => line.StartsWith("properties: ", StringComparison.Ordinal));
        Assert.Matches($"^properties: {kept.Count} rows saved, not \\d+ to \\d+, \\d+ to \\d+, \\d+ and later$", line);
        Assert.Single(Directory.GetFiles(local.DataDirectory, "rvp.db.damaged-*"));
    }

    [Fact]
    public async Task Accounts_that_lost_a_part_are_named()
    {
        foreach (var name in new[] { "JoBrown", "KariHensien" }) await local.AddAsync($"{name}@adatum.com");
        using (var connection = local.File.Open())
        {
            // Far apart, so that each has pages of its own.
            for (var i = 0; i < 300; i++)
            {
                SqliteFile.Execute(connection, $"""
                    INSERT INTO accounts (uid, domain, name, name_key, display_name, enabled) VALUES ('u{i}', 'im.adatum.com', 'p{i}', 'P{i}', 'P {i}', 1);
                    INSERT INTO addresses VALUES ('P{i}@ADATUM.COM', 'p{i}@adatum.com', last_insert_rowid(), 0, 'im.adatum.com', 'P{i}');
                    INSERT INTO secrets (account, protected, stamp) VALUES ((SELECT max(id) FROM accounts), randomblob(1500), 1);
                    """);
            }
        }
        Assert.True(StoreFiles.DamagePagesWith(StorePath, "P150@ADATUM.COM") > 0);

        var lines = SqliteRepair.Repair(StorePath);

        Assert.Contains("The account p150 of im.adatum.com is lost: add it again.", lines);
        Assert.NotNull(await local.FindAsync("JoBrown@adatum.com"));
        Assert.Null(await local.FindAsync("p150@adatum.com"));
        await local.AddAsync("p150@adatum.com");
        Assert.Equal(0, local.ReadNumber("SELECT COUNT(*) FROM pragma_foreign_key_check"));
    }

    [Fact]
    public async Task Ids_of_those_who_are_signed_in_stay_good_and_new_ones_are_far_from_them()
    {
        int[] ids;
        await using (var store = Open())
        {
            var first = (int)(await store.ReserveIdsAsync(2, CancellationToken.None))[0].First;
            ids = [store.Ids.IdOf(first), store.Ids.IdOf(first + 1)];
            await store.CommitAsync(Jo, [SignIn(ids[0]), new Change.ViewMade(ids[1], ids[0])]);
        }
        await FillAsync(1000);
        StoreFiles.DamagePagesWith(StorePath, "value 500 ");

        SqliteRepair.Repair(StorePath);

        await using var repaired = Open();
        Assert.Equal(ids[0], (await ReadAsync(repaired)).OfType<Change.SubscriptionMade>().Single().Subscription.Id);
        Assert.True((await repaired.ReserveIdsAsync(1, CancellationToken.None))[0].First > SqliteBackup.IdStep);
    }

    [Fact]
    public async Task A_view_without_its_sign_in_is_not_kept_since_nobody_could_end_it()
    {
        await using (var store = Open())
        {
            await store.CommitAsync(Jo, [
                new Change.ViewMade(7, 8), new Change.ViewValueSet(7, PropertyName.State, new ViewValue("<r:online/>", "<r:offline/>", null, 1)),
                new Change.ViewMade(9, null),
            ]);
        }
        await FillAsync(1000);
        StoreFiles.DamagePagesWith(StorePath, "value 500 ");

        SqliteRepair.Repair(StorePath);

        Assert.Equal([new Change.ViewMade(9, null)], (await ReadAsync()).Where(change => change is Change.ViewMade or Change.ViewValueSet));
    }

    [Fact]
    public async Task Every_table_is_saved_whatever_its_kind()
    {
        await FillAsync(1000);
        using (var connection = local.File.Open())
            SqliteFile.Execute(connection, "INSERT INTO owed_news (node, since) VALUES ('http://im.adatum.com/instmsg/aliases/x', 1)");
        StoreFiles.DamagePagesWith(StorePath, "value 500 ");

        var lines = SqliteRepair.Repair(StorePath);

        Assert.Contains("owed_news: 1 rows saved", lines);
        using var repaired = local.File.Open();
        foreach (var table in new[] { "counters", "id_key", "subscriptions", "views", "accounts", "secrets" }.Concat(NodeRows.Tables).Distinct())
            Assert.Contains(lines, line => line.StartsWith(table + ": ", StringComparison.Ordinal));
        Assert.Equal(1, SqliteFile.ReadNumber(repaired, "SELECT COUNT(*) FROM id_key"));
    }

    [Fact]
    public async Task A_whole_store_is_left_as_it_is()
    {
        await FillAsync(10);

        Assert.Equal([$"{StorePath} is whole: there is nothing to repair."], SqliteRepair.Repair(StorePath));

        Assert.Empty(SqliteRepair.Check(StorePath));
        Assert.Equal([StorePath], Directory.GetFiles(local.DataDirectory, "rvp.db*"));
    }

    [Fact]
    public async Task Where_the_beginning_is_lost_nothing_is_touched_and_a_backup_is_asked_for()
    {
        await FillAsync(10);
        await using (var file = File.OpenWrite(StorePath)) file.Write(new byte[4096]);
        var before = await File.ReadAllBytesAsync(StorePath);

        var refused = Assert.Throws<StoreException>(() => SqliteRepair.Repair(StorePath));

        Assert.Contains("restore a backup", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(StorePath));
    }

    [Fact]
    public async Task A_repair_that_was_broken_off_at_the_last_step_is_finished_by_the_next()
    {
        await FillAsync(10);
        File.Move(StorePath, StorePath + ".repaired");

        Assert.Equal([$"{StorePath} is repaired."], SqliteRepair.Repair(StorePath));

        Assert.Equal(10, (await ReadAsync()).Count);
    }

    private SqliteStore Open() => new(SqliteFile.Prepare(StorePath), TimeProvider.System, NullLogger<SqliteStore>.Instance);

    private async Task<List<Change>> ReadAsync()
    {
        await using var store = Open();
        return await ReadAsync(store);
    }

    private static async Task<List<Change>> ReadAsync(SqliteStore store)
    {
        var all = new List<Change>();
        await foreach (var (_, change) in store.ReadAllAsync(CancellationToken.None)) all.Add(change);
        return all;
    }

    private async Task FillAsync(int count)
    {
        await using var store = Open();
        await store.CommitAsync(Jo, [.. Enumerable.Range(0, count).Select(
            i => new Change.PropertySet(new PropertyName("urn:x", $"p{i}"), $"value {i} {new string('x', 200)}"))]);
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
