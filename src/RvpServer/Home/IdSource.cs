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
        if (Volatile.Read(ref left) < Reserve) await RefillAsync(isRenewed: false, stop);
    }

    /// <summary>
    /// Drops what is reserved for numbers that no process has had before: those of a node grow with time, also when its shard has come from another process.
    /// </summary>
    public Task RenewAsync(CancellationToken stop) => RefillAsync(isRenewed: true, stop);

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

    private async Task RefillAsync(bool isRenewed, CancellationToken stop)
    {
        await refilling.WaitAsync(stop);
        try
        {
            if (!isRenewed && Volatile.Read(ref left) >= Reserve) return;
            var reserved = await store.ReserveIdsAsync(BlockSize, stop);
            lock (gate)
            {
                if (isRenewed)
                {
                    further.Clear();
                    (current, left) = (default, 0);
                }
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
