using System.Collections.Concurrent;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>
/// The nodes in memory and the one road on which they change: turn, admit, decide, commit, apply, enqueue. Verbs, leases that run out and
/// dead callbacks all take it.
/// </summary>
internal sealed class Nodes(IStore store, Dispatcher dispatcher, LeaseTimer leases, PollWaiters polls, IdSource ids, SharedUrls urls, Rules rules, TimeProvider clock) : IDisposable
{
    /// <summary>After a restart every lease lasts at least this long: time enough for clients to renew. [design 5]</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<RvpUrl, NodeSlot> slots = new();

    /// <summary>All nodes in memory.</summary>
    public ICollection<NodeSlot> All => slots.Values;

    /// <summary>Rebuilds the nodes from the store.</summary>
    public async Task LoadAsync(CancellationToken stop)
    {
        await foreach (var (url, change) in store.ReadAllAsync(stop))
            slots.GetOrAdd(urls.Of(url), key => new NodeSlot(new Node(key, new NodeOwner("", "")))).Node.Apply(change is Change.SubscriptionMade made ? new Change.SubscriptionMade(urls.Of(made.Subscription)) : change);
        var end = clock.GetUtcNow() + Grace;
        foreach (var slot in slots.Values)
        {
            slot.Node.GrantGrace(end);
            leases.Expect(slot);
        }
    }

    /// <summary>The node of an account, made when it is first needed.</summary>
    public NodeSlot GetOrAdd(RvpUrl url, Account account)
    {
        var slot = Find(url) ?? slots.GetOrAdd(urls.Of(url), static (key, owner) => new NodeSlot(new Node(key, owner)), OwnerOf(account));
        if (slot.Node.Owner.DisplayName != account.DisplayName || slot.Node.Owner.Email != account.Email) slot.Node.Owner = OwnerOf(account);
        return slot;
    }

    /// <summary>The node if it is in memory: a node that is not has nobody signed in.</summary>
    public NodeSlot? Find(RvpUrl url) => slots.GetValueOrDefault(url);

    /// <summary>Forgets a node whose account is gone.</summary>
    public void Forget(NodeSlot slot) => slots.TryRemove(new KeyValuePair<RvpUrl, NodeSlot>(slot.Node.Url, slot));

    /// <summary>Takes a request through the node's turn; the result carries the answer and what was sent.</summary>
    public async Task<Handled> HandleAsync(NodeSlot slot, Request request, Caller caller, CancellationToken stop)
    {
        await ids.EnsureAsync(stop);
        using var turn = await slot.TakeTurnAsync(stop);
        var node = slot.Node;
        if (request.Admission.Check(node, caller) is { } refusal) return new Handled(new Answer.Refused(refusal), []);

        var outcome = request.Decide(node, new Moment(clock.GetUtcNow(), rules, ids.Take));

        // From here on nothing is given up half-way: what the store has, memory must have too.
        await CommitAsync(node.Url, outcome.Changes);
        foreach (var change in outcome.Changes)
        {
            node.Apply(change);
            if (change is Change.PollEntryQueued queued) polls.Wake(queued.Subscription);
            else if (change is Change.SubscriptionEnded ended) polls.Wake(ended.Id);
        }
        leases.Expect(slot);
        return new Handled(outcome.Answer, dispatcher.Send(outcome.Notifications, this));
    }

    /// <summary>Does what the server itself asks of a node.</summary>
    public async Task<Handled> HandleOwnAsync(NodeSlot slot, Request request, CancellationToken stop) =>
        await HandleAsync(slot, request, new Caller(slot.Node.Url, Credentials.Internal), stop);

    /// <summary>Puts news into a node's inbox; they take the node's turn after the current one.</summary>
    public void Post(NodeSlot slot, Notification news) =>
        slot.Inbox.Post(news, item => HandleOwnAsync(slot, new Receive(item), CancellationToken.None));

    public void Dispose() => ids.Dispose();

    private async ValueTask CommitAsync(RvpUrl node, IReadOnlyList<Change> changes)
    {
        if (changes.Count == 0) return;
        if (changes.Any(change => change.MustBeStored)) await store.CommitAsync(node, changes);
        else store.Enqueue(node, changes);
    }

    private static NodeOwner OwnerOf(Account account) => new(account.DisplayName, account.Email);
}

/// <summary>What became of a request: its answer, and the deliveries on which an acknowledgement may depend.</summary>
internal readonly record struct Handled(Answer Answer, IReadOnlyList<Task<DeliveryResult>> Deliveries);
