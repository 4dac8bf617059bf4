namespace RvpServer.Runtime;

/// <summary>
/// A background loop that runs as long as the server: an exception costs only one step and a pause, never the loop or the server. A bug is logged in full and
/// counted; if something is only unavailable, the log says that the step was postponed.
/// </summary>
/// <param name="name">For logs and metrics, for example <c>leases</c>.</param>
/// <param name="metrics">Counts failures.</param>
/// <param name="clock">The clock for the pause.</param>
/// <param name="logger">For errors.</param>
internal abstract partial class LoopService(string name, LoopMetrics metrics, TimeProvider clock, ILogger logger) : BackgroundService
{
    /// <summary>After a failed step: long enough not to fill the log, short enough for callers that wait for the next one.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly OutageLog putOff = new($"The loop {name}", clock, logger);

    /// <summary>One step: waits for work, and does it.</summary>
    protected abstract Task StepAsync(CancellationToken stop);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (await TryAsync(() => StepAsync(stoppingToken), stoppingToken)) continue;
            await Task.Delay(PauseAfterFailure, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Does one item of a step, so that its failure affects no other; false if it failed. Never throws.</summary>
    protected async Task<bool> TryAsync(Func<Task> work, CancellationToken stop)
    {
        try
        {
            await work();
            putOff.Succeeded();
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return true;
        }
        catch (UnavailableException failure)
        {
            putOff.Failed(failure.Message, failure);
        }
        catch (Exception bug)
        {
            Log.Failed(logger, bug, name);
        }
        metrics.Failed(name);
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "LoopFailed", Level = LogLevel.Error, Message = "The loop {Loop} failed by a mistake of this server and goes on")]
        public static partial void Failed(ILogger logger, Exception bug, string loop);
    }
}
