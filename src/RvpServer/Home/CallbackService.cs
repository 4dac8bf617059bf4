using RvpServer.Delivery;
using RvpServer.Runtime;

namespace RvpServer.Home;

/// <summary>Ends the subscriptions of dead and refusing callbacks, so that watchers see it now and not when leases run out.</summary>
internal sealed class CallbackService(DeadCallbacks dead, NodeTurns turns, LoopMetrics metrics, TimeProvider clock, ILogger<CallbackService> logger)
    : LoopService("callbacks", metrics, clock, logger)
{
    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = stop };
        await Parallel.ForEachAsync(await dead.TakeAsync(stop), parallel, async (died, token) =>
        {
            // If it fails, the lease ends the subscription.
            if (turns.Find(died.Node) is { } slot) await TryAsync(() => turns.TakeOwnAsync(slot, died.End, token), token);
        });
    }
}
