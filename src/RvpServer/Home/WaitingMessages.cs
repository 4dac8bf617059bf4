using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>
/// Nodes for which a message came that a client has still to take, until somebody looks after them; each once.
/// </summary>
/// <param name="clock">The time.</param>
/// <param name="isHeard">True if somebody takes them.</param>
internal sealed class WaitingMessages(TimeProvider clock, bool isHeard)
{
    private readonly Lock gate = new();
    private Dictionary<RvpUrl, DateTimeOffset> since = [];

    /// <summary>An entry of a node's inbox; in its turn.</summary>
    public void Note(RvpUrl node, InboxEntry entry)
    {
        if (isHeard && entry is { IsMessage: true, IsOwed: true }) Note(node, clock.GetUtcNow());
    }

    /// <summary>A node is to be looked after once more, from a time on.</summary>
    public void Note(RvpUrl node, DateTimeOffset from)
    {
        lock (gate) since.TryAdd(node, from);
    }

    /// <summary>Takes those that were noted up to a time.</summary>
    public IReadOnlyList<RvpUrl> Take(DateTimeOffset until)
    {
        lock (gate)
        {
            if (since.Count == 0) return [];
            var due = since.Where(entry => entry.Value <= until).Select(entry => entry.Key).ToList();
            if (due.Count == since.Count) since = [];
            else foreach (var node in due) since.Remove(node);
            return due;
        }
    }
}
