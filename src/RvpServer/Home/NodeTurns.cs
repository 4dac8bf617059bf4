using System.Collections.Concurrent;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Delivery;
using RvpServer.Directories;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>
/// The nodes in memory and the only way to change them: turn, admit, decide, commit, apply, send. Verbs, expired leases and dead callbacks all use it.
/// </summary>
internal sealed partial class NodeTurns(IStore store, Shards shards, Outbox outbox, LeaseTimer leases, PollWaiters polls, HandOvers handOvers,
    InboxRoom room, IdSource ids, UrlPool urls, HomeMetrics metrics, SignInLog signIns, NodeLocator locator, MovedHomes moved, FreshSubscriptions fresh,
    NewsJournal journal, LatePresence late, Rules rules, KeptHistory history, WaitingMessages waiting, TimeProvider clock,
    IFormerNodes? elsewhere = null)
{
    private static readonly NodeOwner UnknownOwner = new("", "");

    // Of requests that say that they take none, no id was made sure of.
    private static readonly Func<int> NoId = () => throw new InvalidOperationException("A request takes an id without saying so.");

    private readonly Func<int> freshId = ids.Take;
    private readonly Func<RvpUrl, InboxEntry, bool> takeRoom = room.TryTake;

    // Accounts by domain and id, so that one that gets another name finds what it had under the earlier one.
    private readonly ConcurrentDictionary<(string Domain, string Id), NodeSlot> byAccount = new();

    /// <summary>All nodes in memory. Outside a node's turn only <see cref="Node.SignIns"/> may be read, once.</summary>
    public IEnumerable<NodeSlot> All => shards.Open.SelectMany(shard => shard.Slots.Values);

    /// <summary>A node that was stored, to which its changes are applied before anybody takes a turn. The URL is one to keep.</summary>
    public NodeSlot Restore(Shard shard, RvpUrl url) => shard.Slots.GetValueOrDefault(url)
        ?? shard.Slots.GetOrAdd(url, static (key, rules) => new NodeSlot(new Node(key, UnknownOwner, rules.NewAccountAccess)), rules);

    /// <summary>A node has changed: by its account it can be found under another name.</summary>
    public void Note(NodeSlot slot, Change change)
    {
        if (change is Change.BelongsTo { AccountId: { Length: > 0 } id }) byAccount[(slot.Node.Url.Host, id)] = slot;
    }

    /// <summary>The node if it is in memory; a node that is not has nobody signed in, or its shard is elsewhere.</summary>
    public NodeSlot? Find(RvpUrl url) => shards.Find(url)?.Slots.GetValueOrDefault(url);

    /// <summary>Whether a node's shard is here.</summary>
    public bool Has(RvpUrl url) => shards.Find(url) is not null;

    /// <summary>
    /// Handles a request in the turn of a node, which is created if needed. State that another account has left under the same name is emptied before. Who of
    /// two accounts has the name now is asked of the directory again, since a request may have been on its way while the name changed hands. Throws
    /// <see cref="ShardAwayException"/> if the node's shard is elsewhere.
    /// </summary>
    public async Task<TurnResult> TakeAsync(RvpUrl url, NodeOwner owner, Request request, Caller caller, CancellationToken stop)
    {
        if (request.TakesIds) await ids.EnsureAsync(stop);
        var (isConfirmed, isSearched) = (false, false);
        while (true)
        {
            NodeSlot? former;
            bool isToSeek;
            if (moved.IsAway(url)) throw new NodeLeavesException(url);
            var shard = shards.Of(url);
            var slot = SlotOf(shard, url, owner);
            using (await slot.TakeTurnAsync(stop))
            {
                // The node was forgotten while this waited, and may have been created again.
                if (slot.IsForgotten || shard.IsClosed) continue;
                if (slot.IsLeaving) throw new NodeLeavesException(url);
                former = isSearched ? null : FormerOf(slot, owner);
                isToSeek = former is null && elsewhere is not null && !slot.IsSought && slot.Node.IsUntouched && owner.AccountId.Length > 0;
                if (isToSeek) slot.IsSought = true;
                else if (former is null && (slot.Node.BelongsTo(owner) || isConfirmed))
                {
                    if (!slot.Node.BelongsTo(owner)) await DecideAsync(slot, new BeginAnew(owner.AccountId), new Caller(slot.Node.Url, Credentials.Internal));
                    if (slot.Node.Owner != owner) await MeetAsync(slot, owner);
                    slot.Visits++;
                    return await DecideAsync(slot, request, caller);
                }
            }
            if (former is not null)
            {
                isSearched = true;
                await InheritAsync(slot, owner, former, stop);
                continue;
            }
            if (isToSeek)
            {
                await InheritFromElsewhereAsync(slot, owner, stop);
                continue;
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
        using var turn = await slot.TakeTurnAsync(stop);
        return slot.IsClosed ? TurnResult.Nothing : await DecideAsync(slot, request, new Caller(slot.Node.Url, Credentials.Internal));
    }

    /// <summary>Ends a node's expired leases and schedules the next one.</summary>
    public async Task ExpireAsync(NodeSlot slot, CancellationToken stop)
    {
        using var turn = await slot.TakeTurnAsync(stop);
        if (slot.IsClosed) return;
        await DecideAsync(slot, new Expire(), new Caller(slot.Node.Url, Credentials.Internal));
        slot.Node.FindNextDue(rules);
        leases.Expect(slot);
    }

    /// <summary>A client has gone away while its POLL waited.</summary>
    public async Task LeaveAsync(RvpUrl node, LeavePoll left)
    {
        if (Find(node) is not { } slot) return;
        using var turn = await slot.TakeTurnAsync(CancellationToken.None);
        if (!slot.IsClosed) await DecideAsync(slot, left, new Caller(node, Credentials.Internal));
    }

    /// <summary>The messages that no client of a node has taken yet, oldest first.</summary>
    public async Task<IReadOnlyList<InboxEntry>> OwedAsync(RvpUrl url, CancellationToken stop)
    {
        if (Find(url) is not { } slot) return [];
        using var turn = await slot.TakeTurnAsync(stop);
        return slot.IsClosed ? [] : [.. slot.Node.Inbox.Entries.Where(entry => entry is { IsMessage: true, IsOwed: true })];
    }

    /// <summary>Hands the next message to a callback; when there is none, the handing over ends.</summary>
    public async Task<TurnResult> HandOverAsync(NodeSlot slot, HandOver next, CancellationToken stop)
    {
        using var turn = await slot.TakeTurnAsync(stop);
        var result = slot.IsClosed ? TurnResult.Nothing : await DecideAsync(slot, next, new Caller(slot.Node.Url, Credentials.Internal));
        if (result.Deliveries.Count == 0) handOvers.End(slot, next.Id);
        return result;
    }

    /// <summary>
    /// The directory does not know a node's account any more: its sign-ins end. It is forgotten after <paramref name="keep"/>, or at once if the command line
    /// has removed it from the store. Callers that wait for its turn create it again. Null if the directory was asked before the last of the node's visits.
    /// </summary>
    public async Task<bool?> MissAsync(NodeSlot slot, int visits, TimeSpan keep, CancellationToken stop)
    {
        using var turn = await slot.TakeTurnAsync(stop);
        var node = slot.Node;
        if (slot.IsForgotten) return false;
        if (slot.IsLeaving) return null;
        if (slot.Visits != visits) return null;
        var isStored = await store.KnowsAsync(node.Url, stop);
        await DecideAsync(slot, isStored ? new MissOwner() : new CloseNode(), new Caller(node.Url, Credentials.Internal));
        if (isStored && node.MissingSince + keep > clock.GetUtcNow()) return false;
        // What came in while the account was being removed is in the store as well.
        await ForgetAsync(slot);
        return true;
    }

    /// <summary>
    /// The directory says that a node is another home server's: its sign-ins end. False if the directory was asked before the last of the node's visits: it may
    /// have come here in between.
    /// </summary>
    public async Task<bool> CloseAsync(NodeSlot slot, int visits, CancellationToken stop)
    {
        using var turn = await slot.TakeTurnAsync(stop);
        if (slot.IsForgotten || slot.IsLeaving) return true;
        if (slot.Visits != visits) return false;
        await DecideAsync(slot, new CloseNode(), new Caller(slot.Node.Url, Credentials.Internal));
        return true;
    }

    // In its turn. By which name the owner was known before a restart nobody knows here: then nobody is told.
    private async Task MeetAsync(NodeSlot slot, NodeOwner owner)
    {
        var isRenamed = !ReferenceEquals(slot.Node.Owner, UnknownOwner) && slot.Node.Owner.DisplayName != owner.DisplayName;
        slot.Node.Owner = owner;
        if (isRenamed) await DecideAsync(slot, new TellWatchers(null), new Caller(slot.Node.Url, Credentials.Internal));
    }

    // In its turn. Callers that wait for it find that it is forgotten.
    private async Task ForgetAsync(NodeSlot slot, params Change[] more)
    {
        var node = slot.Node;
        var emptied = node.Emptying();
        await CommitAsync(node.Url, [emptied, .. more]);
        room.GiveBack(node, emptied);
        slot.Forget(metrics);
        shards.Find(node.Url)?.Slots.TryRemove(new KeyValuePair<RvpUrl, NodeSlot>(node.Url, slot));
        if (node.AccountId is { } id) byAccount.TryRemove(new KeyValuePair<(string, string), NodeSlot>((node.Url.Host, id), slot));
    }

    private NodeSlot SlotOf(Shard shard, RvpUrl url, NodeOwner owner) => shard.Slots.GetValueOrDefault(url) ?? shard.Slots.GetOrAdd(
        urls.Of(url), static (key, made) => new NodeSlot(new Node(key, made.owner, made.rules.NewAccountAccess)), (owner, rules));

    // The node under which the account has left something before it got the name of this one, which has nothing yet.
    private NodeSlot? FormerOf(NodeSlot slot, NodeOwner owner) =>
        owner.AccountId.Length > 0 && slot.Node.IsUntouched
        && byAccount.TryGetValue((slot.Node.Url.Host, owner.AccountId), out var former) && former != slot ? former : null;

    // Copied before it is removed: whatever happens in between, nothing is lost. Never two turns at once. What the directory calls by its earlier name still
    // stays where it is.
    private async Task InheritAsync(NodeSlot slot, NodeOwner owner, NodeSlot former, CancellationToken stop)
    {
        if (!await IsNameOfAsync(slot, owner, stop)) return;
        Inherit estate;
        using (await former.TakeTurnAsync(stop))
        {
            if (former.IsClosed || former.Node.AccountId != owner.AccountId) return;
            estate = Inherit.From(former.Node);
        }
        if (await TakeOverAsync(slot, owner, estate, stop)) await TakeOwnAsync(former, new BeginAnew(""), CancellationToken.None);
    }

    private async Task InheritFromElsewhereAsync(NodeSlot slot, NodeOwner owner, CancellationToken stop)
    {
        if (!await IsNameOfAsync(slot, owner, stop) || await elsewhere!.FindAsync(slot.Node.Url, owner, stop) is not { } estate) return;
        if (await TakeOverAsync(slot, owner, estate, stop)) await elsewhere.EndAsync(estate.Former);
    }

    private async Task<bool> IsNameOfAsync(NodeSlot slot, NodeOwner owner, CancellationToken stop)
    {
        var found = await locator.LocateAsync(slot.Node.Url, stop);
        return found.Account?.Id == owner.AccountId && found.Url.Equals(slot.Node.Url);
    }

    private async Task<bool> TakeOverAsync(NodeSlot slot, NodeOwner owner, Inherit estate, CancellationToken stop)
    {
        using var turn = await slot.TakeTurnAsync(stop);
        if (slot.IsClosed) return false;
        slot.Node.Owner = owner;
        store.InheritIds(slot.Node.Url, estate.Former);
        await DecideAsync(slot, estate, new Caller(slot.Node.Url, Credentials.Internal));
        return true;
    }

    /// <summary>What an account has left under this name, which is not its own any more; null: nothing.</summary>
    public async Task<IReadOnlyList<Change>?> FindEstateAsync(RvpUrl url, string accountId, CancellationToken stop)
    {
        if (Find(url) is not { } slot) return null;
        using var turn = await slot.TakeTurnAsync(stop);
        return slot.IsClosed || slot.Node.AccountId != accountId ? null : Estate.Of(slot.Node);
    }

    /// <summary>What an account has left under this name goes on under another.</summary>
    public async Task EndFormerAsync(RvpUrl url)
    {
        if (Find(url) is { } slot) await TakeOwnAsync(slot, new BeginAnew(""), CancellationToken.None);
    }

    private async Task<TurnResult> DecideAsync(NodeSlot slot, Request request, Caller caller)
    {
        var node = slot.Node;
        if (request.Admission.Check(node, caller) is { } refusal) return new TurnResult(new Answer.Refused(refusal), []);

        var now = clock.GetUtcNow();
        var context = new DecisionContext(now, rules, request.TakesIds ? freshId : NoId)
        {
            LastPollSequence = store.LastPollSequence,
            KeepsHistory = history.IsKeptIn(node.Url.Host),
            TakeRoom = takeRoom,
        };
        var outcome = request.Decide(node, context);
        if (request is Notify { Head.IsPropertyChange: false }) metrics.MessageCame(node.Url.Host, outcome.Answer is not Answer.Refused);

        // Whose state it is goes into the store with the first of it.
        if (outcome.Changes.Count > 0 && IsOwnerNews(node, outcome))
            outcome = outcome with { Changes = [new Change.BelongsTo(node.Owner.AccountId, null), .. outcome.Changes] };
        if ((outcome.TellsWatchers || (request is TellWatchers && outcome.Notifications.Count > 0)) && journal.NoteOf(node.Url, now) is { } note)
            outcome = outcome with { Changes = [.. outcome.Changes, note] };

        // From here on cancelling has no effect: memory must match the store, and everybody concerned must be notified.
        await CommitAsync(node.Url, LatePresence.NowOf(slot, request, outcome.Changes));
        foreach (var change in outcome.Changes)
        {
            room.GiveBack(node, change);
            var kept = urls.Of(change);
            signIns.Note(node, kept, request);
            if (request is Poll && change is Change.EntryRemoved removed && node.Inbox.Find(removed.Sequence) is { IsMessage: true })
                metrics.MessageFetched(node.Url.Host);
            node.Apply(kept);
            Note(slot, change);
            late.Note(slot, request, change);
            if (change is Change.SubscriptionEnded ended) polls.Wake(node.Url, ended.Id);
            else if (kept is Change.SubscriptionMade { Subscription: { PasswordStamp: not 0 } made }) fresh.Add(slot, made);
            else if (change is Change.WatchersOwed) journal.Add(node.Url, now);
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
        if (change is Change.EntryQueued { Entry: var entry }) waiting.Note(slot.Node.Url, entry);
        if (!holders.IsEmpty) handOvers.Begin(slot, holders);
    }

    // A message for callbacks and polled sign-ins need not be kept for others when a callback has taken it. Should this fail, it is given once more.
    private async Task NoteTakenAsync(NodeSlot slot, long sequence, IReadOnlyList<Task<DeliveryResult>> deliveries)
    {
        var results = await Task.WhenAll(deliveries);
        if (!results.Any(result => result.Outcome == DeliveryOutcome.Delivered)) return;
        using var turn = await slot.TakeTurnAsync(CancellationToken.None);
        if (!slot.IsClosed) await DecideAsync(slot, new NoteTaken(sequence), new Caller(slot.Node.Url, Credentials.Internal));
    }

    private static bool IsOwnerNews(Node node, Outcome outcome) =>
        !ReferenceEquals(node.Owner, UnknownOwner) && (node.AccountId is null || node.AccountId.Length == 0 && node.Owner.AccountId.Length > 0)
        && !outcome.Changes.Any(change => change is Change.BelongsTo);

    private async ValueTask CommitAsync(RvpUrl node, IReadOnlyList<Change> changes)
    {
        if (changes.Count == 0 || changes.All(change => change is Change.SubscriptionHeard)) return;
        if (!changes.Any(change => change.MustBeStored) && (store.TryEnqueue(node, changes) || changes.All(change => change.MayBeLost))) return;
        await StoreAsync(node, changes);
    }

    private async Task StoreAsync(RvpUrl node, IReadOnlyList<Change> changes)
    {
        try
        {
            await store.CommitAsync(node, changes);
        }
        catch (Exception failure)
        {
            foreach (var change in changes)
                if (change is Change.EntryQueued { Entry: var entry }) room.GiveBack(node, entry);
            if (failure is ShardAwayException) shards.Lose(node);
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
