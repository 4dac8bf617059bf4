using System.Collections.Concurrent;
using Rvp.Engine;
using Rvp.Engine.Requests;
using RvpServer.Runtime;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>
/// News of this server's people that wait for polled sign-ins are stored only if nobody has fetched them for a while: most are fetched at once, and storing
/// each and deleting it again would be most of what the store does. Should this process end before, the contacts tell them again, by
/// <see cref="NewsJournal"/>.
/// </summary>
internal sealed class LatePresence(IStore store, LoopMetrics metrics, TimeProvider clock, ILogger<LatePresence> logger)
    : LoopService("late presence", metrics, clock, logger)
{
    /// <summary>Decision: well within the time for which the journal has its notes.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider clock = clock;

    // In the order of time.
    private readonly ConcurrentQueue<Waiting> waiting = new();

    /// <summary>Those of some changes that go to the store at once; in the node's turn.</summary>
    public static IReadOnlyList<Change> NowOf(NodeSlot slot, Request request, IReadOnlyList<Change> changes) =>
        (request is Receive || slot.Unstored is not null) && changes.Any(change => IsLate(slot, request, change))
            ? [.. changes.Where(change => !IsLate(slot, request, change))]
            : changes;

    /// <summary>A change was applied; in the node's turn.</summary>
    public void Note(NodeSlot slot, Request request, Change change)
    {
        switch (change)
        {
            case Change.EntryQueued { Entry: { IsMessage: false, Sequence: var sequence } } when request is Receive:
                (slot.Unstored ??= []).Add(sequence);
                waiting.Enqueue(new Waiting(slot, sequence, clock.GetUtcNow() + Delay));
                break;
            case Change.EntryRemoved removed:
                Forget(slot, removed.Sequence);
                break;
            case Change.Emptied:
                slot.Unstored = null;
                break;
        }
    }

    /// <summary>A node leaves this process: what it has is stored now. In its turn. Throws <see cref="StoreException"/>.</summary>
    public async ValueTask StoreAsync(NodeSlot slot)
    {
        if (slot.Unstored is not { } unstored) return;
        var entries = unstored.Order().Select(slot.Node.Inbox.Find).OfType<InboxEntry>().Select(entry => new Change.EntryQueued(entry)).ToList<Change>();
        await WriteAsync(slot, entries);
        slot.Unstored = null;
    }

    /// <summary>At the end: stores what is left. Throws <see cref="StoreException"/>.</summary>
    public async Task StoreAllAsync()
    {
        while (waiting.TryDequeue(out var one))
        {
            using var turn = await one.Slot.TakeTurnAsync(CancellationToken.None);
            if (!one.Slot.IsClosed) await StoreAsync(one.Slot);
        }
    }

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        while (waiting.TryPeek(out var next) && next.DueAt <= clock.GetUtcNow() && waiting.TryDequeue(out var due))
        {
            using var turn = await due.Slot.TakeTurnAsync(stop);
            // What is on its way to another home server takes it along, or comes back to this.
            if (due.Slot.IsLeaving) waiting.Enqueue(due with { DueAt = clock.GetUtcNow() + Delay });
            else if (!due.Slot.IsForgotten && due.Slot.Unstored?.Contains(due.Sequence) == true) await StoreAsync(due);
        }
    }

    private async Task StoreAsync(Waiting due)
    {
        Change[] entry = due.Slot.Node.Inbox.Find(due.Sequence) is { } found ? [new Change.EntryQueued(found)] : [];
        try
        {
            await WriteAsync(due.Slot, entry);
        }
        catch (StoreException)
        {
            waiting.Enqueue(due with { DueAt = clock.GetUtcNow() + Delay });
            throw;
        }
        Forget(due.Slot, due.Sequence);
    }

    private async ValueTask WriteAsync(NodeSlot slot, IReadOnlyList<Change> entries)
    {
        if (!store.TryEnqueue(slot.Node.Url, entries)) await store.CommitAsync(slot.Node.Url, entries);
    }

    private static bool IsLate(NodeSlot slot, Request request, Change change) => change switch
    {
        Change.EntryQueued { Entry.IsMessage: false } => request is Receive,
        Change.EntryHeld held => slot.Unstored?.Contains(held.Sequence) == true,
        Change.EntryRemoved removed => slot.Unstored?.Contains(removed.Sequence) == true,
        _ => false,
    };

    private static void Forget(NodeSlot slot, long sequence)
    {
        if (slot.Unstored is { } unstored && unstored.Remove(sequence) && unstored.Count == 0) slot.Unstored = null;
    }

    private readonly record struct Waiting(NodeSlot Slot, long Sequence, DateTimeOffset DueAt);
}
