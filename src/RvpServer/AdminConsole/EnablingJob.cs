using System.Globalization;
using RvpServer.Administration;
using RvpServer.Directories;

namespace RvpServer.AdminConsole;

/// <summary>The enabling of many people: first a plan to be looked at, then its execution, which goes on when the browser is closed.</summary>
/// <param name="owner">Whose it is.</param>
/// <param name="wanted">Who is to be enabled.</param>
/// <param name="known">How many have an account already.</param>
/// <param name="refused">Who is not, and why.</param>
/// <param name="run">Enables them; calls its argument with the number of those done, and gives what came of it.</param>
internal sealed class EnablingJob(
    string owner, IReadOnlyList<NewAccount> wanted, int known, Func<IReadOnlyList<string>> refused, Func<Action<int>, CancellationToken, Task<string>> run)
{
    private int hasBegun;
    private volatile int done;

    /// <summary>Whose it is: nobody else sees it.</summary>
    public string Owner => owner;

    public IReadOnlyList<NewAccount> Wanted => wanted;

    public int Known => known;

    public IReadOnlyList<string> Refused => refused();

    /// <summary>How many were enabled so far.</summary>
    public int Done => done;

    public bool HasBegun => hasBegun != 0;

    /// <summary>What came of it; null: it is not over.</summary>
    public string? Result { get; private set; }

    /// <summary>True if not all went well.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>A job for the rows of a file.</summary>
    public static EnablingJob Of(IReadOnlyList<(int Line, NewAccount Account)> rows, AdministeredAccounts accounts, Administrator who) =>
        new(who.Name, [.. rows.Select(row => row.Account)], 0, () => [], async (progress, stop) =>
        {
            var count = await accounts.ImportAsync(rows, progress, stop);
            return string.Create(CultureInfo.InvariantCulture, $"{count:N0} accounts are enabled.");
        });

    /// <summary>A job for people of the directory.</summary>
    public static EnablingJob Of(BulkEnabling plan, Administrator who) =>
        new(who.Name, plan.Wanted, plan.Known, () => plan.Refused, async (progress, stop) =>
        {
            await plan.RunAsync(() => progress(plan.Done), stop);
            return string.Create(CultureInfo.InvariantCulture, $"{plan.Done:N0} accounts are enabled, {plan.Refused.Count:N0} people cannot have one.");
        });

    /// <summary>Begins it, unless somebody has; never throws.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (Interlocked.Exchange(ref hasBegun, 1) != 0) return;
        await Task.Yield();
        try
        {
            Result = await run(count => done = count, stop);
        }
        catch (Exception failure) when (failure is AccountException or NotAllowedException or Runtime.UnavailableException or OperationCanceledException)
        {
            HasFailed = true;
            Result = string.Create(
                CultureInfo.InvariantCulture, $"It was stopped after {done:N0}: {failure.Message} The same once more goes on with the rest.");
        }
    }
}
