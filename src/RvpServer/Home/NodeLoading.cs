using System.Net;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>Rebuilds the nodes from the store, before the first request: by the same changes that made them.</summary>
internal sealed class NodeLoading(IStore store, NodeTurns turns, LeaseTimer leases, HandOvers handOvers, InboxRoom room, HomeMetrics metrics,
    FreshSubscriptions fresh, NewsJournal journal, WaitingMessages waiting, MovedHomes moved, Rules rules, TimeProvider clock)
{
    /// <summary>After a restart every lease lasts at least this long, so that clients have time to renew. Decision.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(1);

    /// <summary>Does it; reports every direct callback with the address that it was allowed for.</summary>
    public async Task LoadAsync(Action<Uri, IPAddress> onCallback, CancellationToken stop)
    {
        RvpUrl? proven = null;
        await foreach (var (url, change) in store.ReadAllAsync(stop))
        {
            if (change is Change.MoveNoted { Move: var move })
            {
                moved.Note(url, move);
                // It was leaving when the server ended, and still is.
                if (move.Stage == MoveStage.Leaving) turns.Restore(url).IsLeaving = true;
                continue;
            }
            var slot = turns.Restore(url);
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
            else if (change is Change.WatchersOwed note) journal.Restore(slot.Node.Url, note);
            else turns.Note(slot, change);
        }
        var end = clock.GetUtcNow() + Grace;
        foreach (var slot in turns.All) Begin(slot, end);
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
