using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;

namespace RvpServer.Tests.Storage;

public sealed class PostgresStoreTests : StoreContract, IDisposable
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");

    private readonly PostgresFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_table_that_has_rows_of_a_node_is_known_for_its_end() =>
        Assert.Equal(NodeRows.Tables.Append("nodes").Order(), folder.ReadTexts(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'node'").Order());

    [Fact]
    public void Every_row_of_a_nodes_state_says_its_shard() =>
        Assert.Equal(NodeRows.Tables.Except(NodeRows.Belongings).Append("nodes").Order(), folder.ReadTexts(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'shard'").Order());

    [Fact]
    public async Task A_change_that_cannot_be_stored_fails_its_own_caller_only()
    {
        await using var store = Open();

        // No text of PostgreSQL has this character.
        var tasks = Enumerable.Range(1, 50).Select(i => store.CommitAsync(Jo, i == 25
            ? [new Change.ViewMade(1000, null), new Change.PropertySet(PropertyName.Email, "\0")]
            : [new Change.ViewMade(i, null)])).ToArray();
        await Task.WhenAll(tasks.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));

        Assert.IsType<StoreException>(tasks[24].Exception!.InnerException);
        Assert.All(tasks.Where((_, i) => i != 24), task => Assert.True(task.IsCompletedSuccessfully));
        var views = (await ReadAllAsync(store)).Select(row => row.Change).OfType<Change.ViewMade>().Select(view => view.Id).Order();
        Assert.Equal(Enumerable.Range(1, 50).Where(i => i != 25), views);
    }

    [Fact]
    public async Task Who_opens_the_store_later_takes_it_and_the_former_one_writes_nothing_more()
    {
        await using var former = (PostgresStore)Open();
        await former.CommitAsync(Jo, [new Change.ViewMade(1, null)]);
        Assert.Null(former.Lost);

        await using var later = (PostgresStore)Open();
        await Assert.ThrowsAsync<StoreException>(() => former.CommitAsync(Jo, [new Change.ViewMade(2, null)]));
        await later.CommitAsync(Jo, [new Change.ViewMade(3, null)]);
        await Assert.ThrowsAsync<StoreException>(() => former.CommitAsync(Jo, [new Change.ViewMade(4, null)]));
        Assert.False(former.TryEnqueue(Jo, [new Change.ViewMade(5, null)]));

        Assert.Equal(new[] { 1, 3 }, await ViewsAsync(later));
        Assert.Contains("another process has taken the store", former.Lost, StringComparison.Ordinal);
        Assert.Null(later.Lost);
    }

    [Fact]
    public async Task One_that_does_not_write_notices_it_too()
    {
        await using var former = (PostgresStore)Open();
        await former.FindLostAsync(CancellationToken.None);
        Assert.Null(former.Lost);

        await using var later = Open();
        await former.FindLostAsync(CancellationToken.None);

        Assert.NotNull(former.Lost);
        await Assert.ThrowsAsync<StoreException>(() => former.CheckAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Of_two_that_write_at_once_only_the_later_one_goes_on_and_all_that_was_promised_is_there()
    {
        var promised = new System.Collections.Concurrent.ConcurrentBag<int>();
        var stores = new List<IStore>();
        for (var i = 0; i < 4; i++)
        {
            var (store, from) = (Open(), 1000 * i);
            stores.Add(store);
            // The next one opens in the midst of this one's commits.
            var writing = Enumerable.Range(from, 200).Select(async id =>
            {
                await store.CommitAsync(Jo, [new Change.ViewMade(id + 1, null)]);
                promised.Add(id + 1);
            }).ToArray();
            _ = Task.WhenAll(writing).ContinueWith(task => _ = task.Exception, TaskScheduler.Default);
        }
        await stores[^1].CommitAsync(Jo, [new Change.ViewMade(999_999, null)]);

        Assert.Subset((await ViewsAsync(stores[^1])).ToHashSet(), promised.ToHashSet());
        foreach (var store in stores[..^1]) await Assert.ThrowsAsync<StoreException>(() => store.CommitAsync(Jo, [new Change.ViewMade(1, null)]));
        foreach (var store in stores) await store.DisposeAsync();
    }

    [Fact]
    public async Task A_former_owner_that_stopped_in_the_middle_of_a_transaction_holds_nobody_up()
    {
        await using var former = (PostgresStore)Open();
        await using var frozen = await folder.Databases[^1].Source.OpenConnectionAsync();
        await using var transaction = await frozen.BeginTransactionAsync();
        await using (var half = new NpgsqlCommand("UPDATE processes SET written = written", frozen)) Assert.Equal(1, await half.ExecuteNonQueryAsync());

        await using var later = Open();
        await later.CommitAsync(Jo, [new Change.ViewMade(1, null)]);

        await Assert.ThrowsAnyAsync<Exception>(() => transaction.CommitAsync());
        await Assert.ThrowsAsync<StoreException>(() => former.CommitAsync(Jo, [new Change.ViewMade(2, null)]));
        Assert.Equal([1], await ViewsAsync(later));
    }

    [Fact]
    public async Task A_row_that_stays_locked_fails_only_what_waits_for_it()
    {
        await using var store = Open();
        await store.CommitAsync(Jo, [new Change.PropertySet(PropertyName.MobileState, "1")]);
        await using var other = await folder.Databases[^1].Source.OpenConnectionAsync();
        await using (var transaction = await other.BeginTransactionAsync())
        {
            await using (var locks = new NpgsqlCommand("SELECT FROM properties FOR UPDATE", other)) await locks.ExecuteNonQueryAsync();
            await Assert.ThrowsAsync<StoreException>(() => store.CommitAsync(Jo, [new Change.PropertySet(PropertyName.MobileState, "2")]));
        }

        await store.CommitAsync(Jo, [new Change.PropertySet(PropertyName.MobileState, "3")]);

        Assert.Contains((Jo, new Change.PropertySet(PropertyName.MobileState, "3")), await ReadAllAsync(store));
    }

    private protected override IStore Open() => folder.Open();

    private static async Task<IEnumerable<int>> ViewsAsync(IStore store) =>
        (await ReadAllAsync(store)).Select(row => row.Change).OfType<Change.ViewMade>().Select(view => view.Id).Order();
}

/// <summary>A database of one test, with the stores that it opens.</summary>
internal sealed class PostgresFolder : IDisposable
{
    private readonly string connection = TestPostgres.Create();

    /// <summary>As each store has its own process, it has its own connections.</summary>
    public List<PostgresDatabase> Databases { get; } = [];

    public PostgresDatabase OpenDatabase()
    {
        var database = PostgresDatabase.Prepare(connection);
        Databases.Add(database);
        return database;
    }

    public PostgresStore Open() => new(OpenDatabase(), TimeProvider.System, NullLogger<PostgresStore>.Instance);

    /// <summary>As one of several processes.</summary>
    public PostgresStore OpenMember() => new(OpenDatabase(), TimeProvider.System, NullLogger<PostgresStore>.Instance, isOneOfMany: true);

    public void Execute(string sql) => ReadTexts(sql);

    public long ReadNumber(string sql)
    {
        using var database = new NpgsqlConnection(connection + ";Pooling=false");
        database.Open();
        return Convert.ToInt64(Schema.Read(database, sql), System.Globalization.CultureInfo.InvariantCulture);
    }

    public List<string> ReadTexts(string sql)
    {
        using var database = new NpgsqlConnection(connection + ";Pooling=false");
        database.Open();
        using var command = new NpgsqlCommand(sql, database);
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read()) texts.Add(rows.GetString(0));
        return texts;
    }

    public void Dispose()
    {
        foreach (var database in Databases) database.Source.Dispose();
    }
}
