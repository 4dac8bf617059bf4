using System.Diagnostics.Metrics;

namespace RvpServer.Push;

/// <summary>Counts notices.</summary>
internal sealed class PushMetrics(IMeterFactory meters)
{
    private readonly Counter<long> notices =
        meters.Create("RvpServer.Push").CreateCounter<long>("rvp_push_notices_total", description: "Notices to push services, by outcome.");

    /// <summary>One was sent, with this outcome.</summary>
    public void Count(PushOutcome outcome) => notices.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString().ToLowerInvariant()));
}
