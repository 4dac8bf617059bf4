using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>
/// Gives ids for subscriptions and views, each once and growing; reserves them in the store by the block, so that a restart skips some and
/// repeats none.
/// </summary>
internal sealed class IdSource(IStore store) : IDisposable
{
    private const int BlockSize = 8192;

    // More than all requests that can be under way together take after they have looked.
    private const int Reserve = 4096;

    private readonly SemaphoreSlim refilling = new(1, 1);
    private readonly Lock gate = new();
    private readonly Queue<(int First, int End)> further = new();
    private int next;
    private int end;
    private int left;

    /// <summary>Makes sure that <see cref="Take"/> finds enough for one request.</summary>
    public async ValueTask EnsureAsync(CancellationToken stop)
    {
        if (Volatile.Read(ref left) >= Reserve) return;
        await refilling.WaitAsync(stop);
        try
        {
            if (Volatile.Read(ref left) >= Reserve) return;
            var first = await store.ReserveIdsAsync(BlockSize, stop);
            lock (gate)
            {
                further.Enqueue((first, first + BlockSize));
                left += BlockSize;
            }
        }
        finally
        {
            refilling.Release();
        }
    }

    /// <summary>The next id. Call <see cref="EnsureAsync"/> before.</summary>
    public int Take()
    {
        lock (gate)
        {
            if (next == end) (next, end) = further.Dequeue();
            left--;
            return next++;
        }
    }

    public void Dispose() => refilling.Dispose();
}
