using System.Threading.Channels;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Delivery;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>Ends the sign-ins of callbacks that stayed dead, so that watchers learn it now and not when leases run out.</summary>
internal sealed partial class CallbackService(Deliverer deliverer, Nodes nodes, ILogger<CallbackService> logger) : BackgroundService
{
    // More than can die at once without the server itself being cut off; then leases do the work.
    private readonly Channel<(Callback.Direct Callback, RvpUrl Node)> dead =
        Channel.CreateBounded<(Callback.Direct, RvpUrl)>(new BoundedChannelOptions(20_000) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        deliverer.CallbackDied += (callback, node) => dead.Writer.TryWrite((callback, node));
        await Parallel.ForEachAsync(dead.Reader.ReadAllAsync(stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = stoppingToken }, EndAsync);
    }

    private async ValueTask EndAsync((Callback.Direct Callback, RvpUrl Node) died, CancellationToken stop)
    {
        if (nodes.Find(died.Node) is not { } slot) return;
        try
        {
            await nodes.HandleOwnAsync(slot, new EndCallback(died.Callback), stop);
        }
        catch (StoreException error)
        {
            Log.NotEnded(logger, error, died.Node.ToString());
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, EventName = "DeadCallbackNotEnded", Message = "The dead callback of {Node} could not be ended; its lease will end it")]
        public static partial void NotEnded(ILogger logger, Exception error, string node);
    }
}
