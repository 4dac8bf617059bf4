using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>
/// Gives ids for subscriptions and views, such that nobody has the same and nobody can guess others from one; reserves their numbers in the store in blocks, so
/// that a restart skips some and repeats none.
/// </summary>
internal sealed class IdSource(IStore store) : IDisposable
{
    private const int BlockSize = 8192;

    // More ids than all requests in progress can take after their check.
    private const int Reserve = 4096;

    private readonly SemaphoreSlim refilling = new(1, 1);
    private readonly Lock gate = new();
    private readonly Queue<IdRange> further = new();
    private IdRange current;
    private int left;

    /// <summary>Makes sure that <see cref="Take"/> has enough ids for one request.</summary>
    public async ValueTask EnsureAsync(CancellationToken stop)
    {
        if (Volatile.Read(ref left) >= Reserve) return;
        await refilling.WaitAsync(stop);
        try
        {
            if (Volatile.Read(ref left) >= Reserve) return;
            var reserved = await store.ReserveIdsAsync(BlockSize, stop);
            lock (gate)
            {
                foreach (var range in reserved)
                {
                    further.Enqueue(range);
                    left += range.Count;
                }
            }
        }
        finally
        {
            refilling.Release();
        }
    }

    /// <summary>The next id. Call <see cref="EnsureAsync"/> first.</summary>
    public int Take()
    {
        while (true)
        {
            var id = store.Ids.IdOf(TakeNumber());
            if (!store.IsForeignId(id)) return id;
        }
    }

    public void Dispose() => refilling.Dispose();

    private int TakeNumber()
    {
        lock (gate)
        {
            if (current.Count == 0 && !further.TryDequeue(out current)) throw new StoreException("More requests than expected want an id at once.");
            left--;
            var number = current.First;
            current = current with { First = number + 1 };
            return (int)number;
        }
    }
}
