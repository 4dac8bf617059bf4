using System.CommandLine;
using RvpServer.Runtime;

namespace RvpServer.Cli;

/// <summary><c>rvpserver run</c>: runs the server until it is told to stop.</summary>
internal static class RunCommand
{
    public static Command Create(Func<RunArguments, CancellationToken, Task<int>> run) => new Command("run", "Runs the server.").Running(run);

    /// <summary>Has a command run the server. Who is told to stop before the start is over has promised nothing yet, and ends as well as any other.</summary>
    public static T Running<T>(this T command, Func<RunArguments, CancellationToken, Task<int>> run)
        where T : Command
    {
        command.SetAction(async (parsed, stop) =>
        {
            using var signals = new StopSignals(stop);
            try
            {
                return await run(RunArguments.Of(parsed), signals.Stop);
            }
            catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
            {
                return ExitCode.Done;
            }
        });
        return command;
    }
}
