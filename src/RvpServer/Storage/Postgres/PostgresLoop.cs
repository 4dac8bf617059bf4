using RvpServer.Runtime;

namespace RvpServer.Storage.Postgres;

/// <summary>Ends the server when another process has taken the store, also while nothing is written.</summary>
internal sealed class PostgresLoop(PostgresDatabase database, PostgresStore store, EmergencyStop emergency, LoopMetrics metrics, TimeProvider clock,
    ILogger<PostgresLoop> logger)
    : LoopService("store", metrics, clock, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider clock = clock;

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        await store.FindLostAsync(stop);
        if (store.Lost is { } reason) emergency.Pull($"{reason}: {database.Name}", isTaken: true);
    }
}
