using System.Globalization;
using Serilog.Core;
using Serilog.Events;

namespace RvpServer.Admin;

/// <summary>Keeps the last lines of the server's log in memory, for the console.</summary>
internal sealed class RecentLog : ILogEventSink
{
    /// <summary>Decision: some screens full; a quarter of a megabyte.</summary>
    public const int Capacity = 500;

    // An error has its way through the code below.
    private const int MaxLength = 2_000;

    private static readonly ConsoleLine Form = ConsoleLine.ForTerminal(isColoured: false);

    private readonly Lock changing = new();
    private readonly Queue<(LogEventLevel Level, string Text)> lines = new(Capacity);

    /// <summary>The lines, the oldest first.</summary>
    public IReadOnlyList<(LogEventLevel Level, string Text)> Lines
    {
        get
        {
            lock (changing) return [.. lines];
        }
    }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        Form.Format(logEvent, text);
        var line = text.ToString().TrimEnd();
        lock (changing)
        {
            if (lines.Count == Capacity) lines.Dequeue();
            lines.Enqueue((logEvent.Level, line.Length > MaxLength ? line[..MaxLength] : line));
        }
    }
}
