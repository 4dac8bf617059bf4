using RvpServer.Home;

namespace RvpServer.Cluster;

/// <summary>
/// This process has lost shards without being asked, and with them news that were not stored yet: every process is told once, however many shards there were.
/// </summary>
internal sealed class ShardDoubts(OtherMembers others, NewsJournal journal, TimeProvider clock)
{
    // Shards are lost together, one after the other.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private int isTelling;

    /// <summary>Returns at once.</summary>
    public void Tell()
    {
        if (Interlocked.Exchange(ref isTelling, 1) == 0) _ = TellAsync();
    }

    private async Task TellAsync()
    {
        await Task.Delay(Moment, clock);
        Volatile.Write(ref isTelling, 0);
        journal.OweAll();
        await others.TellAsync(member => member.DoubtAsync(), CancellationToken.None);
    }
}
