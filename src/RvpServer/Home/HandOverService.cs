using Rvp.Engine;
using Rvp.Engine.Requests;
using RvpServer.Runtime;

namespace RvpServer.Home;

/// <summary>
/// Sends the messages that were kept for an account to the callback of its next sign-in, in order; each stays until the client has answered it.
/// </summary>
internal sealed class HandOverService(HandOvers handOvers, NodeTurns turns, LoopMetrics metrics, TimeProvider clock, ILogger<HandOverService> logger)
    : LoopService("hand-over", metrics, clock, logger)
{
    // Some clients answer no callback while their own request, the sign-in, is running. [client]
    private static readonly TimeSpan AfterSignIn = TimeSpan.FromSeconds(1);

    // A callback that leaves two unanswered is dead, which ends the sign-in.
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(15);

    private readonly TimeProvider clock = clock;

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        var (slot, signIn) = await handOvers.TakeAsync(stop);
        _ = RunAsync(slot, signIn, stop);
    }

    private async Task RunAsync(NodeSlot slot, int signIn, CancellationToken stop)
    {
        var pause = AfterSignIn;
        long? taken = null;
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(pause, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var isDone = false;
            if (!await TryAsync(async () => isDone = await HandAllAsync(), stop)) pause = AfterFailure;
            else if (isDone) return;
            else pause = AfterFailure;
        }

        async Task<bool> HandAllAsync()
        {
            while (true)
            {
                var turn = await turns.HandOverAsync(slot, new HandOver(signIn, taken), stop);
                if (turn.Answer is not Answer.Done { Cursor: { } sent }) return true;
                taken = null;
                var result = await turn.Deliveries.Single();
                // Refused is answered too.
                if (result.Outcome is not (DeliveryOutcome.Delivered or DeliveryOutcome.Refused)) return false;
                taken = sent;
            }
        }
    }
}
