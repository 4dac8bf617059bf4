using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// Servers asked the same in turn, in short bursts, so that whatever else the machine does hits all alike: what each server process uses per request,
/// and its ratio to the first one's. What counts is the median over rounds, and the ratio within each.
/// </summary>
/// <param name="what">What is counted: what one request carries, in the plural.</param>
/// <param name="connections">Connections kept busy at once.</param>
/// <param name="rounds">Rounds that count.</param>
/// <param name="sink">Where all must arrive; null where they end at the server.</param>
/// <param name="status">What every answer must be.</param>
/// <param name="each">How many must arrive for one request before the next one is made.</param>
/// <param name="bursts">bursts of a round.</param>
internal sealed class Contest(string what, int connections, int rounds, CallbackSink? sink, int status = 200, int each = 1, int bursts = 10)
{
    private const int Burst = 2000;

    // Until the compiler has done its last tier and is quiet.
    private const int WarmUps = 3;

    // The compiler does its last tier when for a while nothing new has come.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly int perConnection = Math.Max(1, Burst / connections / each);

    /// <summary>What one burst has.</summary>
    private int Units => perConnection * connections * each;

    /// <summary>Runs all rounds, three more first to warm up, and prints the table under a name.</summary>
    public async Task RunAsync(string name, Contender[] rows, CancellationToken stop)
    {
        foreach (var row in rows) await row.ConnectAsync(connections, stop);
        for (var round = 0; round < WarmUps + rounds; round++)
        {
            foreach (var row in rows) await row.BeginAsync(stop);
            for (var burst = 0; burst < bursts; burst++)
                foreach (var row in rows) await BurstAsync(row, stop);
            if (round < WarmUps) await Task.Delay(Rest, stop);
            else foreach (var row in rows) row.End(bursts * Units);
        }
        foreach (var row in rows) row.Disconnect();
        Print(name, rows);
    }

    private async Task BurstAsync(Contender row, CancellationToken stop)
    {
        // Written before, so that the generator has little to do while the server is measured.
        var requests = Enumerable.Range(0, connections).Select(i => row.Write(i, perConnection)).ToArray();
        var arrivedBefore = sink?.Received ?? 0;
        var all = each > 1 ? Task.CompletedTask : sink?.Expect(Units) ?? Task.CompletedTask;
        var before = await row.Server.UsageAsync(stop);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(row.Connections.Select((connection, i) => Task.Run(() => AskAsync(connection, requests[i], stop))));
        await all;
        row.Add(await row.Server.UsageAsync(stop) - before, Stopwatch.GetElapsedTime(began));
        if (sink is not null && sink.Received - arrivedBefore != Units)
        {
            throw new InvalidOperationException($"{row.Name}: {Units} {what} were sent, {sink.Received - arrivedBefore} arrived.");
        }
    }

    private async Task AskAsync(HttpConnection connection, byte[][] requests, CancellationToken stop)
    {
        foreach (var request in requests)
        {
            // One after the other, where one has many receivers: what the next one says is another notification for each.
            var arrived = each > 1 ? sink!.Expect(each) : Task.CompletedTask;
            if (await connection.AskAsync(request, stop) != status) throw new InvalidOperationException("The answer was " + connection.Head);
            await arrived;
        }
    }

    private void Print(string name, Contender[] rows)
    {
        Console.WriteLine($"{name}: {rounds} rounds of {bursts * Units} {what}, {connections} connections; the server process for each");
        Console.WriteLine($"{"",-26}{"median µs",10}{"lowest",8}{"highest",8}{"ratio",7}{"bytes",8}{"pause µs",9}{"pool items",11}{"per second",11}");
        foreach (var row in rows)
        {
            var micros = row.Rounds.Select(round => round.Each.Micros).ToList();
            Console.WriteLine($"{row.Name,-26}{Table.Median(micros),10:F1}{micros.Min(),8:F1}{micros.Max(),8:F1}{row.RatioTo(rows[0]),7:F2}"
                + $"{row.Median(each => each.Allocated),8:F0}{row.Median(each => each.PauseMicros),9:F2}{row.Median(each => each.PoolItems),11:F2}"
                + $"{row.PerSecond,11:F0}");
        }
    }
}
