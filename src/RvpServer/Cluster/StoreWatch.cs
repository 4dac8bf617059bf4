using RvpServer.Runtime;
using RvpServer.Storage;

namespace RvpServer.Cluster;

/// <summary>
/// The cluster knows who answers, not who reaches the store: a process that alone cannot would keep its shards and serve none of them. It ends when another one
/// can; where nobody can, all stay and wait.
/// </summary>
internal sealed class StoreWatch(IStore store, OtherMembers others, EmergencyStop emergency, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(4);

    // Who has had an answer this lately reaches it now; where all have lost it together nobody has.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1.5);

    // For the log, and for answers that are on their way.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(0.5);

    private long lastGood = clock.GetTimestamp();

    /// <summary>For how long the store has not answered.</summary>
    public TimeSpan Silence => clock.GetElapsedTime(Volatile.Read(ref lastGood));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                using var enough = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                enough.CancelAfter(Patience);
                await store.CheckAsync(enough.Token).WaitAsync(enough.Token);
                Volatile.Write(ref lastGood, clock.GetTimestamp());
            }
            catch (Exception failure) when (failure is StoreException or OperationCanceledException)
            {
                if (stoppingToken.IsCancellationRequested) return;
                if (Silence > TooLong && await DoOthersReachItAsync(stoppingToken)) await EndAsync();
            }
        }
    }

    // Not in good order: what waits for the store would hold this process for as long as that is away, and the others wait for its shards.
    private async Task EndAsync()
    {
        emergency.Pull("the store answers others, but not this process");
        await Task.Delay(Farewell, CancellationToken.None);
        Environment.Exit(1);
    }

    private async Task<bool> DoOthersReachItAsync(CancellationToken stop) =>
        (await others.AskAsync(member => member.StoreSilenceAsync(), stop)).Any(silence => silence < Fresh);
}
