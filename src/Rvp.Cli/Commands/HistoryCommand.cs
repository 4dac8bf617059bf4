using System.CommandLine;
using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli.Commands;

/// <summary><c>rvp history [ADDRESS]</c>: what was said, where the server keeps it.</summary>
internal static class HistoryCommand
{
    private const int MaxAtOnce = 200;

    public static Command Create(Terminal terminal)
    {
        var address = new Argument<string?>("ADDRESS") { Description = "With whom; everybody where it is missing", Arity = ArgumentArity.ZeroOrOne };
        var json = ClientCommandLine.Json();
        var search = new Option<string?>("--search") { HelpName = "WORDS", Description = "Only messages that have all of these words" };
        var count = new Option<int>("--count") { HelpName = "N", Description = "How many messages at most, the newest", DefaultValueFactory = _ => 50 };
        var delete = new Option<bool>("--delete") { Description = "Delete them, all that were with ADDRESS, from your history; not from the other's" };
        var mark = new Option<bool>("--mark-read") { Description = "Mark what is shown, and all before it, as read for all your devices" };
        var command = new Command("history", "Shows what was said, where the server keeps a history") { address, json, search, count, mark, delete };
        return command.WithAction(terminal, async run =>
        {
            var with = run.Parse.GetValue(address) is { } text ? AccountChoice.ParseAddress(text) : null;
            var wanted = run.Parse.GetValue(count);
            if (wanted < 1) throw new ClientUsageException("--count is at least 1.");
            await using var client = new RvpClient(run.Account.Options);
            if (run.Parse.GetValue(mark) && (run.Parse.GetValue(search) is not null || run.Parse.GetValue(delete)))
                throw new ClientUsageException("--mark-read takes no --search and no --delete.");
            if (!run.Parse.GetValue(delete))
            {
                var messages = await ReadAsync(client, with, run.Parse.GetValue(search), wanted, run.Stop);
                Write(run, json, messages);
                if (run.Parse.GetValue(mark)) await MarkReadAsync(client, messages, run.Stop);
                return;
            }
            if (with is null || run.Parse.GetValue(search) is not null) throw new ClientUsageException("--delete takes one ADDRESS, and no --search.");
            await client.ForgetHistoryAsync(with, run.Stop);
            await run.Terminal.Out.WriteLineAsync($"Your history with {with} is deleted.");
        });
    }

    // Page by page, from the newest back.
    private static async Task<List<PastMessage>> ReadAsync(RvpClient client, ImAddress? with, string? words, int wanted, CancellationToken stop)
    {
        var messages = new List<PastMessage>();
        long? before = null;
        while (messages.Count < wanted)
        {
            var page = await client.GetHistoryAsync(with, words, before, Math.Min(wanted - messages.Count, MaxAtOnce), stop);
            if (page.Count == 0) break;
            messages.InsertRange(0, page);
            before = page[0].Id;
        }
        return messages;
    }

    // Each conversation up to the last message that was shown of it: what has come since is news.
    private static async Task MarkReadAsync(RvpClient client, List<PastMessage> shown, CancellationToken stop)
    {
        foreach (var conversation in shown.GroupBy(message => message.Conversation))
            await client.MarkReadAsync(conversation.Key, conversation.Last().Id, stop);
    }

    private static void Write(CommandRun run, Option<bool> json, List<PastMessage> messages)
    {
        if (run.Parse.GetValue(json))
        {
            run.Terminal.Out.WriteJson(messages.Select(message => new
            {
                id = message.Id,
                time = message.At,
                with = message.With?.ToString() ?? message.Conversation,
                mine = message.IsMine,
                name = message.Name,
                text = message.Text,
            }));
            return;
        }
        foreach (var message in messages)
        {
            var who = message.IsMine ? "you" : message.Name.Length > 0 ? message.Name : message.With?.ToString() ?? message.Conversation;
            var lines = SafeText.Lines(message.Text).ToList();
            run.Terminal.Out.WriteLine($"{message.At.ToLocalTime():yyyy-MM-dd HH:mm} {SafeText.Line(who)}{To(message)}: {lines[0]}");
            foreach (var line in lines.Skip(1)) run.Terminal.Out.WriteLine("  " + line);
        }
    }

    private static string To(PastMessage message) => message.IsMine ? $" to {message.With?.ToString() ?? "several"}" : "";
}
