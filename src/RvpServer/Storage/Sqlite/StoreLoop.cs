using Microsoft.Data.Sqlite;
using RvpServer.Runtime;

namespace RvpServer.Storage.Sqlite;

/// <summary>
/// Looks after the file while the server runs: stops the server when the file is lost, and gives room back that nothing needs any more.
/// </summary>
internal sealed class StoreLoop(SqliteFile file, SqliteStore store, EmergencyStop emergency, LoopMetrics metrics, TimeProvider clock, ILogger<StoreLoop> logger)
    : LoopService("store", metrics, clock, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // 16 MB a second at most, with time between for whoever wants to write.
    private const int MaxSteps = 16;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider clock = clock;

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        if (store.Files.FindLost() is { } lost)
        {
            emergency.Pull(FileWatch.Describe(lost));
            return;
        }
        try
        {
            for (var i = 0; i < MaxSteps && await Task.Run(() => FreeRoom.GiveBack(file), stop); i++) await Task.Delay(Between, clock, stop);
        }
        catch (SqliteException failure)
        {
            throw new StoreException("The store cannot be looked after: " + failure.Message, failure);
        }
    }
}
