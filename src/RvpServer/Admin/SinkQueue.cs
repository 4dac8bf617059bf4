using System.Collections.Concurrent;
using RvpServer.Runtime;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

#pragma warning disable RS0030 // Who takes from the queue has a thread of its own, of no pool; who adds to it does not wait.
namespace RvpServer.Admin;

/// <summary>
/// Writes the server's log on a thread of its own: nobody waits for a console that nobody reads, or for a disk. What does not fit is dropped and counted; a
/// line says how many are missing, once a minute at most.
/// </summary>
internal sealed class SinkQueue : ILogEventSink, IDisposable
{
    /// <summary>Decision: a burst of one line for each request that a server takes at a time, several times over; some 10 MB at most.</summary>
    internal const int Capacity = 10_000;

    // At the end: a console that nobody reads does not keep the process.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly MessageTemplate Missing = new MessageTemplateParser().Parse(
        "{Count} lines of the server's log are missing here: they were not written, or not read, fast enough");

    private readonly ILogEventSink sinks;
    private readonly BlockingCollection<LogEvent> waiting = new(Capacity);
    private readonly Thread thread;
    private long missing;
    private DateTimeOffset toldAt;
    private LogMetrics? metrics;

    /// <param name="sinks">Where the log goes; disposed with this.</param>
    public SinkQueue(ILogEventSink sinks)
    {
        this.sinks = sinks;
        thread = new Thread(Run) { IsBackground = true, Name = "server log" };
        thread.Start();
    }

    /// <summary>From now on what is lost is counted there: the log is older than the metrics.</summary>
    public void CountIn(LogMetrics counted) => metrics = counted;

    public void Emit(LogEvent logEvent)
    {
        if (waiting.IsAddingCompleted || waiting.TryAdd(logEvent)) return;
        Interlocked.Increment(ref missing);
        metrics?.Lost("server", 1);
    }

    public void Dispose()
    {
        waiting.CompleteAdding();
        thread.Join(Patience);
    }

    private void Run()
    {
        foreach (var line in waiting.GetConsumingEnumerable())
        {
            sinks.Emit(line);
            if (line.Timestamp - toldAt >= OutageLog.Interval && Interlocked.Exchange(ref missing, 0) is not 0 and var count)
            {
                toldAt = line.Timestamp;
                sinks.Emit(new LogEvent(toldAt, LogEventLevel.Warning, null, Missing, [new LogEventProperty("Count", new ScalarValue(count))]));
            }
        }
        (sinks as IDisposable)?.Dispose();
    }
}
