using System.CommandLine;
using Rvp.Client;

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
            Write(run, json, await client.DescribeWatchersAsync(run.Stop));
        });
    }

    private static void Write(CommandRun run, Option<bool> json, IEnumerable<string> people)
    {
        if (run.Parse.GetValue(json)) run.Terminal.Out.WriteJson(people.Select(person => new { address = person }));
        else foreach (var person in people) run.Terminal.Out.WriteLine(SafeText.Line(person));
    }
}
