using System.Collections.Concurrent;
using Npgsql;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;

namespace RvpServer.Tests.Storage;

/// <summary>Several processes with one store: each shard has one owner, and nobody else can write there.</summary>
public sealed class PostgresShardTests : IDisposable
{
    private readonly PostgresFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Each_process_writes_where_it_has_the_shard_and_nowhere_else()
    {
        await using var one = folder.OpenMember();
        await using var other = folder.OpenMember();
        await one.TakeAsync([ShardOf(one, 1)], CancellationToken.None);
        await other.TakeAsync([ShardOf(one, 2)], CancellationToken.None);

        await one.CommitAsync(Node(1), [new Change.ViewMade(1, null)]);
        await other.CommitAsync(Node(2), [new Change.ViewMade(2, null)]);
        await Assert.ThrowsAsync<ShardAwayException>(() => one.CommitAsync(Node(2), [new Change.ViewMade(3, null)]));
        await Assert.ThrowsAsync<ShardAwayException>(() => other.CommitAsync(Node(3), [new Change.ViewMade(4, null)]));

        Assert.Equal([1], await ViewsAsync(one, 1));
        Assert.Equal([2], await ViewsAsync(one, 2));
        Assert.Null(one.Lost);
        Assert.Null(other.Lost);
    }

    [Fact]
    public async Task Of_two_that_take_one_shard_the_earlier_one_never_writes_there_again()
    {
        await using var earlier = folder.OpenMember();
        await using var later = folder.OpenMember();
        await earlier.TakeAsync([ShardOf(earlier, 1)], CancellationToken.None);
        await earlier.TakeAsync([ShardOf(earlier, 2)], CancellationToken.None);
        await earlier.CommitAsync(Node(1), [new Change.ViewMade(1, null)]);

        await later.TakeAsync([ShardOf(earlier, 1)], CancellationToken.None);
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<ShardAwayException>(() => earlier.CommitAsync(Node(1), [new Change.ViewMade(10, null)]));
        await later.CommitAsync(Node(1), [new Change.ViewMade(2, null)]);
        await earlier.CommitAsync(Node(2), [new Change.ViewMade(3, null)]);

        Assert.Equal([1, 2], await ViewsAsync(later, 1));
        Assert.Equal([3], await ViewsAsync(later, 2));
    }

    [Fact]
    public async Task A_shard_that_is_given_back_is_nobodys_until_it_is_taken()
    {
        await using var former = folder.OpenMember();
        await using var next = folder.OpenMember();
        var shard = ShardOf(former, 1);
        await former.TakeAsync([shard], CancellationToken.None);
        Assert.True(former.TryEnqueue(Node(1), [new Change.ViewMade(1, null)]));

        await former.GiveBackAsync(shard);
        await Assert.ThrowsAsync<ShardAwayException>(() => former.CommitAsync(Node(1), [new Change.ViewMade(2, null)]));
        await next.TakeAsync([shard], CancellationToken.None);
        await former.GiveBackAsync(shard);
        await next.CommitAsync(Node(1), [new Change.ViewMade(3, null)]);

        Assert.Equal([1, 3], await ViewsAsync(next, 1));
    }

    [Fact]
    public async Task A_group_with_a_lost_shard_writes_the_rest()
    {
        await using var former = folder.OpenMember();
        await using var next = folder.OpenMember();
        foreach (var shard in Enumerable.Range(0, 20).Select(i => ShardOf(former, i)).Distinct()) await former.TakeAsync([shard], CancellationToken.None);
        var lost = ShardOf(former, 7);
        await next.TakeAsync([lost], CancellationToken.None);

        var writing = Enumerable.Range(0, 20).Select(i => former.CommitAsync(Node(i), [new Change.ViewMade(100 + i, null)])).ToArray();
        await Task.WhenAll(writing.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));

