namespace Rvp.Engine;

/// <summary>
/// Who is due when: a binary heap with one entry for each node, not for each lease; O(log n). A node that becomes due earlier gets another
/// entry, and the later one is recognised as stale by the caller.
/// </summary>
public sealed class LeaseQueue<T>
{
    private readonly PriorityQueue<T, DateTimeOffset> queue = new();

    /// <summary>Adds an entry.</summary>
    public void Add(T item, DateTimeOffset dueAt) => queue.Enqueue(item, dueAt);

    /// <summary>When the first entry is due, or null for none.</summary>
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
