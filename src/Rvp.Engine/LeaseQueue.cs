namespace Rvp.Engine;

/// <summary>
/// Times at which nodes are due: a binary heap with one entry per node, not per lease; O(log n). If a node becomes due earlier it gets another entry, and the
/// caller recognises the later one as stale.
/// </summary>
public sealed class LeaseQueue<T>
{
    // By ticks, which are half of a DateTimeOffset.
    private readonly PriorityQueue<T, long> queue = new();

    /// <summary>Adds an entry.</summary>
    public void Add(T item, DateTimeOffset dueAt) => queue.Enqueue(item, dueAt.UtcTicks);

    /// <summary>The time of the first entry; null if there is none.</summary>
    public DateTimeOffset? NextDue => queue.TryPeek(out _, out var ticks) ? Time(ticks) : null;

    /// <summary>Takes the first entry that is due.</summary>
    public bool TryTakeDue(DateTimeOffset now, out T item, out DateTimeOffset dueAt)
    {
        var isDue = queue.TryPeek(out item!, out var ticks) && ticks <= now.UtcTicks;
        dueAt = Time(ticks);
        if (isDue) queue.Dequeue();
        return isDue;
    }

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
