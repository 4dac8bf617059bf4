using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// Servers asked the same in turn: processor time of each server process per request, and its ratio to the first one's. Rounds take turns, so
/// that whatever else the machine does hits all alike; what counts is the median of the ratios of neighbouring rounds.
/// </summary>
/// <param name="what">What one request carries, in the plural.</param>
/// <param name="status">What every answer must be.</param>
/// <param name="requests">Requests in a round.</param>
/// <param name="rounds">Rounds of each server that count.</param>
/// <param name="sink">Where every request must arrive; null where they end at the server.</param>
internal sealed class Contest(string what, int status, int requests, int rounds, CallbackSink? sink)
{
    /// <summary>Connections kept busy at once.</summary>
    public const int Connections = 16;

    private const int WarmUps = 2;

    private readonly int asked = Math.Max(1, requests / Connections) * Connections;

    /// <summary>Runs all rounds and prints the table under a name.</summary>
    public async Task RunAsync(string name, Contender[] rows, CancellationToken stop)
    {
        // Warms up, until the compiler has done its last tier and is quiet.
        for (var round = 0; round < WarmUps; round++)
            foreach (var row in rows) await RoundAsync(row, stop);
        foreach (var row in rows) row.Measured.Clear();
        for (var round = 0; round < rounds; round++)
            foreach (var row in rows) await RoundAsync(row, stop);
        Print(name, rows);
    }

    private async Task RoundAsync(Contender row, CancellationToken stop)
    {
        var arrivedBefore = sink?.Received ?? 0;
        var connections = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => HttpConnection.OpenAsync(row.Server.Port, stop)));
        var before = row.Server.ProcessorTime;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(connections.Select((connection, i) => Task.Run(() => AskAsync(connection, row.RequestsOf(i), stop))));
        var took = Stopwatch.GetElapsedTime(began);
        var used = row.Server.ProcessorTime - before;
        foreach (var connection in connections) connection.Dispose();
        if (sink is not null && sink.Received - arrivedBefore < asked)
        {
            throw new InvalidOperationException($"{row.Name}: {asked} {what} were answered, {sink.Received - arrivedBefore} arrived.");
        }
        row.Measured.Add((used.TotalMicroseconds / asked, asked / took.TotalSeconds));
    }

    private async Task AskAsync(HttpConnection connection, Func<byte[]> next, CancellationToken stop)
    {
        for (var i = 0; i < asked / Connections; i++)
        {
            if (await connection.AskAsync(next(), stop) != status) throw new InvalidOperationException("The answer was " + connection.Head);
        }
    }

    private void Print(string name, Contender[] rows)
    {
        Console.WriteLine($"{name}: {rounds} rounds of {asked} {what}, {Connections} connections; processor time of the server process for each");
        Console.WriteLine($"{"",-24}{"median µs",10}{"lowest",10}{"highest",10}{"ratio",8}{"per second",12}");
        foreach (var row in rows)
        {
            var micros = row.Measured.Select(m => m.Micros).ToList();
            var ratio = Table.Median(micros.Zip(rows[0].Measured, (one, yardstick) => one / yardstick.Micros));
            var perSecond = Table.Median(row.Measured.Select(m => m.PerSecond));
            Console.WriteLine($"{row.Name,-24}{Table.Median(micros),10:F1}{micros.Min(),10:F1}{micros.Max(),10:F1}{ratio,8:F2}{perSecond,12:F0}");
        }
    }
}

/// <summary>One of the servers.</summary>
/// <param name="Name">Its row's.</param>
/// <param name="Server">Whose processor time counts.</param>
/// <param name="RequestsOf">What writes the requests of a connection, by its number.</param>
internal sealed record Contender(string Name, ChildServer Server, Func<int, Func<byte[]>> RequestsOf)
{
    /// <summary>By round.</summary>
    public List<(double Micros, double PerSecond)> Measured { get; } = [];
}
