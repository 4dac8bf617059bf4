using System.Data.Common;
using RvpServer.Runtime;

namespace RvpServer.Storage;

/// <summary>Takes back imports that were broken off, while the server runs.</summary>
internal sealed class ImportLoop(IDatabase database, LoopMetrics metrics, TimeProvider clock, ILogger<ImportLoop> logger)
    : LoopService("imports", metrics, clock, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider clock = clock;

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        try
        {
            await UnfinishedImport.UndoAsync(database, stop);
        }
        catch (DbException failure)
        {
            throw new StoreException("Imports that were broken off cannot be taken back: " + failure.Message, failure);
        }
    }
}
