using System.Collections.Immutable;
using Rvp.Client;
using RvpServer.Cli.Selftest;
using RvpServer.Directories;
using RvpServer.Runtime;

namespace RvpServer.AdminConsole;

/// <summary>The self-test that the console has begun last; one at a time.</summary>
internal sealed class ConsoleSelftest(IHostApplicationLifetime life)
{
    private int running;

    /// <summary>Its steps so far.</summary>
    public ImmutableList<SelftestStep> Steps { get; private set; } = [];

    public bool IsRunning => running != 0;

    /// <summary>What came of it; null: nothing yet.</summary>
    public string? Result { get; private set; }

    public bool HasFailed { get; private set; }

    /// <summary>Begins it; false: it is running already.</summary>
    public bool TryBegin(SelftestSubject subject)
    {
        if (Interlocked.Exchange(ref running, 1) != 0) return false;
        (Steps, Result, HasFailed) = ([], null, false);
        _ = RunAsync(subject, life.ApplicationStopping);
        return true;
    }

    private async Task RunAsync(SelftestSubject subject, CancellationToken stop)
    {
        await Task.Yield();
        try
        {
            await new SelftestRun(subject) { Mode = ConnectionMode.Default }.RunAsync(step => Steps = Steps.Add(step), stop);
            HasFailed = !Steps.TrueForAll(step => step.HasPassed);
            Result = HasFailed ? "It does not work." : "All is well.";
        }
        catch (Exception failure) when (failure is AccountException or UnavailableException or OperationCanceledException or Administration.NotAllowedException)
        {
            (HasFailed, Result) = (true, failure.Message);
        }
        finally
        {
            running = 0;
        }
    }
}
