namespace RvpServer.Interop;

/// <summary>What a peer has said so far. Each arrival can be taken once; who waits in vain is told everything that did arrive.</summary>
internal sealed class Arrivals<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _all = [];
    private readonly HashSet<int> _taken = [];
    private TaskCompletionSource _more = New();
    private string? _end;

    public IReadOnlyList<T> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    public void Add(T arrival)
    {
        lock (_gate)
        {
            _all.Add(arrival);
            Wake();
        }
    }

    /// <summary>Nothing more will come: nobody need wait for the deadline.</summary>
    public void End(string reason)
    {
        lock (_gate)
        {
            _end = reason;
            Wake();
        }
    }

    /// <param name="isWanted">Recognises the arrival.</param>
    /// <param name="wanted">The same in words, for the failure message.</param>
    /// <param name="deadline">How long to wait.</param>
    public async Task<T> TakeAsync(Func<T, bool> isWanted, string wanted, TimeSpan deadline)
    {
        using var timeout = new CancellationTokenSource(deadline);
        while (true)
        {
            Task more;
            lock (_gate)
            {
                for (var i = 0; i < _all.Count; i++)
                {
                    if (!_taken.Contains(i) && isWanted(_all[i]))
                    {
                        _taken.Add(i);
                        return _all[i];
                    }
                }

                if (_end is not null)
                {
                    throw new DeadlineException($"{wanted} did not come: {_end}. What did arrive:\n{Print()}");
                }

                more = _more.Task;
            }

            try
            {
                await more.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new DeadlineException($"{wanted} did not come in {deadline.TotalSeconds} s. What did arrive:\n{Print()}");
            }
        }
    }

    public string Print() => string.Join('\n', All.Select(a => $"    {a}"));

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Wake()
    {
        _more.SetResult();
        _more = New();
    }
}

/// <summary>Something that had to happen did not.</summary>
internal sealed class DeadlineException(string message) : Exception(message);
