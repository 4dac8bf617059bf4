using System.Threading.Channels;
using Rvp.Engine;
using RvpServer.Directories;
using RvpServer.Domains;

namespace RvpServer.Federation;

/// <summary>
/// News for people of our own domains who are not signed in here: their home may be another server of the domain, which the directory knows.
/// One reader looks them up, so that they stay in order without a look-up in any node's turn; bounded.
/// </summary>
internal sealed partial class FellowDelivery(NodeLocator locator, PeerDelivery peers, ILogger<FellowDelivery> logger) : BackgroundService
{
    private const int MaxWaiting = 100_000;

    private readonly Channel<Notification> waiting = Channel.CreateBounded<Notification>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    /// <summary>Takes a property change; whoever sent it waits for nothing.</summary>
    public void Post(Notification news)
    {
        if (!waiting.Writer.TryWrite(news)) Log.Dropped(logger);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var news in waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                if ((await locator.LocateAsync(((Callback.Logical)news.Callback).Node, stoppingToken)).Location is NodeLocation.AtHome away) _ = peers.Enqueue(news, away.Host);
            }
            catch (DirectoryException failure)
            {
                Log.NotFound(logger, failure, news.Node.ToString());
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "FellowQueueFull", Level = LogLevel.Warning, Message = "Too many look-ups wait; a property change is dropped")]
        public static partial void Dropped(ILogger logger);

        [LoggerMessage(EventName = "FellowNotFound", Level = LogLevel.Warning, Message = "The directory cannot tell where a watcher of {Node} lives; the change is dropped")]
        public static partial void NotFound(ILogger logger, Exception failure, string node);
    }
}
