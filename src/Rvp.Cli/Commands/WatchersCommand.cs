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
        return new Command("watchers", "Lists who watches you") { json }.WithAction(terminal, async work =>
        {
            await using var client = new RvpClient(work.Account.Options);
            Write(work, json, await client.GetWatchersAsync(work.Stop));
        });
    }

    public static void Write(Work work, Option<bool> json, IReadOnlyList<ImAddress> people)
    {
        if (work.Parse.GetValue(json)) work.Terminal.Out.WriteJson(people.Select(person => new { address = person.ToString() }));
        else foreach (var person in people) work.Terminal.Out.WriteLine(SafeText.Line(person.ToString()));
    }
}
