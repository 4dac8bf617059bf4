using System.Globalization;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>Writes whole lines to the file of the moment; throws where it cannot, and then nothing of them is in the file.</summary>
internal delegate void WriteLines(ReadOnlySpan<byte> lines);

/// <summary>
/// Takes lines from requests and writes them on a thread of its own: nobody waits for a disk that is slow, full or gone. What does not fit into memory until
/// the disk works again is dropped, counted, told in the server's log, and noted between the lines where it is missing.
/// </summary>
/// <remarks>
/// Requests fill one buffer while the thread writes the other; when it has written it, they change places. A write that failed is tried again with the same
/// lines.
/// </remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001", Justification = "As long as the process: its thread may hang in a write when all else has ended.")]
internal sealed class W3cLogWriter
{
    /// <summary>Some 4,000 lines, twice.</summary>
    private const int BufferBytes = 512 * 1024;

    /// <summary>What is written before its time: a busy server fills the rest meanwhile.</summary>
    private const int UrgentBytes = BufferBytes / 4;

    private const int RemarkBytes = 64;

    /// <summary>How old a line becomes before it is in the file, where all is well.</summary>
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // At the end of the server: a disk that hangs does not keep it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly WriteLines write;
    private readonly LogMetrics metrics;
    private readonly OutageLog writing;
    private readonly OutageLog keeping;
    private readonly Lock gate = new();
    private readonly AutoResetEvent hasLines = new(false);
    private readonly AutoResetEvent isUrgent = new(false);
    private readonly ManualResetEventSlim stopping = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] filling = new byte[BufferBytes];
    private byte[] written = new byte[BufferBytes];
    private int filled;
    private int unwritten;
    private long dropped;

    /// <param name="write">Writes to the file.</param>
    /// <param name="metrics">Counts what is lost.</param>
    /// <param name="clock">Says how long it could not be written.</param>
    /// <param name="logger">Where that is told.</param>
    /// <param name="whose">Which log it is, for that: empty, or <c> of im.contoso.com</c>.</param>
    public W3cLogWriter(WriteLines write, LogMetrics metrics, TimeProvider clock, ILogger<W3cLogWriter> logger, string whose = "")
    {
        this.write = write;
        this.metrics = metrics;
        writing = new OutageLog("Writing the protocol log" + whose, clock, logger);
        keeping = new OutageLog("Keeping every line of the protocol log" + whose, clock, logger);
    }

    /// <summary>Takes a line, or drops it where there is no room; never waits.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        int before, after;
        lock (gate)
        {
            before = after = filled;
            if (filled + line.Length <= BufferBytes - RemarkBytes)
            {
                line.CopyTo(filling.AsSpan(filled));
                filled = after += line.Length;
            }
            else
            {
                dropped++;
            }
        }
        if (before == 0) hasLines.Set();
        if (before < UrgentBytes && after >= UrgentBytes) isUrgent.Set();
        if (after > before) return;
        metrics.Lost("protocol", 1);
        keeping.Failed("the disk is too slow, full or gone");
    }

    /// <summary>Begins to write.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "protocol log" }.Start();

    /// <summary>After the last request: writes what waits.</summary>
    public async Task StopAsync()
    {
        stopping.Set();
        hasLines.Set();
        isUrgent.Set();
        // Real time, as in the thread.
        await ended.Task.WaitAsync(Patience, WallClock.OfMachine, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

#pragma warning disable RS0030 // A thread of its own, of no pool.
    private void Run()
    {
        while (!stopping.IsSet)
        {
            hasLines.WaitOne();
            // Not for each line.
            isUrgent.WaitOne(GatherTime);
            while (!TryWrite() && !stopping.Wait(RetryAfter))
            {
            }
        }
        // Twice: first what an earlier write has left.
        if (!TryWrite() || !TryWrite()) metrics.Lost("protocol", written.AsSpan(0, unwritten).Count((byte)'\n') + filling.AsSpan(0, filled).Count((byte)'\n'));
        ended.SetResult();
    }
#pragma warning restore RS0030

    private bool TryWrite()
    {
        var isComplete = unwritten > 0 || Swap();
        if (unwritten == 0) return true;
        try
        {
            write(written.AsSpan(0, unwritten));
        }
        // Whatever it is: the thread's end would be the process's.
        catch (Exception failure)
        {
            writing.Failed(failure.Message);
            return false;
        }
        unwritten = 0;
        writing.Succeeded();
        if (isComplete && Interlocked.Read(ref dropped) == 0) keeping.Succeeded();
        return true;
    }

    // False if lines are missing behind those that are to be written now.
    private bool Swap()
    {
        lock (gate)
        {
            (filling, written, unwritten) = (written, filling, filled);
            filled = 0;
            if (dropped == 0) return true;
            if (string.Create(CultureInfo.InvariantCulture, $"#Remark: {dropped} lines are missing here\n") is var remark
                && System.Text.Encoding.ASCII.TryGetBytes(remark, written.AsSpan(unwritten), out var length)) unwritten += length;
            dropped = 0;
            return false;
        }
    }
}
