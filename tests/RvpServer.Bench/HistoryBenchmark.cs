using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using Rvp.Testing;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Bench;

/// <summary>Reading and searching the history of one account, beside as many messages of others with the same words.</summary>
internal static class HistoryBenchmark
{
    private const int Written = 1000;

    private static readonly string[] Words =
    [
        "lunch", "meeting", "today", "tomorrow", "report", "build", "green", "please", "thanks", "agreed", "where", "never", "always", "print", "window",
        "later",
    ];

    public static async Task RunAsync(int messages, Scorecard score, CancellationToken stop)
    {
        using var folder = new TempFolder();
        var file = SqliteFile.Prepare(folder.File(SqliteFile.Name));
        await using (var store = new SqliteStore(file, TimeProvider.System, NullLogger<SqliteStore>.Instance))
            await RunAsync("SQLite", store, new SqliteHistory(file, store), () => new FileInfo(file.Path).Length, messages, score, stop);
        Console.WriteLine();
        await using var database = PostgresDatabase.Prepare(await TestPostgres.CreateAsync());
        await using (var store = new PostgresStore(database, TimeProvider.System, NullLogger<PostgresStore>.Instance))
            await RunAsync("PostgreSQL", store, new PostgresHistory(database, store), () => SizeOf(database), messages, score, stop);
    }

    private static long SizeOf(PostgresDatabase database)
    {
        using var command = database.Source.CreateCommand("SELECT pg_database_size(current_database())");
        return (long)command.ExecuteScalar()!;
    }

    private static async Task RunAsync(
        string kind, IStore store, IHistory history, Func<long> size, int messages, Scorecard score, CancellationToken stop)
    {
        var (jo, other) = (RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown"), RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien"));
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < messages; i += Written)
        {
            foreach (var node in (RvpUrl[])[jo, other])
                await store.CommitAsync(node, [.. Enumerable.Range(i, Written).Select(number => new Change.MessageArchived(MessageOf(node, number)))]);
        }
        Console.WriteLine($"history, {kind}: {2 * messages} messages written in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms, the store has "
            + $"{size() / 2 / messages} bytes each");
        var all = new HistoryQuery(null, null, null, null, 50);
        (string Name, Func<Task> Ask)[] questions =
        [
            ("search, two words of every 16th message", () => history.ReadAsync(jo, all with { Match = "meeting tod" }, stop)),
            ("search, a word of one message", () => history.ReadAsync(jo, all with { Match = "number77777" }, stop)),
            ("search, a word of no message", () => history.ReadAsync(jo, all with { Match = "nowhere" }, stop)),
            ("the newest page", () => history.ReadAsync(jo, all, stop)),
            ("a page of one conversation, far back", () => history.ReadAsync(jo, all with { With = WithOf(5), Before = messages }, stop)),
            ("the conversations", () => history.ListAsync(jo, 50, stop)),
        ];
        foreach (var (name, ask) in questions)
        {
            var times = new List<double>();
            for (var i = 0; i < 21; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await ask();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            Console.WriteLine($"{name,-42}{Table.Median(times),8:F1} ms");
            score.AtMost($"history of {messages}, {kind}: {name}", 200, Table.Median(times), "ms");
        }
    }

    private static ArchivedMessage MessageOf(RvpUrl node, int number)
    {
        var text = $"number{number} {Words[number % 16]} {Words[(number / 16) % 16]} {Words[(number / 256) % 16]} today";
        var with = WithOf(number % 200);
        var body = NotificationXml.WriteMessage(with, "Somebody", [(node.ToString(), "")],
            $"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nSession-Id: {{79FC61B5-1234-1234-8A10-941F33CA4C90}}\r\n\r\n{text}");
        return new ArchivedMessage(DateTimeOffset.UnixEpoch.AddSeconds(number), number % 2 == 0, with, with, body, text);
    }

    private static string WithOf(int number) => "http://im.adatum.com/instmsg/aliases/User" + Table.Text(number);
}
