using System.Net;
using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>How nodes go to other home servers, and come from them. What each step has promised is in the store before the next one begins.</summary>
internal sealed partial class NodeTurns
{
    /// <summary>
    /// Notes that a node is leaving, after which nothing changes it, and gives what it has; null if it is not here, or leaves already. A node that is not in
    /// memory leaves with nothing.
    /// </summary>
    public async Task<IReadOnlyList<Change>?> BeginLeavingAsync(RvpUrl url, NodeOwner owner, Move move, CancellationToken stop)
    {
        if (moved.IsAway(url)) return null;
        var shard = shards.Of(url);
        var slot = SlotOf(shard, url, owner);
        using var turn = await slot.TakeTurnAsync(stop);
        if (slot.IsClosed || shard.IsClosed) return null;
        await store.CommitAsync(slot.Node.Url, [new Change.MoveNoted(move)]);
        slot.IsLeaving = true;
        moved.Note(slot.Node.Url, move);
        return EstateOf(slot);
    }

    /// <summary>What a node has that is leaving; null if it is not.</summary>
    public async Task<IReadOnlyList<Change>?> FindLeavingAsync(RvpUrl url, CancellationToken stop)
    {
        if (Find(url) is not { } slot) return null;
        using var turn = await slot.TakeTurnAsync(stop);
        return slot is { IsForgotten: false, IsLeaving: true } ? EstateOf(slot) : null;
    }

    /// <summary>The other server has the node: nothing is left of it here but the note of where it is. Nobody is told anything: watchers go on there.</summary>
    public async Task EndLeavingAsync(RvpUrl url, Move left)
    {
        if (Find(url) is not { } slot) return;
        int[] signIns;
        using (await slot.TakeTurnAsync(CancellationToken.None))
        {
            if (slot.IsForgotten || !slot.IsLeaving) return;
            signIns = [.. slot.Node.SignIns.Select(signIn => signIn.Id)];
            await ForgetAsync(slot, new Change.MoveNoted(left));
            journal.Drop(slot.Node.Url);
            moved.Note(slot.Node.Url, left);
        }
        // Their clients ask again, and are referred.
        foreach (var id in signIns) polls.Wake(url, id);
    }

    /// <summary>The other server surely does not have the node: it goes on here.</summary>
    public async Task StayAsync(RvpUrl url)
    {
        if (Find(url) is not { } slot) return;
        using var turn = await slot.TakeTurnAsync(CancellationToken.None);
        if (slot.IsForgotten || !slot.IsLeaving) return;
        await store.CommitAsync(slot.Node.Url, [new Change.MoveForgotten()]);
        slot.IsLeaving = false;
        moved.Forget(slot.Node.Url);
        // What came meanwhile was put off.
        slot.Node.FindNextDue(rules);
        leases.Expect(slot);
        foreach (var entry in slot.Node.Inbox.Entries) handOvers.Begin(slot, entry.Holders);
        journal.Owe(slot.Node.Url);
    }

    /// <summary>
    /// Takes over a node from another home server: when this returns it is in the store, and served here. The same move must not come a second time.
    /// </summary>
    /// <param name="url">The node.</param>
    /// <param name="owner">Its owner, by the directory here.</param>
    /// <param name="changes">What it has, in this server's time.</param>
    /// <param name="move">The note of where it is.</param>
    /// <param name="onCallback">Told every direct callback with the address that it was allowed for.</param>
    public async Task ArriveAsync(RvpUrl url, NodeOwner owner, IReadOnlyList<Change> changes, Move move, Action<Uri, IPAddress> onCallback)
    {
        while (true)
        {
            var shard = shards.Of(url);
            var slot = SlotOf(shard, url, owner);
            using var turn = await slot.TakeTurnAsync(CancellationToken.None);
            if (slot.IsForgotten || shard.IsClosed) continue;
            if (slot.IsLeaving) throw new NodeLeavesException(url);
            var node = slot.Node;
            // Whatever somebody has left here while the node was elsewhere is not the owner's.
            var emptied = node.Emptying() with { KeepsBelongings = true };
            await store.CommitAsync(node.Url, [emptied]);
            room.GiveBack(node, emptied);
            node.Apply(emptied);
            await store.KeepIdsAsync(node.Url, Estate.IdsIn(changes), CancellationToken.None);
            await store.CommitAsync(node.Url, [.. changes, new Change.MoveNoted(move)]);
            // First of all: whoever sees the sign-ins that come now finds the node here.
            moved.Note(node.Url, move);
            node.Owner = owner;
            slot.Visits++;
            foreach (var change in changes) Take(slot, change, onCallback);
            Settle(slot);
            return;
        }
    }

    private List<Change> EstateOf(NodeSlot slot)
    {
        var changes = Estate.Of(slot.Node).ToList();
        // Whoever has not heard the last news yet hears them from there.
        if (journal.HasDoubts(slot.Node.Url)) changes.Add(new Change.WatchersOwed(clock.GetUtcNow()));
        return changes;
    }

    private void Take(NodeSlot slot, Change change, Action<Uri, IPAddress> onCallback)
    {
        if (change is Change.WatchersOwed note)
        {
            journal.Restore(slot.Node.Url, note);
            return;
        }
        var kept = urls.Of(change);
        slot.Node.Apply(kept);
        Note(slot, change);
        if (kept is not Change.SubscriptionMade { Subscription: var made }) return;
        if (made.PasswordStamp != 0) fresh.Restore(made);
        if (made.Callback is Callback.Direct direct) onCallback(direct.ToUri(), made.Address);
    }

    private void Settle(NodeSlot slot)
    {
        slot.Node.GrantGrace(clock.GetUtcNow() + NodeLoading.Grace, rules);
        foreach (var entry in slot.Node.Inbox.Entries)
        {
            room.Take(slot.Node.Url, entry);
            handOvers.Begin(slot, entry.Holders);
        }
        leases.Expect(slot);
        slot.Count(metrics);
    }
}

/// <summary>A node is on its way to another home server, or was just now: whoever asks again finds it.</summary>
internal sealed class NodeLeavesException(RvpUrl node) : Runtime.UnavailableException($"{node} is moving to another home server.", null);
