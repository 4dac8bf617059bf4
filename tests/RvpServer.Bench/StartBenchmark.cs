using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>How long the program takes from its start to its first answer, and until it is ready with a large store: as a file, and in PostgreSQL.</summary>
internal static class StartBenchmark
{
    private const int Contacts = 20;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan CopyTime = TimeSpan.FromMinutes(30);

    public static async Task RunAsync(int accounts, int rounds, Scorecard score, CancellationToken stop)
    {
        await using var small = await RealServer.MakeAsync(people: 2);
        var empty = await TimesAsync(small, rounds, stop);
        await using var large = await RealServer.MakeAsync(accounts);
        await MadeStore.FillAsync(large.DataFolder, accounts, Contacts, User.CallbackOf, stop);
        var full = await TimesAsync(large, Math.Min(rounds, 3), stop);
        await using var postgres = await PostgresServer.StartAsync();
        using var folder = new TempFolder();
        var secret = folder.WriteSecret("postgres.secret", PostgresServer.ConnectionToAny(postgres));
        await CopyAsync(large, secret);
        await using var elsewhere = await RealServer.MakeAsync(people: 0, new()
        {
            ["Rvp__Storage__Provider"] = "Postgres",
            ["Rvp__Storage__ConnectionStringFile"] = secret,
        });
        var there = await TimesAsync(elsewhere, Math.Min(rounds, 3), stop);

        Console.WriteLine($"start: from the start of the process until /readyz says 200; medians of {rounds} and {Math.Min(rounds, 3)} starts");
        Console.WriteLine($"{"",-44}{"seconds",10}{"CPU",10}{"MB",10}");
        Line("two accounts", empty);
        Line($"{accounts} accounts, {accounts * Contacts} watches", full);
        Line("the same in PostgreSQL", there);
        var ratio = Table.Median(there.Select(time => time.Seconds)) / Table.Median(full.Select(time => time.Seconds));
        Console.WriteLine($"PostgreSQL takes {ratio:F2} times as long");
        score.AtMost("start, to the first answer", 0.6, Table.Median(empty.Select(time => time.Seconds)), "s");
        score.AtMost($"start, {accounts} accounts, {accounts * Contacts} watches", 5, Table.Median(full.Select(time => time.Seconds)), "s");
    }

    private static async Task CopyAsync(RealServer server, string secret)
    {
        using var copy = server.BeginCommand(new Dictionary<string, string> { ["Rvp__Storage__ConnectionStringFile"] = secret }, "store", "copy", "Postgres");
        var ran = await RealServer.EndCommandAsync(copy, "", CopyTime);
        if (ran.Code != 0) throw new InvalidOperationException(ran.Out + ran.Error);
    }

    private static void Line(string name, List<(double Seconds, double Processor, double Megabytes)> times) =>
        Console.WriteLine($"{name,-44}{Table.Median(times.Select(time => time.Seconds)),10:F2}{Table.Median(times.Select(time => time.Processor)),10:F2}"
            + $"{Table.Median(times.Select(time => time.Megabytes)),10:F0}");

    private static async Task<List<(double Seconds, double Processor, double Megabytes)>> TimesAsync(RealServer server, int rounds, CancellationToken stop)
    {
        List<(double, double, double)> times = [];
        for (var round = 0; round < rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            server.BeginStart();
            while (await server.ReadyAsync() != 200) await Task.Delay(Between, stop);
            times.Add((Stopwatch.GetElapsedTime(began).TotalSeconds, server.ProcessorTime.TotalSeconds, server.WorkingSet / 1e6));
            await server.KillAsync();
        }
        return times;
    }
}
