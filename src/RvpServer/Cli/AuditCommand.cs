using System.CommandLine;
using System.Globalization;
using RvpServer.Admin;
using RvpServer.Administration;

namespace RvpServer.Cli;

/// <summary><c>audit</c>: what administrators did, the oldest first.</summary>
internal static class AuditCommand
{
    public static Command Create(Func<ParseResult, CommandContext<AdminSubject>> open)
    {
        var since = new Option<string?>("--since")
        {
            HelpName = "TIME",
            Description = "From then on: a moment (2026-11-26, 2026-11-26T08:00), or a time back (3d, 12h)",
        };
        var who = new Option<string?>("--who") { HelpName = "NAME", Description = "Only of administrators whose name contains this" };
        var json = JsonOutput.Option();
        var command = new Command("audit", "What administrators did") { since, who, json };
        return command.WithAction(open, async (context, stop) =>
        {
            var query = new AuditQuery { Since = Moment(context.Parsed.GetValue(since)), Who = context.Parsed.GetValue(who), Max = AuditQuery.MaxEntries };
            var all = await ReadAsync(context.Subject.Audit, query, stop);
            if (context.Parsed.GetValue(json)) context.Out.WriteJson(all.Select(ApiAuditEntry.Of));
            else foreach (var entry in all) context.Out.WriteLine(LineOf(entry));
            return ExitCode.Done;
        });
    }

    private static async Task<IReadOnlyList<AuditEntry>> ReadAsync(IAuditTrail trail, AuditQuery query, CancellationToken stop)
    {
        var all = new List<AuditEntry>();
        while (await trail.ReadAsync(query, stop) is { Count: > 0 } part)
        {
            all.AddRange(part);
            query = query with { Before = part[^1].Id };
        }
        all.Reverse();
        return all;
    }

    private static DateTimeOffset? Moment(string? text)
    {
        if (text is null) return null;
        var now = new Runtime.WallClock(Runtime.WallClock.OfMachine).Now;
        if (int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            if (text[^1] == 'd') return now - TimeSpan.FromDays(count);
            if (text[^1] == 'h') return now - TimeSpan.FromHours(count);
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var moment)
            ? moment : throw new UsageException($"\"{text}\" is no time: write 2026-11-26, 2026-11-26T08:00, 3d or 12h.");
    }

    private static string LineOf(AuditEntry entry)
    {
        var change = entry.Before is null && entry.After is null ? "" : $" {entry.Before ?? "-"} -> {entry.After ?? "-"}";
        var outcome = entry.Outcome == AuditOutcome.Done ? "" : $" {entry.Outcome.ToString().ToLowerInvariant()}: {entry.Reason}";
        var at = entry.At.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return Plain($"{at} {entry.Who} ({entry.Source}) {entry.Action} {entry.Target}{change}{outcome}");
    }

    // What others chose must move no cursor and turn no line around.
    private static string Plain(string text) => string.Concat(text.Select(c =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            ? '\uFFFD' : c));
}
