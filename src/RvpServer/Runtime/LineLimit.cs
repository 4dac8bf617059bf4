using RvpServer.Collections;

namespace RvpServer.Runtime;

/// <summary>
/// Bounds lines of the log that anybody can cause by a request: enough to see what is going on, and no flood when there is one. What is left out is counted by
/// the metrics, and is in the protocol log. Thread-safe.
/// </summary>
internal sealed class LineLimit(TimeProvider clock)
{
    // Decision: a small site never notices, and a day of flood is a few hundred thousand lines.
    private const int Burst = 50;
    private static readonly TimeSpan Refill = TimeSpan.FromMilliseconds(200);

    private readonly Lock gate = new();
    private readonly TokenBuckets<bool> lines = new(Burst, Refill, maxKeys: 1);

    /// <summary>Whether one more may be written.</summary>
    public bool MayWrite()
    {
        lock (gate) return lines.TryTake(true, clock.GetUtcNow());
    }
}
