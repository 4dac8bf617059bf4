using System.Collections.Concurrent;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Delivery;
using RvpServer.Runtime;

namespace RvpServer.Home;

/// <summary>Ends the subscriptions of dead and refusing callbacks, so that watchers see it now and not when leases run out.</summary>
internal sealed class CallbackService(DeadCallbacks dead, NodeTurns turns, LoopMetrics metrics, TimeProvider clock, ILogger<CallbackService> logger)
    : LoopService("callbacks", metrics, clock, logger)
{
    private static readonly TimeSpan PauseAfterFailures = TimeSpan.FromSeconds(1);
    private readonly TimeProvider clock = clock;

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = stop };
        var failed = new ConcurrentBag<(RvpUrl Node, Request End)>();
        await Parallel.ForEachAsync(await dead.TakeAsync(stop), parallel, async (died, token) =>
        {
            if (turns.Find(died.Node) is { } slot && !await TryAsync(() => turns.TakeOwnAsync(slot, died.End, token), token)) failed.Add(died);
        });
        if (failed.IsEmpty) return;
        // The store does not work, and until it does somebody who is gone looks as if he were there.
        await Task.Delay(PauseAfterFailures, clock, stop);
        foreach (var (node, end) in failed) dead.Report(node, end);
    }
}
