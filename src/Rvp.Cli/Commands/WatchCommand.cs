using System.CommandLine;
using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp watch ADDRESS…</c>: one line per change until stopped. Does not make the user visible.</summary>
internal static class WatchCommand
{
    public static Command Create(Terminal terminal)
    {
        var addresses = new Argument<string[]>("ADDRESS") { Description = "Whom to watch", Arity = ArgumentArity.OneOrMore };
        var json = ClientCommandLine.Json();
        var command = new Command("watch", "Prints a line for everyone watched, and one for each change, until stopped") { addresses, json };
        return command.WithAction(terminal, async run =>
        {
            var people = run.Parse.GetRequiredValue(addresses).Select(AccountChoice.ParseAddress).Distinct().ToList();
            await using var client = new RvpClient(run.Account.Options);
            await client.SignInAsync(null, run.Stop);
            foreach (var person in people) Write(run, json, await client.WatchAsync(person, run.Stop));
            await foreach (var happened in client.ReadEventsAsync(run.Stop)) await TellAsync(run, json, happened);
        });
    }

    private static async Task TellAsync(CommandRun run, Option<bool> json, RvpEvent happened)
    {
        var error = run.Terminal.Error;
        switch (happened)
        {
            case RvpEvent.PresenceChanged changed:
                Write(run, json, changed.Contact);
                break;
            case RvpEvent.ConnectionChanged { State: ConnectionState.SignedOut } lost:
                throw new FailedException(lost.Line);
            case RvpEvent.ConnectionChanged { State: ConnectionState.Reconnecting } lost:
                await error.WriteLineAsync($"rvp: {SafeText.Line(lost.Line)} Trying again.");
                break;
            default: // Only this sign-in received a message, so it must be shown here.
                if (run.Parse.GetValue(json)) MessageLines.WriteJson(run.Terminal, happened);
                else MessageLines.WriteText(run.Terminal, error, happened);
                break;
        }
    }

    private static void Write(CommandRun run, Option<bool> json, Contact contact)
    {
        var state = PresenceStates.NameOf(contact.State);
        if (run.Parse.GetValue(json))
        {
            run.Terminal.Out.WriteJson(new
            {
                time = run.Terminal.Clock.GetUtcNow(),
                address = contact.Address.ToString(),
                state,
                displayName = contact.DisplayName,
            });
        }
        else run.Terminal.Out.WriteLine($"{contact.Address.Shown} {state}");
        run.Terminal.Out.Flush();
    }
}
