using RvpServer.Runtime;

namespace RvpServer.Directories.Local;

/// <summary>A directory that keeps what it has read of accounts in the store, and looks now and then whether they have changed.</summary>
internal interface IKeepsAccounts
{
    /// <summary>Looks whether accounts have changed and forgets what was kept for long. Throws <see cref="DirectoryException"/>.</summary>
    Task LookAsync(CancellationToken stop);

    /// <summary>After a change: the next request of anybody shall see it. A directory that is away now is asked again in a second or two.</summary>
    async Task SeeAsync(CancellationToken stop)
    {
        try
        {
            await LookAsync(stop);
        }
        catch (DirectoryException)
        {
            // The change itself does not depend on it.
        }
    }
}

/// <summary>Has a directory see what another process, the command line, changes in the store.</summary>
internal sealed class AccountsLoop(IKeepsAccounts directory, LoopMetrics metrics, TimeProvider clock, ILogger<AccountsLoop> logger)
    : LoopService("account-changes", metrics, clock, logger)
{
    /// <summary>How often the counter of changes is read: one row by its key, which costs nothing next to a request.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider clock = clock;

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        await directory.LookAsync(stop);
    }
}
