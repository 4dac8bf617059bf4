namespace RvpServer.Runtime;

/// <summary>
/// A loop in the background that lasts as long as the server: whatever one step throws costs that step and a pause, never the loop and never the
/// server. A bug is logged in full and counted; what is only unavailable is logged as put off.
/// </summary>
/// <param name="name">For logs and metrics, for example <c>leases</c>.</param>
/// <param name="metrics">Counts failures.</param>
/// <param name="clock">Times the pause.</param>
/// <param name="logger">For what went wrong.</param>
internal abstract partial class LoopService(string name, LoopMetrics metrics, TimeProvider clock, ILogger logger) : BackgroundService
{
    /// <summary>After a step that failed: long enough not to fill the log, short enough for whoever waits for the next one.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>One step: waits for something to do, and does it.</summary>
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

    /// <summary>Does one item of a step, so that its failure costs no other; false where it failed. Throws nothing.</summary>
    protected async Task<bool> TryAsync(Func<Task> work, CancellationToken stop)
    {
        try
        {
            await work();
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return true;
        }
        catch (UnavailableException failure)
        {
            Log.PutOff(logger, failure, name);
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
        [LoggerMessage(EventName = "LoopPutOff", Level = LogLevel.Warning, Message = "Work of the loop {Loop} is put off")]
        public static partial void PutOff(ILogger logger, Exception failure, string loop);

        [LoggerMessage(EventName = "LoopFailed", Level = LogLevel.Error, Message = "The loop {Loop} failed by a mistake of this server and goes on")]
        public static partial void Failed(ILogger logger, Exception bug, string loop);
    }
}
