using System.CommandLine;
using Rvp.Client;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp block</c> and <c>rvp unblock</c>; <c>rvp block</c> without an address shows the block list.</summary>
internal static class BlockCommand
{
    public static Command Create(Terminal terminal, bool isBlock)
    {
        var addresses = new Argument<string[]>("ADDRESS")
        {
            Description = isBlock ? "Whom; nobody lists who is blocked" : "Whom",
            Arity = isBlock ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
        };
        var json = ClientCommandLine.Json();
        var description = isBlock ? "Blocks people: they see you offline and cannot write to you" : "Blocks people no longer";
        var command = new Command(isBlock ? "block" : "unblock", description) { addresses };
        if (isBlock) command.Add(json);
        return command.WithAction(terminal, async run =>
        {
            var people = (run.Parse.GetValue(addresses) ?? []).Select(AccountChoice.ParseAddress).ToList();
            await using var client = new RvpClient(run.Account.Options);
            foreach (var person in people)
            {
                if (isBlock) await client.BlockAsync(person, run.Stop);
                else await client.UnblockAsync(person, run.Stop);
                await run.Terminal.Out.WriteLineAsync($"{person} is {(isBlock ? "blocked" : "no longer blocked")}.");
            }
            if (people.Count == 0) WatchersCommand.Write(run, json, (await client.GetBlockedAsync(run.Stop)).Select(person => person.ToString()));
        });
    }
}
