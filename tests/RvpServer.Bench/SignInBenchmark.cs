using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// What it costs a home server when people sign in as old clients do: each takes a challenge and a proof, says online, watches twenty contacts and is watched
/// by as many, and signs out again.
/// </summary>
internal static class SignInBenchmark
{
    private const int Contacts = 20;
    private const int People = 64;
    private const int WarmUps = 2;

    public static async Task RunAsync(int signIns, int rounds, CancellationToken stop)
    {
        using var sink = new CallbackSink(stop);
        await using var server = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(People)], stop);
        var micros = new List<double>();
        for (var round = 0; round < WarmUps + rounds; round++)
        {
            var before = server.ProcessorTime;
            await Task.WhenAll(Enumerable.Range(0, Contest.Connections).Select(n => Task.Run(async () =>
            {
                for (var i = n; i < signIns; i += Contest.Connections) await SignInAsync(server.Port, i % People, sink.Port, stop);
            })));
            if (round >= WarmUps) micros.Add((server.ProcessorTime - before).TotalMicroseconds / signIns);
        }
        Console.WriteLine($"signin: {rounds} rounds of {signIns} sign-ins, {Contacts} contacts each; processor time of the server process for each");
        Console.WriteLine($"{"",-24}{"median µs",10}{"lowest",10}{"highest",10}");
        Console.WriteLine($"{"sign-in",-24}{Table.Median(micros),10:F0}{micros.Min(),10:F0}{micros.Max(),10:F0}");
    }

    // Every operation on a connection of its own would measure the system; proofs and stored rows are the server's own.
    private static async Task SignInAsync(int port, int number, int sink, CancellationToken stop)
    {
        using var connection = await HttpConnection.OpenAsync(port, stop);
        var user = new User(number);
        await user.SignInAsync(connection, $"http://127.0.0.1:{sink}/{number}", stop);
        var id = connection.Head.Split('\n').First(line => line.StartsWith("Subscription-Id: ", StringComparison.Ordinal))[17..].Trim();
        await user.AskAsync(connection, 207, "PROPPATCH", user.Path, "",
            $"<?xml version=\"1.0\"?><d:propertyupdate {Person.Namespaces}><d:set><d:prop><r:state><r:leased-value><r:value><r:online/></r:value>"
                + "<r:default-value><r:offline/></r:default-value><d:timeout>14400</d:timeout></r:leased-value></r:state></d:prop></d:set></d:propertyupdate>",
            stop);
        for (var step = 1; step <= Contacts; step++)
        {
            await user.AskAsync(connection, 207, "SUBSCRIBE", new User((number + step) % People).Path,
                $"Notification-Type: update/propchange\r\nCall-Back: {user.Url}\r\nSubscription-Lifetime: 14400\r\n", "", stop);
        }
        await user.AskAsync(connection, 200, "UNSUBSCRIBE", user.Path, $"Subscription-Id: {id}\r\n", "", stop);
    }
}
