using RvpServer.Configuration;
using RvpServer.Runtime;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>Makes new messages searchable, and deletes those that are older than they are to be kept, little by little.</summary>
internal sealed class HistoryService(IHistory history, KeptHistory kept, LoopMetrics metrics, TimeProvider clock, ILogger<HistoryService> logger)
    : LoopService("history", metrics, clock, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TrimInterval = TimeSpan.FromMinutes(10);

    // With time between for whoever wants to write.
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider clock = clock;
    private long trimmedAt = clock.GetTimestamp();

    /// <inheritdoc/>
    /// <remarks>Also where nothing is kept any more: what was kept before ends with its time.</remarks>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        while (await history.IndexAsync(stop)) await Task.Delay(Between, clock, stop);
        if (clock.GetElapsedTime(trimmedAt) < TrimInterval) return;
        trimmedAt = clock.GetTimestamp();
        while (await history.TrimAsync(clock.GetUtcNow() - kept.Lifetime, kept.MaxPerAccount, stop)) await Task.Delay(Between, clock, stop);
    }
}
