using RvpServer.Delivery;
using RvpServer.Nodes;
using RvpServer.Runtime;

namespace RvpServer.Home;

/// <summary>Has nodes tell their state to the watchers who are owed it, a limited number of nodes at a time: after a crash there may be many.</summary>
internal sealed class OwedNewsService(OwedNews owed, NewsJournal journal, INodes nodes, LoopMetrics metrics, TimeProvider clock,
    ILogger<OwedNewsService> logger) : LoopService("owed news", metrics, clock, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BetweenForgetting = TimeSpan.FromSeconds(15);

    /// <summary>In an interval. Decision: 400 nodes a second, with some twenty watchers each, are less than a server sends without effort.</summary>
    private const int MaxNodes = 100;

    private readonly TimeProvider clock = clock;
    private DateTimeOffset forgotAt = clock.GetUtcNow();

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        foreach (var (node, watches) in owed.TakeDue(MaxNodes))
        {
            var isTold = false;
            if (await TryAsync(async () => isTold = await nodes.TellWatchersAsync(node, watches, stop), stop) && isTold) journal.Touch(node);
            else owed.Return(node, watches);
        }
        if (clock.GetUtcNow() - forgotAt < BetweenForgetting) return;
        forgotAt = clock.GetUtcNow();
        journal.Forget();
    }
}
