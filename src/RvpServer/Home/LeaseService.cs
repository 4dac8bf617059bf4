using Rvp.Engine.Requests;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>Ends leases when they run out.</summary>
internal sealed partial class LeaseService(LeaseTimer timer, Nodes nodes, TimeProvider clock, ILogger<LeaseService> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var due = await timer.TakeDueAsync(stoppingToken);
            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = stoppingToken }, ExpireAsync);
        }
    }

    private async ValueTask ExpireAsync(NodeSlot slot, CancellationToken stop)
    {
        try
        {
            await nodes.HandleOwnAsync(slot, new Expire(), stop);
            using var turn = await slot.TakeTurnAsync(stop);
            slot.Node.ReckonNextDue();
        }
        catch (StoreException error)
        {
            Log.NotStored(logger, error, slot.Node.Url.ToString());
            await Task.Delay(RetryAfter, clock, stop);
        }
        timer.Expect(slot);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, EventName = "LeaseEndNotStored", Message = "The end of leases of {Node} could not be stored; trying again")]
        public static partial void NotStored(ILogger logger, Exception error, string node);
    }
}
