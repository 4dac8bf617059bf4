using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>
/// Gives ids for subscriptions and views, each once and such that nobody can guess others from it; reserves their numbers in the store in blocks, so that a
/// restart skips some and repeats none.
/// </summary>
internal sealed class IdSource(IStore store) : IDisposable
{
    private const int BlockSize = 8192;

    // More ids than all requests in progress can take after their check.
    private const int Reserve = 4096;

    private readonly SemaphoreSlim refilling = new(1, 1);
    private readonly Lock gate = new();
    private readonly Queue<(int First, int End)> further = new();
    private int next;
    private int end;
    private int left;

    /// <summary>Makes sure that <see cref="Take"/> has enough ids for one request.</summary>
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

    /// <summary>The next id. Call <see cref="EnsureAsync"/> first.</summary>
    public int Take()
    {
        int number;
        lock (gate)
        {
            if (next == end) (next, end) = further.Dequeue();
            left--;
            number = next++;
        }
        return store.Ids.IdOf(number);
    }

    /// <summary>True for ids that were given before this moment, by this process or an earlier one. Call <see cref="EnsureAsync"/> first.</summary>
    public Predicate<int> GivenSoFar()
    {
        int number;
        lock (gate) number = next == end ? further.Peek().First : next;
        return id => store.Ids.NumberOf(id) < number;
    }

    public void Dispose() => refilling.Dispose();
}
