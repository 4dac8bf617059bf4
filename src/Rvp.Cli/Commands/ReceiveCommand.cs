using System.CommandLine;
using Rvp.Client;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp receive</c>: prints messages as they come. Others see the user online meanwhile.</summary>
internal static class ReceiveCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = ClientCommandLine.Json();
        var count = new Option<int?>("--count") { HelpName = "N", Description = "End after so many messages" };
        var timeout = new Option<string?>("--timeout")
        {
            HelpName = "TIME",
            Description = "End after so long: 30 (seconds), 5m, 2h; exit code 1 if --count were not there",
        };
        var command = new Command("receive", "Signs in and prints messages as they come, a line each, until stopped") { json, count, timeout };
        return command.WithAction(terminal, async run =>
        {
            var wanted = run.Parse.GetValue(count);
            if (wanted < 1) throw new ClientUsageException("--count is at least 1.");
            var time = run.Parse.GetValue(timeout) is { } text ? Durations.Parse("--timeout", text) : Timeout.InfiniteTimeSpan;
            using var timer = new CancellationTokenSource(time, terminal.Clock);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(run.Stop, timer.Token);
            try
            {
                // One at a time, where the others are for the next call.
                await KeptSignIn.UseAsync(run, run.Account, wanted is null ? null : 1,
                    client => PrintAsync(run, client, wanted, run.Parse.GetValue(json), ending.Token));
            }
            catch (OperationCanceledException) when (timer.IsCancellationRequested && !run.Stop.IsCancellationRequested)
            {
                if (wanted is not null) throw new FailedException("No more messages have come.");
            }
        });
    }

    private static async Task PrintAsync(CommandRun run, RvpClient client, int? wanted, bool isJson, CancellationToken stop)
    {
        var printed = 0;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await foreach (var happened in client.ReadEventsAsync(enough.Token))
            {
                if (happened is RvpEvent.ConnectionChanged { State: ConnectionState.SignedOut } lost) throw new FailedException(lost.Line);
                if (happened is RvpEvent.ConnectionChanged { State: ConnectionState.Reconnecting } away)
                    await run.Terminal.Error.WriteLineAsync($"rvp: {SafeText.Line(away.Line)} Trying again.");
                else if (isJson ? MessageLines.WriteJson(run.Terminal, happened) : MessageLines.WriteText(run.Terminal, run.Terminal.Out, happened))
                    printed++;
                // Not by leaving the loop: asking for the next event says that this one was printed, and the server may forget it.
                if (printed == wanted) await enough.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (printed == wanted)
        {
            // That is all.
        }
    }
}
