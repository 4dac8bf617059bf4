using System.Net;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>Rebuilds nodes from the store, before the first request for them: by the same changes that made them.</summary>
internal sealed class NodeLoading(IStore store, Shards shards, NodeTurns turns, LeaseTimer leases, HandOvers handOvers, InboxRoom room, IdSource ids,
    HomeMetrics metrics, FreshSubscriptions fresh, NewsJournal journal, WaitingMessages waiting, MovedHomes moved, Rules rules, TimeProvider clock)
{
    /// <summary>After a restart every lease lasts at least this long, so that clients have time to renew. Decision.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(1);

    /// <summary>Loads all shards of a process that is alone; reports every direct callback with the address that it was allowed for.</summary>
    public async Task LoadAsync(Action<Uri, IPAddress> onCallback, CancellationToken stop)
    {
        if (!shards.Open.Any()) return;
        var owed = await ApplyAsync(store.ReadAllAsync(stop), shards.Of, onCallback);
        Begin(turns.All);
        Owe(owed);
    }

    /// <summary>Takes shards from whichever processes have them, loads them, and gives them. Throws <see cref="StoreException"/>.</summary>
    public async Task<IReadOnlyList<Shard>> OpenAsync(IReadOnlyList<short> numbers, Action<Uri, IPAddress> onCallback, CancellationToken stop)
    {
        await store.TakeAsync(numbers, stop);
        var opened = numbers.ToDictionary(number => number, number => new Shard(number));
        List<(RvpUrl, Change.WatchersOwed)> owed;
        try
        {
            var renewing = ids.RenewAsync(stop);
            owed = await ApplyAsync(store.ReadAsync(numbers, stop), url => opened[ShardMap.Of(url, shards.Count)], onCallback);
            await renewing;
        }
        catch
        {
            // Nobody may find some of a shard by an account.
            foreach (var slot in opened.Values.SelectMany(shard => shard.Slots.Values)) slot.Forget(metrics);
            throw;
        }
        fresh.LookAtAll();
        foreach (var shard in opened.Values)
        {
            Begin(shard.Slots.Values);
            shards.Add(shard);
        }
        Owe(owed);
        return [.. opened.Values];
    }

    /// <summary>Gives a shard up, so that another process can take it without waiting.</summary>
    public async Task CloseAsync(Shard shard)
    {
        await turns.CloseAsync(shard);
        await store.GiveBackAsync(shard.Number);
    }

    // Gives the nodes whose watchers are owed their state.
    private async Task<List<(RvpUrl Node, Change.WatchersOwed Note)>> ApplyAsync(
        IAsyncEnumerable<(RvpUrl Node, Change Change)> stored, Func<RvpUrl, Shard> shardOf, Action<Uri, IPAddress> onCallback)
    {
        RvpUrl? proven = null;
        var owed = new List<(RvpUrl, Change.WatchersOwed)>();
        await foreach (var (url, change) in stored)
        {
            if (change is Change.MoveNoted { Move: var move })
            {
                moved.Note(url, move);
                // It was leaving when the server ended, and still is.
                if (move.Stage == MoveStage.Leaving) turns.Restore(shardOf(url), url).IsLeaving = true;
                continue;
            }
            var slot = turns.Restore(shardOf(url), url);
            slot.Node.Apply(change);
            if (change is Change.SubscriptionMade { Subscription: var made })
            {
                // Who signs in makes all watches one after the other: once is enough for them.
                if (made.PasswordStamp != 0 && !ReferenceEquals(made.Principal, proven))
                {
                    fresh.Restore(made);
                    proven = made.Principal;
                }
                if (made.Callback is Callback.Direct direct) onCallback(direct.ToUri(), made.Address);
            }
            else if (change is Change.WatchersOwed note) owed.Add((slot.Node.Url, note));
            else turns.Note(slot, change);
        }
        return owed;
    }

    // Of nodes that can be found, since they are asked at once.
    private void Owe(List<(RvpUrl Node, Change.WatchersOwed Note)> owed)
    {
        foreach (var (node, note) in owed) journal.Restore(node, note);
    }

    private void Begin(IEnumerable<NodeSlot> slots)
    {
        var end = clock.GetUtcNow() + Grace;
        foreach (var slot in slots) Begin(slot, end);
    }

    private void Begin(NodeSlot slot, DateTimeOffset end)
    {
        slot.Node.GrantGrace(end, rules);
        foreach (var entry in slot.Node.Inbox.Entries)
        {
            room.Take(slot.Node.Url, entry);
            handOvers.Begin(slot, entry.Holders);
            // Just before the server ended; of what is older somebody was told.
            if (entry.QueuedAt > clock.GetUtcNow() - Recent) waiting.Note(slot.Node.Url, entry);
        }
        leases.Expect(slot);
        slot.Count(metrics);
    }
}
