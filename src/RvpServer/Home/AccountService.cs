using Rvp.Engine.Requests;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Runtime;

namespace RvpServer.Home;

/// <summary>Closes nodes whose accounts were disabled, removed or moved elsewhere while their owners were signed in.</summary>
internal sealed class AccountService(IDirectory directory, NodeLocator locator, NodeTurns turns, LoopMetrics metrics, TimeProvider clock,
    ILogger<AccountService> logger)
    : LoopService("accounts", metrics, clock, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A directory that is down should not fill the log.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly TimeProvider clock = clock;
    private long seen = directory.Version;

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        var version = directory.Version;
        if (version == seen) return;
        if (await TryAsync(() => CloseGoneAsync(stop), stop)) seen = version;
        else await Task.Delay(RetryAfter, clock, stop);
    }

    private async Task CloseGoneAsync(CancellationToken stop)
    {
        foreach (var slot in turns.All)
        {
            var url = slot.Node.Url;
            if (url.AliasName is null) continue;
            var found = await locator.LocateAsync(url, stop);
            if (found.Location is NodeLocation.Here) continue;
            if (!slot.Node.SignIns.IsEmpty) await turns.TakeOwnAsync(slot, new CloseNode(), stop);
            if (found.Account is null) await turns.ForgetAsync(slot, stop);
        }
    }
}
