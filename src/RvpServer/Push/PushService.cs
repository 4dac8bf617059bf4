using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Domains;
using RvpServer.Home;
using RvpServer.Runtime;

namespace RvpServer.Push;

/// <summary>
/// Announces messages that no client has taken a moment after they came: to the browsers of the account that have asked for it. A client that is there takes
/// them sooner.
/// </summary>
internal sealed partial class PushService(WaitingMessages waiting, NodeTurns turns, NodeLocator locator, IDirectory directory, StoredPushes stored,
    PushSender sender, PushMetrics metrics, LoopMetrics loops, TimeProvider clock, ILogger<PushService> logger) : LoopService("push", loops, clock, logger)
{
    /// <summary>How long a client may take that is there: a page in the background of a slow phone, a callback that is tried twice.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Nobody's phone rings all the time: then one notice tells of what has come meanwhile.
    private const int Burst = 3;
    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(20);
    private const int MaxNodes = 20_000;

    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 16 };

    private readonly TimeProvider clock = clock;
    private readonly ILogger logger = logger;
    private readonly TokenBuckets<RvpUrl> sent = new(Burst, Refill, MaxNodes);

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        var now = clock.GetUtcNow();
        var due = new List<RvpUrl>();
        foreach (var node in waiting.Take(now - Patience))
        {
            if (sent.WaitFor(node, now) is var wait && wait > TimeSpan.Zero) waiting.Note(node, now + wait - Patience);
            else due.Add(node);
        }
        await Parallel.ForEachAsync(due, AtOnce, async (node, _) => await TryAsync(() => AnnounceAsync(node, now, stop), stop));
    }

    private async Task AnnounceAsync(RvpUrl node, DateTimeOffset now, CancellationToken stop)
    {
        if (PushNotice.Of(node, await turns.OwedAsync(node, stop)) is not { } notice) return;
        var found = await locator.LocateAsync(node, stop);
        if (found is not { Account: { IsEnabled: true } account, Location: NodeLocation.Here }) return;
        var stamp = await directory.FindStampAsync(account, stop);
        var all = await stored.ListAsync(account, stop);
        if (all.Count == 0) return;
        lock (sent) sent.TryTake(node, now);
        foreach (var subscription in all)
        {
            // Made with an earlier password: by somebody else, perhaps.
            if (subscription.Stamp != stamp) await stored.EndAsync(account, subscription.Endpoint, stop);
            else await SendAsync(account, subscription, notice, stop);
        }
    }

    private async Task SendAsync(Account account, PushSubscription subscription, PushNotice notice, CancellationToken stop)
    {
        var (outcome, why) = await sender.SendAsync(subscription, notice, stop);
        metrics.Count(outcome);
        if (outcome == PushOutcome.Gone) await stored.EndAsync(account, subscription.Endpoint, stop);
        else if (outcome == PushOutcome.Failed) Log.NotTaken(logger, subscription.Endpoint.Host, account.Name, account.Domain, why);
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "PushNotTaken", Level = LogLevel.Warning,
            Message = "The push service {Service} took no notice for {Account} of {Domain}: {Why}")]
        public static partial void NotTaken(ILogger logger, string service, string account, string domain, string? why);
    }
}
