using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Rvp.Client.Messages;

/// <summary>
/// Events on their way to the one who reads them, until the sign-in is over. It knows which have been read: asking for the next one says that the one before
/// is done with.
/// </summary>
internal sealed class EventQueue(int capacity)
{
    private readonly Channel<RvpEvent> events = Channel.CreateBounded<RvpEvent>(capacity);
    private readonly Lock gate = new();
    private long written;
    private long read;
    private (long Count, TaskCompletionSource Read) mark = (0, new TaskCompletionSource());

    /// <summary>Completes when everything written so far has been read; for one who waits at a time.</summary>
    public Task WhenRead()
    {
        lock (gate)
        {
            if (read == written) return Task.CompletedTask;
            mark = (written, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return mark.Read.Task;
        }
    }

    /// <summary>True when no more will come.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>No more will come: whoever reads gets what is there, and then the end, or this exception.</summary>
    public void End(Exception? cause)
    {
        HasEnded = true;
        events.Writer.TryComplete(cause);
    }

    /// <summary>False if there is no room.</summary>
    public bool TryWrite(RvpEvent happened)
    {
        lock (gate)
        {
            if (!events.Writer.TryWrite(happened)) return false;
            written++;
            return true;
        }
    }

    /// <summary>Waits for room. Does nothing after the end.</summary>
    public async ValueTask WriteAsync(RvpEvent happened, CancellationToken stop)
    {
        while (!TryWrite(happened) && await events.Writer.WaitToWriteAsync(stop).ConfigureAwait(false))
        {
        }
    }

    public async IAsyncEnumerable<RvpEvent> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var happened in events.Reader.ReadAllAsync(stop).ConfigureAwait(false))
        {
            yield return happened;
            lock (gate)
                if (++read >= mark.Count) mark.Read.TrySetResult();
            stop.ThrowIfCancellationRequested();
        }
    }
}