        for (var i = 0; i < writing.Length; i++)
        {
            if (ShardOf(former, i) == lost) Assert.IsType<ShardAwayException>(writing[i].Exception!.InnerException);
            else Assert.True(writing[i].IsCompletedSuccessfully);
        }
        Assert.Empty(await ViewsAsync(next, 7));
        Assert.Equal(folder.ReadNumber("SELECT count(*) FROM views"), writing.LongCount(task => task.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task What_was_promised_is_read_by_whoever_takes_the_shard_next_however_often_it_changes_hands()
    {
        var members = Enumerable.Range(0, 3).Select(_ => folder.OpenMember()).ToArray();
        var promised = new ConcurrentDictionary<int, bool>();
        var lastId = 0;
        using var end = new CancellationTokenSource();
        // Whether it has the shard or not: the store knows.
        var writing = members.SelectMany(member => Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                var id = Interlocked.Increment(ref lastId);
                try
                {
                    await member.CommitAsync(Node(1), [new Change.ViewMade(id, null)]);
                    promised[id] = true;
                }
                catch (ShardAwayException)
                {
                    await Task.Delay(1);
                }
            }
        }))).ToArray();

        for (var i = 0; i < 30; i++)
        {
            var taker = members[i % 3];
            await taker.TakeAsync([ShardOf(taker, 1)], CancellationToken.None);
            // Of former owners: the taker itself has written nothing since.
            var known = promised.Keys.ToHashSet();
            var read = (await ViewsAsync(taker, 1)).ToHashSet();
            Assert.Subset(read, known);
            await Task.Delay(10);
        }
        await end.CancelAsync();
        await Task.WhenAll(writing);

        Assert.Equal(promised.Keys.Order(), (await ViewsAsync(members[0], 1)).Order());
        Assert.NotEmpty(promised);
        foreach (var member in members) await member.DisposeAsync();
    }

    [Fact]
    public async Task A_former_owner_that_stopped_in_the_middle_of_a_transaction_holds_nobody_up_and_others_keep_their_connections()
    {
        await using var former = folder.OpenMember();
        await using var frozen = await folder.Databases[^1].Source.OpenConnectionAsync();
        var process = folder.Databases[^1].Process;
        await using var third = folder.OpenMember();
        await using var unconcerned = await folder.Databases[^1].Source.OpenConnectionAsync();
        await using var later = folder.OpenMember();
        await former.TakeAsync([ShardOf(former, 1)], CancellationToken.None);
        await using var transaction = await frozen.BeginTransactionAsync();
        await using (var half = new NpgsqlCommand("UPDATE processes SET written = written WHERE id = $1", frozen))
        {
            half.Parameters.Add(new NpgsqlParameter { Value = process });
            Assert.Equal(1, await half.ExecuteNonQueryAsync());
        }

        await later.TakeAsync([ShardOf(former, 1)], CancellationToken.None);
        await later.CommitAsync(Node(1), [new Change.ViewMade(1, null)]);

        await Assert.ThrowsAnyAsync<Exception>(() => transaction.CommitAsync());
        await Assert.ThrowsAsync<ShardAwayException>(() => former.CommitAsync(Node(1), [new Change.ViewMade(2, null)]));
        await using var still = new NpgsqlCommand("SELECT 1", unconcerned);
        Assert.Equal(1, await still.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Processes_of_long_ago_that_have_nothing_and_are_no_members_are_forgotten()
    {
        await using var dead = folder.OpenMember();
        await using var busy = folder.OpenMember();
        await busy.TakeAsync([ShardOf(busy, 1)], CancellationToken.None);
        folder.Execute("UPDATE processes SET started_at = 0 RETURNING name");

        await using var next = folder.OpenMember();

        Assert.Equal(2, folder.ReadNumber("SELECT count(*) FROM processes"));
        await busy.CommitAsync(Node(1), [new Change.ViewMade(1, null)]);
        await Assert.ThrowsAsync<StoreException>(() => dead.CommitAsync(Node(1), [new Change.ViewMade(2, null)]));
    }

    [Fact]
    public async Task A_process_that_is_alone_takes_the_store_from_all_of_several()
    {
        await using var member = folder.OpenMember();
        await member.TakeAsync([ShardOf(member, 1)], CancellationToken.None);

        await using var alone = folder.Open();
        await Assert.ThrowsAsync<StoreException>(() => member.CommitAsync(Node(1), [new Change.ViewMade(1, null)]));
        await alone.CommitAsync(Node(1), [new Change.ViewMade(2, null)]);

        Assert.NotNull(member.Lost);
    }

    private static RvpUrl Node(int number) => RvpUrl.ForAlias("im.adatum.com", 80, $"JoBrown{number}");

    private static short ShardOf(PostgresStore store, int node) => ShardMap.Of(Node(node), store.Shards);

    private static async Task<IEnumerable<int>> ViewsAsync(PostgresStore store, int node)
    {
        var views = new List<int>();
        await foreach (var (url, change) in store.ReadAsync([ShardOf(store, node)], CancellationToken.None))
            if (url.Equals(Node(node)) && change is Change.ViewMade view) views.Add(view.Id);
        return views.Order();
    }
}
