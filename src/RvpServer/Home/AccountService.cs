using Rvp.Engine.Requests;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>Sees to nodes whose accounts were disabled, removed or moved elsewhere while their owners were signed in.</summary>
internal sealed partial class AccountService(IDirectory directory, NodeLocator locator, Nodes nodes, TimeProvider clock, ILogger<AccountService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A directory that is down should not fill the log.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        var seen = directory.Version;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var version = directory.Version;
            if (version == seen) continue;
            try
            {
                await CloseGoneAsync(stoppingToken);
                seen = version;
            }
            catch (Exception error) when (error is DirectoryException or StoreException)
            {
                Log.NotClosed(logger, error);
                await Task.Delay(RetryAfter, clock, stoppingToken);
            }
        }
    }

    private async Task CloseGoneAsync(CancellationToken stop)
    {
        foreach (var slot in nodes.All)
        {
            if (slot.Node.Url.AliasName is not { } name) continue;
            var account = await directory.FindAsync(slot.Node.Url.Host, name, stop);
            if (account is { IsEnabled: true } && locator.Of(account).Location is NodeLocation.Here) continue;
            if (!slot.Node.SignIns.IsEmpty) await nodes.HandleOwnAsync(slot, new CloseNode(), stop);
            if (account is null) nodes.Forget(slot);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, EventName = "AccountsNotChecked", Message = "Sign-ins of accounts that are gone could not be ended; trying again")]
        public static partial void NotClosed(ILogger logger, Exception error);
    }
}
