namespace RvpServer.Home;

/// <summary>
/// A node's turns: one holder at a time, those who wait in the order of coming. Every account has one, so it is a single reference until somebody has to wait;
/// a <see cref="SemaphoreSlim"/> would be two objects from the start.
/// </summary>
internal struct Turns
{
    private static readonly object Taken = new();

    // Null: free. Taken: nobody waits. A queue: those who wait, or waited; it goes when the last of them gives the turn back.
    private object? state;

    /// <summary>True if the turn was free and is the caller's now.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref state, Taken, null) is null;

    /// <summary>A place among those who wait; null if the turn was free after all and is the caller's now.</summary>
    public TaskCompletionSource? Queue()
    {
        var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (!TryTake())
        {
            var queue = Volatile.Read(ref state) as Queue<TaskCompletionSource>;
            if (queue is null)
            {
                queue = new Queue<TaskCompletionSource>();
                if (Interlocked.CompareExchange(ref state, queue, Taken) != Taken) continue;
            }
            lock (queue)
            {
                if (Volatile.Read(ref state) != queue) continue;
                queue.Enqueue(place);
                return place;
            }
        }
        return null;
    }

    /// <summary>Ends the turn; it is that of the next who still waits.</summary>
    public void GiveBack()
    {
        if (Interlocked.CompareExchange(ref state, null, Taken) == Taken) return;
        var queue = (Queue<TaskCompletionSource>)state!;
        lock (queue)
        {
            while (queue.TryDequeue(out var next))
                if (next.TrySetResult()) return;
            Volatile.Write(ref state, null);
        }
    }
}
