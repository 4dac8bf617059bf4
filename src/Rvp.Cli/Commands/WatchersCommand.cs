using System.CommandLine;
using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp watchers</c>: who has the account on their list.</summary>
internal static class WatchersCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = ClientCommandLine.Json();
        return new Command("watchers", "Lists who watches you") { json }.WithAction(terminal, async run =>
        {
            await using var client = new RvpClient(run.Account.Options);
            Write(run, json, await client.GetWatchersAsync(run.Stop));
        });
    }

    public static void Write(CommandRun run, Option<bool> json, IReadOnlyList<ImAddress> people)
    {
        if (run.Parse.GetValue(json)) run.Terminal.Out.WriteJson(people.Select(person => new { address = person.ToString() }));
        else foreach (var person in people) run.Terminal.Out.WriteLine(SafeText.Line(person.ToString()));
    }
}
