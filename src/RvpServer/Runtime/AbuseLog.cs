using System.Diagnostics.Metrics;
using System.Net;
using RvpServer.Collections;
using RvpServer.Network;

namespace RvpServer.Runtime;

/// <summary>
/// Counts what is refused because somebody takes too much, and logs it with the address in a category of its own, which programs that block addresses can
/// read. The log is bounded too: each sender has few lines a second.
/// </summary>
internal sealed partial class AbuseLog(IMeterFactory meters, ILoggerFactory loggers, TimeProvider clock)
{
    /// <summary>The category in the log.</summary>
    public const string Category = "RvpServer.Abuse";

    // Enough for a program that blocks an address after some lines; a flood of refusals must not become a flood of lines.
    private const int LinesPerSecond = 2;
    private const int MaxSenders = 10_000;
    private const int AllLinesPerSecond = 100;

    private static readonly string[] Labels = [.. Enum.GetNames<AbuseKind>()];

    private readonly Counter<long> refused = meters.Create("RvpServer.Abuse")
        .CreateCounter<long>("rvp_abuse_total", description: "What was refused because a sender took too much, by kind.");

    private readonly ILogger logger = loggers.CreateLogger(Category);
    private readonly Lock gate = new();
    private readonly LruMap<(AbuseKind, IPAddress), (long Second, int Lines)> lines = new(MaxSenders);
    private (long Second, int Lines) all;

    /// <summary>Something was refused to an address.</summary>
    public void Refused(AbuseKind kind, IPAddress address)
    {
        refused.Add(1, new KeyValuePair<string, object?>("kind", Labels[(int)kind]));
        if (MayLog(kind, SenderAddress.Of(address))) Log.Refused(logger, kind, PlainAddresses.Of(address));
    }

    private bool MayLog(AbuseKind kind, IPAddress sender)
    {
        var second = clock.GetUtcNow().ToUnixTimeSeconds();
        lock (gate)
        {
            var own = lines.TryGet((kind, sender), out var known) && known.Second == second ? known.Lines : 0;
            var others = all.Second == second ? all.Lines : 0;
            if (own >= LinesPerSecond || others >= AllLinesPerSecond) return false;
            lines.Set((kind, sender), (second, own + 1));
            all = (second, others + 1);
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "Abuse", Level = LogLevel.Warning, Message = "Refused {Kind} from {Address}")]
        public static partial void Refused(ILogger logger, AbuseKind kind, IPAddress address);
    }
}
