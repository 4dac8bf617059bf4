namespace RvpServer.Cluster;

/// <summary>
/// A process that leaves notes it in the database, and Orleans tries that again for minutes while nobody reaches the database. So whoever is told to stop
/// then would be killed by a service manager, or keep an administrator waiting: it ends before. What it has promised is stored, as after a crash.
/// </summary>
internal sealed partial class StopLimit(IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<StopLimit> logger) : IHostedService
{
    // Longer than the host takes where all is well, and less than the ten seconds after which service managers kill.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(9);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() => _ = EndAsync());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task EndAsync()
    {
        try
        {
            await Task.Delay(Limit, clock, lifetime.ApplicationStopped);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        Log.TookTooLong(logger, Limit);
        Environment.Exit(1);
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "StopTookTooLong", Level = LogLevel.Warning,
            Message = "The server has not stopped within {Limit}: it ends, without telling the other processes")]
        public static partial void TookTooLong(ILogger logger, TimeSpan limit);
    }
}
