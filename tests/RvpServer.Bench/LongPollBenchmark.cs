using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// What polls cost that wait for news: memory of the server process for each, its connection included, the processor time it takes to do
/// nothing, and how long news takes to reach one of them among all.
/// </summary>
internal static class LongPollBenchmark
{
    private const int Workers = 16;
    private const int FirstFew = 100;
    private const int Messages = 200;

    // An answer's head fits; thousands of connections need not be large on this side.
    private const int Room = 1024;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(int polls, Scorecard score, CancellationToken stop)
    {
        await using var server = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(FirstFew + polls), "log"], stop);
        var port = server.Port;
        // The first few bring what a server has once; the very first one writes to the others later.
        var warm = Users(0, FirstFew);
        await EachAsync(warm, waiting => SignInAsync(waiting, port, stop));
        await EachAsync(warm, waiting => waiting.ConnectAsync(port, stop));
        await EachAsync(warm, waiting => waiting.PollAsync(stop));
        using var sender = await HttpConnection.OpenAsync(port, stop);
        await LatenciesAsync(warm[0].User, sender, warm[1..], stop);
        foreach (var waiting in warm) waiting.Dispose();

        var all = Users(FirstFew, polls);
        await EachAsync(all, waiting => SignInAsync(waiting, port, stop));
        var signedIn = await RestAsync(server, stop);
        await EachAsync(all, waiting => waiting.ConnectAsync(port, stop));
        var connected = await RestAsync(server, stop);
        var began = Stopwatch.GetTimestamp();
        await PollAsync(all, port, stop);
        var polling = await RestAsync(server, stop);
        var latencies = await LatenciesAsync(warm[0].User, sender, all[..Math.Min(Messages, polls / 2)], stop);
        var ended = all[(polls / 2)..].Count(waiting => waiting.IsAnswered);

        var bare = await BareAsync(polls, stop);

        Console.WriteLine($"longpoll: {polls} polls waiting, each by an account and a connection of its own; {ended} had ended after "
            + $"{Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s");
        Console.WriteLine($"{"",-44}{"heap",10}{"working set",14}");
        Bytes("bytes per waiting poll", polling, signedIn);
        Bytes("of these the open connection", connected, signedIn);
        Console.WriteLine($"{"a connection to a bare Kestrel",-44}{bare,10:F0}");
        Console.WriteLine($"{"% of a core, 10 s, polls waiting",-44}{polling.Core * 100,10:F2}");
        Console.WriteLine($"{"the same, connections only",-44}{connected.Core * 100,10:F2}");
        Console.WriteLine($"{"the same, before, neither",-44}{signedIn.Core * 100,10:F2}");
        Console.WriteLine($"{$"ms from NOTIFY to poll's answer, {latencies.Count} median",-44}{Table.Median(latencies),10:F2}");
        Console.WriteLine($"{"the same, lowest",-44}{latencies.Min(),10:F2}");
        Console.WriteLine($"{"the same, highest",-44}{latencies.Max(),10:F2}");
        Console.WriteLine($"load of the machine, 1 minute: {(await File.ReadAllTextAsync("/proc/loadavg", stop)).Split(' ')[0]} on "
            + $"{Environment.ProcessorCount} cores; working set of the server process: {polling.Memory.WorkingSet / 1024.0 / 1024:F0} MiB");
        foreach (var waiting in all) waiting.Dispose();
        score.AtMost("waiting poll, above a bare connection", 1536, (polling.Memory.Heap - signedIn.Memory.Heap) / (double)polls - bare, "bytes");

        void Bytes(string name, Resting after, Resting before)
        {
            var heap = (after.Memory.Heap - before.Memory.Heap) / (double)polls;
            var workingSet = (after.Memory.WorkingSet - before.Memory.WorkingSet) / (double)polls;
            Console.WriteLine($"{name,-44}{heap,10:F0}{workingSet,14:F0}");
        }
    }

    // Bytes of a kept connection that has had one request, of a server with nothing else.
    private static async Task<double> BareAsync(int count, CancellationToken stop)
    {
        await using var server = await ChildServer.StartAsync(ChildServer.Redirect, ["http://im.adatum.com/"], stop);
        var warm = await ConnectAsync(FirstFew);
        var before = await RestAsync(server, stop);
        var all = await ConnectAsync(count);
        var after = await RestAsync(server, stop);
        foreach (var connection in warm.Concat(all)) connection.Dispose();
        return (after.Memory.Heap - before.Memory.Heap) / (double)count;

        async Task<List<HttpConnection>> ConnectAsync(int number)
        {
            List<HttpConnection> connections = [];
            for (var i = 0; i < number; i++)
            {
                connections.Add(await HttpConnection.OpenAsync(server.Port, stop, Room));
                await connections[i].AskAsync(User.Write("POLL", "/", "http://im.adatum.com/", "", ""), stop);
            }
            return connections;
        }
    }

    private static Waiting[] Users(int first, int count) => [.. Enumerable.Range(first, count).Select(number => new Waiting(new User(number)))];

    private static Task EachAsync(Waiting[] all, Func<Waiting, Task> work) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(n => Task.Run(async () =>
        {
            for (var i = n; i < all.Length; i += Workers) await work(all[i]);
        })));

    private static async Task SignInAsync(Waiting waiting, int port, CancellationToken stop)
    {
        using var connection = await HttpConnection.OpenAsync(port, stop, Room);
        await waiting.SignInAsync(connection, stop);
    }

    // A poll that waits says nothing. One refusal between two polls keeps the sender from running ahead of the server, which would buffer thousands.
    private static Task PollAsync(Waiting[] all, int port, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(n => Task.Run(async () =>
        {
            using var pace = await HttpConnection.OpenAsync(port, stop, Room);
            for (var i = n; i < all.Length; i += Workers)
            {
                await all[i].PollAsync(stop);
                await pace.AskAsync(User.Write("POLL", all[i].User.Path, all[i].User.Url, "", ""), stop);
            }
        })));

    // The memory comes last: while it rests Kestrel gives back the buffers that the requests before took.
    private static async Task<Resting> RestAsync(ChildServer server, CancellationToken stop)
    {
        // The server has taken all of them in when it does nothing any more.
        await Quiet.ComesAsync(() => server.ProcessorTime, cores: 0.05, stop);
        var (used, began) = (server.ProcessorTime, Stopwatch.GetTimestamp());
        await Task.Delay(Rest, stop);
        var core = (server.ProcessorTime - used) / Stopwatch.GetElapsedTime(began);
        return new Resting(core, await server.MemoryAsync(stop));
    }

    private static async Task<List<double>> LatenciesAsync(User from, HttpConnection sender, Waiting[] recipients, CancellationToken stop)
    {
        var latencies = new List<double>();
        foreach (var recipient in recipients)
        {
            var to = recipient.User;
            var message = from.Request("NOTIFY", to.Path, "RVP-Ack-Type: SingleHop\r\n", User.Message(from.Url, to.Url));
            var answer = recipient.AnswerAsync(stop);
            var began = Stopwatch.GetTimestamp();
            var sent = sender.AskAsync(message, stop);
            await answer;
            latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (await sent != 200) throw new InvalidOperationException("NOTIFY got " + sender.Head);
        }
        return latencies;
    }

    private sealed record Resting(double Core, (long Heap, long WorkingSet) Memory);

    /// <summary>An account, signed in without a callback, and the connection on which its poll waits.</summary>
    private sealed class Waiting(User user) : IDisposable
    {
        private string subscription = "";
        private HttpConnection? connection;

        public User User => user;

        public bool IsAnswered => connection!.HasNews;

        public async Task SignInAsync(HttpConnection shortly, CancellationToken stop)
        {
            await user.AskAsync(shortly, 200, "SUBSCRIBE", user.Path, "Notification-Type: pragma/notify\r\nSubscription-Lifetime: 14400\r\n", "", stop);
            subscription = shortly.Head.Split("\r\n").First(line => line.StartsWith("Subscription-Id: ", StringComparison.OrdinalIgnoreCase))[17..];
        }

        /// <summary>Opens the connection that stays, and polls once without waiting.</summary>
        public async Task ConnectAsync(int port, CancellationToken stop)
        {
            connection = await HttpConnection.OpenAsync(port, stop, Room);
            await user.AskAsync(connection, 204, "POLL", user.Path, $"Subscription-Id: {subscription}\r\n", "", stop);
        }

        public async Task PollAsync(CancellationToken stop)
        {
            await connection!.SendAsync(user.Request("POLL", user.Path, $"Subscription-Id: {subscription}\r\nPrefer: wait=120\r\n"), stop);
        }

        public async Task AnswerAsync(CancellationToken stop)
        {
            if (!await connection!.ReadAsync(stop) || connection.Status != 200) throw new InvalidOperationException("POLL got " + connection.Head);
        }

        public void Dispose() => connection?.Dispose();
    }
}
