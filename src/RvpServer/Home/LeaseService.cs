using RvpServer.Runtime;

namespace RvpServer.Home;

/// <summary>Ends leases when they run out.</summary>
internal sealed class LeaseService(LeaseTimer timer, NodeTurns turns, LoopMetrics metrics, TimeProvider clock, ILogger<LeaseService> logger)
    : LoopService("leases", metrics, clock, logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private readonly TimeProvider clock = clock;

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        var due = await timer.TakeDueAsync(stop);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = stop }, async (slot, token) =>
        {
            if (!await TryAsync(() => turns.ExpireAsync(slot, token), token)) timer.ExpectAt(slot, clock.GetUtcNow() + RetryAfter);
        });
    }
}
