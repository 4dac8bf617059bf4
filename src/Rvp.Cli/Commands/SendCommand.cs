using System.CommandLine;
using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp send ADDRESS [TEXT]</c>: succeeds only when the message was delivered, or waits for its recipient.</summary>
internal static class SendCommand
{
    private const int MaxCharacters = 120_000; // About as much as a server takes by itself.

    public static Command Create(Terminal terminal)
    {
        var address = new Argument<string>("ADDRESS") { Description = "To whom" };
        var text = new Argument<string?>("TEXT") { Description = "The message; standard input where it is missing", Arity = ArgumentArity.ZeroOrOne };
        var wait = new Option<bool>("--wait-delivered") { Description = "Exit code 3 for a message that waits until its recipient is there" };
        var until = new Option<string?>("--wait") { HelpName = "TIME", Description = "Wait so long (30, 5m, 2h) until the recipient is there, and send then" };
        var json = ClientCommandLine.Json();
        var command = new Command("send", "Sends a message; the exit code is 0 only when it was delivered, or waits for its recipient")
        {
            address, text, until, wait, json,
        };
        return command.WithAction(terminal, async run =>
        {
            var to = AccountChoice.ParseAddress(run.Parse.GetRequiredValue(address));
            var account = run.Account;
            var message = run.Parse.GetValue(text) ?? (await ReadAsync(run.Terminal.In, run.Stop)).TrimEnd('\r', '\n');
            if (message.Length == 0) throw new ClientUsageException("There is nothing to send: give TEXT or standard input.");
            if (message.Length > MaxCharacters) throw new FailedException($"The message is longer than {MaxCharacters} characters.");
            await using var client = new RvpClient(account.Options);
            await client.VerifyAsync(run.Stop);
            if (run.Parse.GetValue(until) is { } time) await WaitAsync(run, client, to, Durations.Parse("--wait", time));
            var result = await client.SendAsync(to, message, run.Stop);
            if (run.Parse.GetValue(json)) run.Terminal.Out.WriteJson(new { address = to.ToString(), outcome = NameOf(result.Outcome) });
            if (!result.IsAccepted) throw new FailedException(result.Line);
            if (result.IsDelivered) return;
            if (run.Parse.GetValue(wait)) throw new FailedException(result.Line, ClientCommandLine.Waits);
            await run.Terminal.Error.WriteLineAsync("rvp: " + SafeText.Line(result.Line));
        });
    }

    // Unseen: who waits for somebody need not be seen by all.
    private static async Task WaitAsync(CommandRun run, RvpClient client, ImAddress person, TimeSpan time)
    {
        using var timer = new CancellationTokenSource(time, run.Terminal.Clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(run.Stop, timer.Token);
        try
        {
            await client.SignInAsync(null, ending.Token);
            if ((await client.WatchAsync(person, ending.Token)).State != PresenceState.Offline) return;
            await foreach (var happened in client.ReadEventsAsync(ending.Token))
            {
                if (happened is RvpEvent.PresenceChanged { Contact.State: not PresenceState.Offline }) return;
                if (happened is RvpEvent.ConnectionChanged { State: ConnectionState.SignedOut } lost) throw new FailedException(lost.Line);
                MessageLines.WriteText(run.Terminal, run.Terminal.Error, happened);
            }
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !run.Stop.IsCancellationRequested)
        {
            throw new FailedException($"{person} has not come.");
        }
    }

    private static string NameOf(MessageOutcome outcome) => outcome switch
    {
        MessageOutcome.Delivered => "delivered",
        MessageOutcome.Waiting => "waiting",
        MessageOutcome.NotAvailable => "not-available",
        MessageOutcome.NoSuchPerson => "no-such-person",
        MessageOutcome.Refused => "refused",
        MessageOutcome.NotAllowed => "not-allowed",
        _ => "unreachable",
    };

    // Reads one character more than allowed, to see that the text is too long.
    private static async Task<string> ReadAsync(TextReader input, CancellationToken stop)
    {
        var buffer = new char[MaxCharacters + 3];
        var length = await input.ReadBlockAsync(buffer.AsMemory(), stop);
        return new string(buffer, 0, length);
    }
}
