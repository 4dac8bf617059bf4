using System.Collections.Concurrent;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Delivery;
using RvpServer.Directories;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>
/// The nodes in memory and the only way to change them: turn, admit, decide, commit, apply, send. Verbs, expired leases and dead callbacks all use it.
/// </summary>
internal sealed class NodeTurns(IStore store, Outbox outbox, LeaseTimer leases, PollWaiters polls, HandOvers handOvers, InboxRoom room, IdSource ids,
    UrlPool urls, HomeMetrics metrics, NodeLocator locator, FreshSubscriptions fresh, Rules rules, TimeProvider clock)
{
    /// <summary>After a restart every lease lasts at least this long, so that clients have time to renew. Decision.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private static readonly NodeOwner UnknownOwner = new("", "");

    private readonly ConcurrentDictionary<RvpUrl, NodeSlot> slots = new();
    private readonly Func<RvpUrl, InboxEntry, bool> takeRoom = room.TryTake;

    /// <summary>All nodes in memory. Outside a node's turn only <see cref="Node.SignIns"/> may be read, once.</summary>
    public ICollection<NodeSlot> All => slots.Values;

    /// <summary>Rebuilds the nodes from the store; reports every direct callback with the address that it was allowed for.</summary>
    public async Task LoadAsync(Action<Uri, System.Net.IPAddress> onCallback, CancellationToken stop)
    {
        await foreach (var (url, change) in store.ReadAllAsync(stop))
        {
            var slot = slots.GetOrAdd(urls.Of(url), key => new NodeSlot(new Node(key, UnknownOwner, rules.NewAccountAccess)));
            slot.Node.Apply(urls.Of(change));
            if (change is Change.SubscriptionMade { Subscription: { PasswordStamp: not 0 } proven }) fresh.Restore(proven);
            if (change is Change.SubscriptionMade { Subscription: { Callback: Callback.Direct direct } made }) onCallback(direct.Url, made.Address);
        }
        var end = clock.GetUtcNow() + Grace;
        foreach (var slot in slots.Values)
        {
            slot.Node.GrantGrace(end, rules);
            foreach (var entry in slot.Node.Inbox.Entries)
            {
                room.Take(slot.Node.Url, entry);
                handOvers.Begin(slot, entry.Holders);
            }
            leases.Expect(slot);
            slot.Count(metrics);
        }
    }

    /// <summary>The node if it is in memory; a node that is not has nobody signed in.</summary>
    public NodeSlot? Find(RvpUrl url) => slots.GetValueOrDefault(url);

    /// <summary>
    /// Handles a request in the turn of a node, which is created if needed. State that another account has left under the same name is emptied before. Who of
    /// two accounts has the name now is asked of the directory again, since a request may have been on its way while the name changed hands.
    /// </summary>
    public async Task<TurnResult> TakeAsync(RvpUrl url, NodeOwner owner, Request request, Caller caller, CancellationToken stop)
    {
        await ids.EnsureAsync(stop);
        var isConfirmed = false;
        while (true)
        {
            var slot = Find(url) ?? slots.GetOrAdd(
                urls.Of(url), static (key, made) => new NodeSlot(new Node(key, made.owner, made.rules.NewAccountAccess)), (owner, rules));
            using (await slot.TakeTurnAsync(stop))
            {
                // The node was forgotten while this waited, and may have been created again.
                if (slot.IsForgotten) continue;
                if (slot.Node.BelongsTo(owner) || isConfirmed)
                {
                    if (!slot.Node.BelongsTo(owner)) await DecideAsync(slot, new BeginAnew(owner.AccountId), new Caller(slot.Node.Url, Credentials.Internal));
                    if (slot.Node.Owner != owner) slot.Node.Owner = owner;
                    slot.Visits++;
                    return await DecideAsync(slot, request, caller);
                }
            }
            if ((await locator.LocateAsync(url, stop)).Account is not { IsEnabled: true } account) return TurnResult.Nothing;
            // The proof was that of the account which had the name before.
            if (account.Id != owner.AccountId && caller.IsProvenAs(url)) return new TurnResult(new Answer.Refused(Refusal.ProofNeeded), []);
            (owner, isConfirmed) = (NodeLocator.OwnerOf(account), true);
        }
    }

    /// <summary>Handles a request of the server itself in a node's turn; does nothing if the node was forgotten.</summary>
    public async Task<TurnResult> TakeOwnAsync(NodeSlot slot, Request request, CancellationToken stop)
    {
        await ids.EnsureAsync(stop);
        using var turn = await slot.TakeTurnAsync(stop);
        return slot.IsForgotten ? TurnResult.Nothing : await DecideAsync(slot, request, new Caller(slot.Node.Url, Credentials.Internal));
    }

    /// <summary>Ends a node's expired leases and schedules the next one.</summary>
    public async Task ExpireAsync(NodeSlot slot, CancellationToken stop)
    {
        using var turn = await slot.TakeTurnAsync(stop);
        if (slot.IsForgotten) return;
        await DecideAsync(slot, new Expire(), new Caller(slot.Node.Url, Credentials.Internal));
        slot.Node.FindNextDue(rules);
        leases.Expect(slot);
    }

    /// <summary>A client has gone away while its POLL waited.</summary>
    public async Task LeaveAsync(RvpUrl node, LeavePoll left)
    {
        if (Find(node) is not { } slot) return;
        using var turn = await slot.TakeTurnAsync(CancellationToken.None);
        if (!slot.IsForgotten) await DecideAsync(slot, left, new Caller(node, Credentials.Internal));
    }

    /// <summary>Hands the next message to a callback; when there is none, the handing over ends.</summary>
    public async Task<TurnResult> HandOverAsync(NodeSlot slot, HandOver next, CancellationToken stop)
    {
        using var turn = await slot.TakeTurnAsync(stop);
        var result = slot.IsForgotten ? TurnResult.Nothing : await DecideAsync(slot, next, new Caller(slot.Node.Url, Credentials.Internal));
        if (result.Deliveries.Count == 0) handOvers.End(slot, next.Id);
        return result;
    }

    /// <summary>True for the ids of subscriptions that there are now, and not for those of later ones.</summary>
    public async Task<Predicate<int>> MadeSoFarAsync(CancellationToken stop)
    {
        await ids.EnsureAsync(stop);
        return ids.GivenSoFar();
    }

    /// <summary>
    /// The directory does not know a node's account any more: its sign-ins end. It is forgotten after <paramref name="keep"/>, or at once if the command line
    /// has removed it from the store. Callers that wait for its turn create it again. Null if the directory was asked before the last of the node's visits.
    /// </summary>
    public async Task<bool?> MissAsync(NodeSlot slot, int visits, TimeSpan keep, CancellationToken stop)
    {
        await ids.EnsureAsync(stop);
        using var turn = await slot.TakeTurnAsync(stop);
        var node = slot.Node;
        if (slot.IsForgotten) return false;
        if (slot.Visits != visits) return null;
        var isStored = await store.KnowsAsync(node.Url, stop);
        await DecideAsync(slot, isStored ? new MissOwner() : new CloseNode(), new Caller(node.Url, Credentials.Internal));
        if (isStored && node.MissingSince + keep > clock.GetUtcNow()) return false;
        // What came in while the account was being removed is in the store as well.
        await CommitAsync(node.Url, [new Change.Emptied()]);
        room.GiveBack(node, new Change.Emptied());
        slot.Forget(metrics);
        slots.TryRemove(new KeyValuePair<RvpUrl, NodeSlot>(node.Url, slot));
        return true;
    }

    private async Task<TurnResult> DecideAsync(NodeSlot slot, Request request, Caller caller)
    {
        var node = slot.Node;
        if (request.Admission.Check(node, caller) is { } refusal) return new TurnResult(new Answer.Refused(refusal), []);

        var context = new DecisionContext(clock.GetUtcNow(), rules, ids.Take) { LastPollSequence = store.LastPollSequence, TakeRoom = takeRoom };
        var outcome = request.Decide(node, context);

        // Whose state it is goes into the store with the first of it.
        if (outcome.Changes.Count > 0 && IsOwnerNews(node, outcome))
            outcome = outcome with { Changes = [new Change.BelongsTo(node.Owner.AccountId, null), .. outcome.Changes] };

        // From here on cancelling has no effect: memory must match the store, and everybody concerned must be notified.
        await CommitAsync(node.Url, outcome.Changes);
        foreach (var change in outcome.Changes)
        {
            room.GiveBack(node, change);
            node.Apply(urls.Of(change));
            if (change is Change.SubscriptionEnded ended) polls.Wake(node.Url, ended.Id);
            else if (change is Change.SubscriptionMade { Subscription: { PasswordStamp: not 0 } made }) fresh.Add(slot, made);
        }
        if (outcome.Changes.Count > 0)
        {
            foreach (var change in outcome.Changes) Fetch(slot, change);
            slot.Count(metrics);
        }
        leases.Expect(slot);
        var deliveries = outbox.Send(outcome.Notifications);
        if (deliveries.Count > 0 && outcome.Changes is [.., Change.EntryQueued { Entry: { IsOwed: true, Sequence: var owed } }])
            _ = NoteTakenAsync(slot, owed, deliveries);
        return new TurnResult(outcome.Answer, deliveries);
    }

    // Something waits for these sign-ins. After all changes, since the sign-in that is to have it may be among them.
    private void Fetch(NodeSlot slot, Change change)
    {
        var holders = change is Change.EntryQueued queued ? queued.Entry.Holders : change is Change.EntryHeld held ? held.Holders : [];
        foreach (var id in holders) polls.Wake(slot.Node.Url, id);
        if (!holders.IsEmpty) handOvers.Begin(slot, holders);
    }

    // A message for callbacks and polled sign-ins need not be kept for others when a callback has taken it. Should this fail, it is given once more.
    private async Task NoteTakenAsync(NodeSlot slot, long sequence, IReadOnlyList<Task<DeliveryResult>> deliveries)
    {
        var results = await Task.WhenAll(deliveries);
        if (!results.Any(result => result.Outcome == DeliveryOutcome.Delivered)) return;
        using var turn = await slot.TakeTurnAsync(CancellationToken.None);
        if (!slot.IsForgotten) await DecideAsync(slot, new NoteTaken(sequence), new Caller(slot.Node.Url, Credentials.Internal));
    }

    private static bool IsOwnerNews(Node node, Outcome outcome) =>
        !ReferenceEquals(node.Owner, UnknownOwner) && (node.AccountId is null || node.AccountId.Length == 0 && node.Owner.AccountId.Length > 0)
        && !outcome.Changes.Any(change => change is Change.BelongsTo);

    private async ValueTask CommitAsync(RvpUrl node, IReadOnlyList<Change> changes)
    {
        if (changes.Count == 0 || changes.All(change => change is Change.SubscriptionHeard)) return;
        if (changes.Any(change => change.MustBeStored)) await StoreAsync(node, changes);
        else store.Enqueue(node, changes);
    }

    private async Task StoreAsync(RvpUrl node, IReadOnlyList<Change> changes)
    {
        try
        {
            await store.CommitAsync(node, changes);
        }
        catch
        {
            foreach (var change in changes)
                if (change is Change.EntryQueued { Entry: var entry }) room.GiveBack(node, entry);
            throw;
        }
    }
}

/// <summary>The result of a turn: the answer, and the deliveries on which an acknowledgement may depend.</summary>
internal readonly record struct TurnResult(Answer Answer, IReadOnlyList<Task<DeliveryResult>> Deliveries)
{
    /// <summary>The node no longer exists.</summary>
    public static readonly TurnResult Nothing = new(new Answer.Refused(Refusal.NoSuchNode), []);
}
