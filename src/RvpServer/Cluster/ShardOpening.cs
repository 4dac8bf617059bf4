using RvpServer.Home;
using RvpServer.Outbound;

namespace RvpServer.Cluster;

/// <summary>
/// Opens shards many at a time: those that are wanted while others are being opened are the next part. For the database, which all processes ask at once when
/// one has died, a part is hardly more than one shard.
/// </summary>
internal sealed class ShardOpening(NodeLoading loading, CallbackGuard guard, TimeProvider clock)
{
    // One part is read while another is taken. Reading rows is processor time: with more this process would not answer the others in time.
    private const int AtOnce = 2;
    private const int MaxSize = 32;

    // Whoever is asked for first must not wait for all others: what takes long is done in smaller parts.
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Queue<Wanted> waiting = new();
    private int working;
    private int size = 4;

    /// <summary>Opens one, with others. Throws <see cref="Storage.StoreException"/>.</summary>
    public async Task<Shard> OpenAsync(short number, CancellationToken stop)
    {
        var wanted = new Wanted(number, new TaskCompletionSource<Shard>(TaskCreationOptions.RunContinuationsAsynchronously));
        var isNew = false;
        lock (gate)
        {
            waiting.Enqueue(wanted);
            if (working < AtOnce)
            {
                working++;
                isNew = true;
            }
        }
        if (isNew) _ = Task.Run(WorkAsync, CancellationToken.None);
        try
        {
            return await wanted.Opened.Task.WaitAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _ = CloseAsync(wanted);
            throw;
        }
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            var part = new List<Wanted>();
            lock (gate)
            {
                while (part.Count < size && waiting.TryDequeue(out var wanted)) part.Add(wanted);
                if (part.Count == 0)
                {
                    working--;
                    return;
                }
            }
            await OpenAsync(part);
        }
    }

    private async Task OpenAsync(List<Wanted> part)
    {
        var began = clock.GetTimestamp();
        try
        {
            var opened = await loading.OpenAsync([.. part.Select(wanted => wanted.Number).Distinct()], guard.Remember, CancellationToken.None);
            foreach (var wanted in part) wanted.Opened.SetResult(opened.First(shard => shard.Number == wanted.Number));
        }
        catch (Exception failure)
        {
            foreach (var wanted in part) wanted.Opened.SetException(failure);
        }
        var time = clock.GetElapsedTime(began);
        lock (gate)
        {
            if (time > Long) size = Math.Max(1, size / 2);
            else if (time < Short && part.Count == size) size = Math.Min(MaxSize, size * 2);
        }
    }

    // Nobody waits for it any more.
    private async Task CloseAsync(Wanted wanted)
    {
        try
        {
            await loading.CloseAsync(await wanted.Opened.Task);
        }
        catch (Exception)
        {
            // It was not opened, or whoever takes it need not ask.
        }
    }

    private sealed record Wanted(short Number, TaskCompletionSource<Shard> Opened);
}
