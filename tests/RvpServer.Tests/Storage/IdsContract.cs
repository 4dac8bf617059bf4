using System.Net;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Storage;

namespace RvpServer.Tests.Storage;

/// <summary>
/// Ids of every store; one class per store runs it. Two thousand million ids are used up in years or, by a script, in a week: nobody notices. Those that a node
/// got on another home server are named here by its clients.
/// </summary>
public abstract class IdsContract
{
    private protected static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");
    private static readonly RvpUrl Kari = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Opens the store; again after a dispose, with what it had.</summary>
    private protected abstract IStore Open();

    private protected abstract void Execute(string sql);

    private protected abstract long ReadNumber(string sql);

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
    public async Task Those_of_elsewhere_are_kept_in_the_order_of_making_over_a_restart()
    {
        await using (var store = Open())
        {
            await store.KeepIdsAsync(Jo, [900, 5, 70], CancellationToken.None);
            await store.CommitAsync(Jo, [SignIn(900), SignIn(5), new Change.ViewMade(70, 5), Waiting(900, 5)]);
        }

        await using var again = Open();
        var changes = await ReadAsync(again, Jo);

        Assert.Equal([900, 5], changes.OfType<Change.SubscriptionMade>().Select(made => made.Subscription.Id));
        Assert.Equal(new Change.ViewMade(70, 5), changes.OfType<Change.ViewMade>().Single());
        Assert.Equal([900, 5], changes.OfType<Change.EntryQueued>().Single().Entry.Holders.ToArray());
    }

    [Fact]
    public async Task The_same_id_of_another_node_is_another_row()
    {
        await using var store = Open();
        var id = store.Ids.IdOf(3);
        await store.CommitAsync(Kari, [SignIn(id)]);
        await store.KeepIdsAsync(Jo, [id], CancellationToken.None);
        await store.CommitAsync(Jo, [SignIn(id)]);

        await store.CommitAsync(Jo, [new Change.SubscriptionRenewed(id, Noon.AddHours(1))]);
        Assert.Equal([Noon, Noon.AddHours(1)], await EndsAsync(store));
        await store.CommitAsync(Jo, [new Change.SubscriptionEnded(id)]);

        Assert.Equal([Noon], await EndsAsync(store));
        Assert.Empty(await ReadAsync(store, Jo));

        async Task<DateTimeOffset[]> EndsAsync(IStore from) =>
            [.. (await ReadAsync(from, Kari)).Concat(await ReadAsync(from, Jo)).OfType<Change.SubscriptionMade>().Select(made => made.Subscription.ExpiresAt)];
    }

    [Fact]
    public async Task One_of_elsewhere_is_given_to_nobody_while_it_is_in_use()
    {
        await using var store = Open();
        var id = store.Ids.IdOf(1);
        await store.KeepIdsAsync(Jo, [id], CancellationToken.None);
        using var source = new RvpServer.Home.IdSource(store);
        await source.EnsureAsync(CancellationToken.None);

        Assert.DoesNotContain(id, Enumerable.Range(0, 4000).Select(_ => source.Take()));
    }

    [Fact]
    public async Task Another_name_of_the_account_inherits_those_of_elsewhere()
    {
        await using (var store = Open())
        {
            await store.KeepIdsAsync(Jo, [900], CancellationToken.None);
            await store.CommitAsync(Jo, [SignIn(900)]);
            store.InheritIds(Kari, Jo);
            await store.CommitAsync(Kari, [SignIn(900)]);
            await store.CommitAsync(Jo, [new Change.Emptied([900], [])]);
        }

        await using var again = Open();
        Assert.Equal([900], (await ReadAsync(again, Kari)).OfType<Change.SubscriptionMade>().Select(made => made.Subscription.Id));
        Assert.Empty(await ReadAsync(again, Jo));
    }

    private protected static int[] Numbers(IReadOnlyList<IdRange> reserved) =>
        [.. reserved.SelectMany(range => Enumerable.Range((int)range.First, range.Count))];

    private protected static Change.SubscriptionMade SignIn(int id) => new(new Subscription
    {
        Id = id,
        Type = NotificationType.Notify,
        Subscriber = new Subscriber(Jo, new Callback.Direct(new Uri("http://127.0.0.1:1051")), IPAddress.Loopback),
        Proof = Credentials.Digest,
        NodeAsWritten = Jo,
        ExpiresAt = Noon,
    });

    private static Change.EntryQueued Waiting(params int[] holders) =>
        new(new InboxEntry(7, new byte[] { 1 }, null, Noon, Kari.ToString()) { Holders = [.. holders], IsOwed = true });

    private static async Task<List<Change>> ReadAsync(IStore store, RvpUrl node)
    {
        var changes = new List<Change>();
        await foreach (var (owner, change) in store.ReadAllAsync(CancellationToken.None))
            if (owner.Equals(node)) changes.Add(change);
        return changes;
    }
}
