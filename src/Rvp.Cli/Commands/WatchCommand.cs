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
        return command.WithAction(terminal, async work =>
        {
            var people = work.Parse.GetRequiredValue(addresses).Select(AccountChoice.ParseAddress).Distinct().ToList();
            await using var client = new RvpClient(work.Account.Options);
            await client.SignInAsync(null, work.Stop);
            foreach (var person in people) Write(work, json, await client.WatchAsync(person, work.Stop));
            await foreach (var happened in client.ReadEventsAsync(work.Stop)) await TellAsync(work, json, happened);
        });
    }

    private static async Task TellAsync(Work work, Option<bool> json, RvpEvent happened)
    {
        var error = work.Terminal.Error;
        switch (happened)
        {
            case RvpEvent.PresenceChanged changed:
                Write(work, json, changed.Contact);
                break;
            case RvpEvent.MessageReceived message: // Only this sign-in received it, so it must be shown here.
                await error.WriteLineAsync($"rvp: message from {message.From}: {SafeText.Line(message.Text)}");
                break;
            case RvpEvent.ConnectionChanged { State: ConnectionState.SignedOut } lost:
                throw new FailedException(lost.Line);
            case RvpEvent.ConnectionChanged { State: ConnectionState.Reconnecting } lost:
                await error.WriteLineAsync($"rvp: {SafeText.Line(lost.Line)} Trying again.");
                break;
        }
    }

    private static void Write(Work work, Option<bool> json, Contact contact)
    {
        var state = PresenceStates.NameOf(contact.State);
        if (work.Parse.GetValue(json))
        {
            work.Terminal.Out.WriteJson(new
            {
                time = work.Terminal.Clock.GetUtcNow(),
                address = contact.Address.ToString(),
                state,
                displayName = contact.DisplayName,
            });
        }
        else work.Terminal.Out.WriteLine($"{contact.Address} {state}");
        work.Terminal.Out.Flush();
    }
}
