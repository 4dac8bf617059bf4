namespace RvpServer.Interop;

/// <summary>What a peer has said so far. Each arrival can be taken once; a wait that fails shows everything that did arrive.</summary>
internal sealed class Arrivals<T>
{
    private readonly Lock gate = new();
    private readonly List<T> all = [];
    private readonly HashSet<int> taken = [];
    private TaskCompletionSource more = New();
    private string? end;

    public IReadOnlyList<T> All
    {
        get
        {
            lock (gate) return [.. all];
        }
    }

    public void Add(T arrival)
    {
        lock (gate)
        {
            all.Add(arrival);
            Wake();
        }
    }

    /// <summary>Nothing more will come: nobody need wait for the deadline.</summary>
    public void End(string reason)
    {
        lock (gate)
        {
            end = reason;
            Wake();
        }
    }

    /// <param name="isWanted">Recognises the arrival.</param>
    /// <param name="wanted">The same in words, for the failure message.</param>
    /// <param name="within">How long to wait.</param>
    public async Task<T> TakeAsync(Func<T, bool> isWanted, string wanted, TimeSpan within)
    {
        using var timeout = new CancellationTokenSource(within);
        while (true)
        {
            Task next;
            lock (gate)
            {
                for (var i = 0; i < all.Count; i++)
                {
                    if (taken.Contains(i) || !isWanted(all[i])) continue;
                    taken.Add(i);
                    return all[i];
                }
                if (end is not null) throw new TimeoutException($"{wanted} did not come: {end}. What did arrive:\n{Print()}");
                next = more.Task;
            }
            try
            {
                await next.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{wanted} did not come in {within.TotalSeconds} s. What did arrive:\n{Print()}");
            }
        }
    }

    public string Print() => string.Join('\n', All.Select(a => $"    {a}"));

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Wake()
    {
        more.SetResult();
        more = New();
    }
}
