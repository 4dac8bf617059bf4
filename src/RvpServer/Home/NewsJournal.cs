using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Delivery;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>
/// Notes in the store which nodes have just changed their looks, with the change itself, until their watchers have surely heard of it. So after a crash, a
/// power cut or a stop that could not wait, these watchers are told, and no others.
/// </summary>
internal sealed class NewsJournal(IStore store, OwedNews owed, LatePresence late, TimeProvider clock)
{
    /// <summary>
    /// How long after its last change a node counts as one of whom watchers may not have heard. Decision: longer than anybody is tried; by then news have
    /// arrived or are owed, unless a queue is very long.
    /// </summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromMinutes(2);

    private const int WorthOneCommit = 1000;

    private readonly Lock gate = new();
    private readonly Dictionary<RvpUrl, DateTimeOffset> changed = [];

    /// <summary>A node is about to change its looks: the change that notes it; null where it is noted already.</summary>
    public Change? NoteOf(RvpUrl node, DateTimeOffset now)
    {
        lock (gate)
        {
            if (!changed.ContainsKey(node)) return new Change.WatchersOwed(now);
            changed[node] = now;
            return null;
        }
    }

    /// <summary>A note is in the store.</summary>
    public void Add(RvpUrl node, DateTimeOffset now)
    {
        lock (gate) changed[node] = now;
    }

    /// <summary>Watchers of a node were told again, and may not have heard of it yet.</summary>
    public void Touch(RvpUrl node)
    {
        lock (gate)
        {
            if (changed.ContainsKey(node)) changed[node] = clock.GetUtcNow();
        }
    }

    /// <summary>A note was in the store when the server started: the watchers of this node are owed its state.</summary>
    public void Restore(RvpUrl node, Change.WatchersOwed note)
    {
        var now = clock.GetUtcNow();
        Add(node, note.Since > now ? note.Since : now);
        owed.AddAll(node);
    }

    /// <summary>Whether some watchers of a node may not have heard its last news.</summary>
    public bool HasDoubts(RvpUrl node)
    {
        lock (gate) return changed.ContainsKey(node) || owed.Owes(node);
    }

    /// <summary>
    /// A process has ended, or has lost nodes to another, with news that nobody had fetched: whoever has changed lately tells all watchers again. (Decision)
    /// </summary>
    public void OweAll()
    {
        List<RvpUrl> nodes;
        lock (gate) nodes = [.. changed.Keys];
        foreach (var node in nodes) owed.AddAll(node);
    }

    /// <summary>All watchers of a node are told its state once more.</summary>
    public void Owe(RvpUrl node) => owed.AddAll(node);

    /// <summary>The node has left, and its note with it.</summary>
    public void Drop(RvpUrl node)
    {
        lock (gate) changed.Remove(node);
        owed.Drop(node);
    }

    /// <summary>Removes the notes that are not needed any more.</summary>
    public void Forget()
    {
        foreach (var (node, told) in Take(clock.GetUtcNow() - Doubt)) store.TryEnqueue(node, [told]);
    }

    /// <summary>
    /// At the end: gives what waits a time to leave, stores what was not, and removes all notes but those of nodes whose watchers are owed something then.
    /// </summary>
    public async Task CloseAsync(Outbox outbox, TimeSpan time)
    {
        using (var patience = new CancellationTokenSource(time)) await outbox.DrainAsync(patience.Token);
        await outbox.DisposeAsync();
        try
        {
            await late.StoreAllAsync();
            foreach (var some in Take(DateTimeOffset.MaxValue).Chunk(WorthOneCommit))
                await Task.WhenAll(some.Select(note => store.CommitAsync(note.Node, [note.Told])));
        }
        catch (StoreException)
        {
            // The notes stay, and their watchers are told once more than needed.
        }
    }

    private List<(RvpUrl Node, Change.WatchersTold Told)> Take(DateTimeOffset until)
    {
        var taken = new List<(RvpUrl, Change.WatchersTold)>();
        lock (gate)
        {
            foreach (var (node, at) in changed)
                if (at <= until && !owed.Owes(node)) taken.Add((node, new Change.WatchersTold(at)));
            foreach (var (node, _) in taken) changed.Remove(node);
        }
        return taken;
    }
}
