using System.CommandLine;

namespace RvpServer.Cli;

/// <summary><c>rvpserver run</c>: runs the server until it is told to stop.</summary>
internal static class RunCommand
{
    public static Command Create(Func<RunArguments, CancellationToken, Task<int>> run)
    {
        var command = new Command("run", "Runs the server.");
        command.SetAction((parsed, stop) => run(RunArguments.Of(parsed), stop));
        return command;
    }
}
