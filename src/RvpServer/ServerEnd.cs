using RvpServer.Admin;
using RvpServer.Cli;
using RvpServer.Runtime;

namespace RvpServer;

/// <summary>The end of the server: in good order, or at least in time.</summary>
internal static class ServerEnd
{
    // Parts may wait for a database that keeps silent, and threads with them: what is left then ends as in a crash, which costs nothing that was promised.
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(9);

    /// <summary>Runs a host and disposes it; gives the exit code. Once it is told to stop it ends within <see cref="EndTime"/>, whatever else waits.</summary>
    public static async Task<int> InTimeAsync(WebApplication app, Func<Task<int>> run)
    {
        var emergency = app.Services.GetRequiredService<EmergencyStop>();
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Lifetime.ApplicationStopping.Register(() => _ = Task.Delay(EndTime).ContinueWith(_ => late.TrySetResult(), TaskScheduler.Default));
        var running = Task.Run(async () =>
        {
            await using (app) return await run();
        });
        if (await Task.WhenAny(running, late.Task) == running) return await running;
        LifeLog.GivenUp(app);
        return CodeOf(emergency, hasFailed: false);
    }

    /// <summary>The exit code of a host that has stopped: an error if nobody told it to.</summary>
    public static int CodeOf(WebApplication app)
    {
        // A background service that ended with an exception has stopped the host.
        var hasFailed = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Any(service => service.ExecuteTask is { IsFaulted: true });
        return CodeOf(app.Services.GetRequiredService<EmergencyStop>(), hasFailed);
    }

    private static int CodeOf(EmergencyStop emergency, bool hasFailed) =>
        emergency.IsTaken ? ExitCode.Taken : hasFailed || emergency.IsPulled ? ExitCode.Failed : ExitCode.Done;
}
