using System.CommandLine;
using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp block</c> and <c>rvp unblock</c>; <c>rvp block</c> without an address shows the block list.</summary>
internal static class BlockCommand
{
    public static Command Create(Terminal terminal, bool isBlock)
    {
        var addresses = new Argument<string[]>("ADDRESS")
        {
            Description = isBlock ? "Whom: an address or a whole domain; nobody lists who is blocked" : "Whom: an address or a whole domain",
            Arity = isBlock ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
        };
        var json = ClientCommandLine.Json();
        var description = isBlock ? "Blocks people: they see you offline and cannot write to you" : "Blocks people no longer";
        var command = new Command(isBlock ? "block" : "unblock", description) { addresses };
        if (isBlock) command.Add(json);
        return command.WithAction(terminal, async run =>
        {
            var targets = (run.Parse.GetValue(addresses) ?? []).Select(BlockTarget.Parse).ToList();
            await using var client = new RvpClient(run.Account.Options);
            foreach (var target in targets)
            {
                await run.Terminal.Out.WriteLineAsync(await target.ApplyAsync(client, isBlock, run.Stop));
            }
            if (targets.Count == 0) Write(run, json, await client.GetBlockedAsync(run.Stop), await client.GetBlockedDomainsAsync(run.Stop));
        });
    }

    private static void Write(CommandRun run, Option<bool> json, IReadOnlyList<ImAddress> people, IReadOnlyList<string> domains)
    {
        if (run.Parse.GetValue(json))
        {
            run.Terminal.Out.WriteJson(
                people.Select(person => Named("address", person.ToString())).Concat(domains.Select(domain => Named("domain", domain))));
        }
        else foreach (var line in people.Select(person => person.ToString()).Concat(domains)) run.Terminal.Out.WriteLine(SafeText.Line(line));
    }

    private static Dictionary<string, string> Named(string key, string value) => new() { [key] = value };
}
