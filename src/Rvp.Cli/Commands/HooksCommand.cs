using System.CommandLine;
using Rvp.Client;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp hooks</c>: URLs by which programs send messages in the user's name.</summary>
internal static class HooksCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = ClientCommandLine.Json();
        return new Command("hooks", "Lists your webhooks: URLs by which programs send messages in your name") { json, Add(terminal), Remove(terminal) }
            .WithAction(terminal, async run =>
            {
                await using var client = new RvpClient(run.Account.Options);
                var hooks = await client.GetWebhooksAsync(run.Stop);
                if (run.Parse.GetValue(json)) run.Terminal.Out.WriteJson(hooks.Select(hook => new { hook.Name, hook.To, hook.Made, hook.Used }));
                else foreach (var hook in hooks) await run.Terminal.Out.WriteLineAsync(Describe(hook));
            });
    }

    private static Command Add(Terminal terminal)
    {
        var to = new Option<string?>("--to") { HelpName = "ADDRESS", Description = "Who gets its messages; you where left out" };
        var name = new Option<string?>("--name") { HelpName = "NAME", Description = "What its messages begin with" };
        var json = ClientCommandLine.Json();
        return new Command("add", "Makes a webhook and prints its URL, which is a secret and told this once") { to, name, json }
            .WithAction(terminal, async run =>
            {
                var recipient = run.Parse.GetValue(to) is { } text ? AccountChoice.ParseAddress(text) : null;
                await using var client = new RvpClient(run.Account.Options);
                var hook = await client.AddWebhookAsync(run.Parse.GetValue(name), recipient, run.Stop);
                if (run.Parse.GetValue(json)) run.Terminal.Out.WriteJson(new { hook.Name, hook.To, hook.Url });
                else await run.Terminal.Out.WriteLineAsync(hook.Url?.ToString());
            });
    }

    private static Command Remove(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "Which; all of this name" };
        return new Command("remove", "Ends a webhook: its URL is worth nothing from then on") { name }.WithAction(terminal, async run =>
        {
            var wanted = run.Parse.GetRequiredValue(name);
            await using var client = new RvpClient(run.Account.Options);
            var ended = (await client.GetWebhooksAsync(run.Stop)).Where(hook => hook.Name == wanted).ToList();
            if (ended.Count == 0) throw new FailedException($"You have no webhook \"{wanted}\".");
            foreach (var hook in ended) await client.EndWebhookAsync(hook, run.Stop);
        });
    }

    private static string Describe(OwnWebhook hook)
    {
        var use = hook.Used is { } used ? $"used {used:yyyy-MM-dd}" : "never used";
        return $"{SafeText.Line(hook.Name)}  to {SafeText.Line(hook.To)}, made {hook.Made:yyyy-MM-dd}, {use}";
    }
}
