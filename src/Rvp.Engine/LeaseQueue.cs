namespace Rvp.Engine;

/// <summary>
/// Times at which nodes are due: a binary heap with one entry per node, not per lease; O(log n). If a node becomes due earlier it gets another entry, and the
/// caller recognises the later one as stale.
/// </summary>
public sealed class LeaseQueue<T>
{
    private readonly PriorityQueue<T, DateTimeOffset> queue = new();

    /// <summary>Adds an entry.</summary>
    public void Add(T item, DateTimeOffset dueAt) => queue.Enqueue(item, dueAt);

    /// <summary>The time of the first entry; null if there is none.</summary>
    public DateTimeOffset? NextDue => queue.TryPeek(out _, out var dueAt) ? dueAt : null;

    /// <summary>Takes the first entry that is due.</summary>
    public bool TryTakeDue(DateTimeOffset now, out T item, out DateTimeOffset dueAt)
    {
        if (queue.TryPeek(out item!, out dueAt) && dueAt <= now)
        {
            queue.Dequeue();
            return true;
        }
        return false;
    }
}
