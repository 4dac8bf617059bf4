using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Rvp.Client.Messages;

/// <summary>
/// Events on their way to the one who reads them. It knows which have been read: asking for the next one says that the one before is done with.
/// </summary>
internal sealed class EventQueue(int capacity)
{
    private readonly Channel<RvpEvent> events = Channel.CreateBounded<RvpEvent>(capacity);
    private readonly Lock gate = new();
    private long written;
    private long read;
    private TaskCompletionSource allRead = Completed();

    /// <summary>Completes when everything written so far has been read.</summary>
    public Task AllRead
    {
        get { lock (gate) return allRead.Task; }
    }

    /// <summary>False if there is no room.</summary>
    public bool TryWrite(RvpEvent happened)
    {
        lock (gate)
        {
            if (!events.Writer.TryWrite(happened)) return false;
            written++;
            if (allRead.Task.IsCompleted) allRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>Waits for room.</summary>
    public async ValueTask WriteAsync(RvpEvent happened, CancellationToken stop)
    {
        while (!TryWrite(happened)) await events.Writer.WaitToWriteAsync(stop).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<RvpEvent> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var happened in events.Reader.ReadAllAsync(stop).ConfigureAwait(false))
        {
            yield return happened;
            lock (gate)
                if (++read == written) allRead.TrySetResult();
        }
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        completed.SetResult();
        return completed;
    }
}
