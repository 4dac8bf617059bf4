using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// What the first people cost who sign in at a server that has just started: nothing is compiled to the end, no callback is connected. The program itself,
/// with its usual configuration.
/// </summary>
internal static class ColdBenchmark
{
    private const int People = 128;
    private const int Watchers = 64;

    public static async Task RunAsync(int rounds, Scorecard score, CancellationToken stop)
    {
        List<double> micros = [];
        for (var round = 0; round < rounds; round++)
        {
            using var sink = new CallbackSink(Watchers, stop);
            var crowd = new Crowd(People, sink);
            await using var server = await RealServer.StartAsync(crowd.Accounts);
            await crowd.PrepareAsync(server.Port, stop);
            await server.KillAsync();
            await server.StartAsync();
            var before = server.ProcessorTime;
            await crowd.SignInAsync(server.Port, stop);
            micros.Add((server.ProcessorTime - before).TotalMicroseconds / People);
        }
        Console.WriteLine($"cold: the first {People} sign-ins after a start, {Crowd.Contacts} contacts told each time, {Crowd.Requests} requests; "
            + $"{rounds} starts");
        Console.WriteLine($"{"",-26}{"median µs",10}{"lowest",8}{"highest",8}");
        Console.WriteLine($"{"sign-in",-26}{Table.Median(micros),10:F0}{micros.Min(),8:F0}{micros.Max(),8:F0}");
        score.AtMost("sign-in, 20 contacts, the first of a server", 3000, Table.Median(micros), "µs");
    }
}
