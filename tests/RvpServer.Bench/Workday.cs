using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// What people and their clients do at a workday: each renews its state every 20 minutes and all its subscriptions every four hours, changes its state once an
/// hour and writes two messages. At random moments, one person after the other, over a few kept connections.
/// </summary>
/// <param name="port">The server's.</param>
/// <param name="ids">Ids of everybody's subscriptions: the sign-in, then the watches of the next ones.</param>
internal sealed class Workday(int port, int[][] ids)
{
    private const int Connections = 32;
    private const int StateLease = 1200;

    private static readonly (Act Act, double PerHour)[] Acts = [(Act.RenewState, 3), (Act.RenewAll, 0.25), (Act.ChangeState, 1), (Act.Write, 2)];

    // Before the server closes it.
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(60);

    private readonly User[] people = [.. Enumerable.Range(0, ids.Length).Select(i => new User(i))];
    private readonly bool[] isBusy = new bool[ids.Length];
    private readonly Random random = new(1);
    private long expected;

    private enum Act
    {
        RenewState,
        RenewAll,
        ChangeState,
        Write,
    }

    /// <summary>Notifications that all requests so far have to bring.</summary>
    public long Expected => Interlocked.Read(ref expected);

    /// <summary>Milliseconds from a request to its answer, with the challenge where one was needed.</summary>
    public ConcurrentBag<double> Latencies { get; } = [];

    /// <summary>Lets them work for a while, so many times as fast.</summary>
    public async Task RunAsync(int rate, TimeSpan time, CancellationToken stop)
    {
        var due = Channel.CreateUnbounded<(Act Act, int Person)>();
        var workers = Enumerable.Range(0, Connections).Select(_ => Task.Run(() => WorkAsync(due.Reader, stop))).ToArray();
        var next = Acts.Select(act => Gap(act.PerHour * rate)).ToArray();
        var turns = Acts.Select(_ => random.Next(people.Length)).ToArray();
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) is var now && now < time)
        {
            for (var i = 0; i < Acts.Length; i++)
            {
                for (; next[i] <= now; next[i] += Gap(Acts[i].PerHour * rate)) due.Writer.TryWrite((Acts[i].Act, turns[i]++ % people.Length));
            }
            await Task.Delay(TimeSpan.FromMilliseconds(1), stop);
        }
        due.Writer.Complete();
        await Task.WhenAll(workers);
    }

    // Until the next of all people does it.
    private TimeSpan Gap(double perHour) => TimeSpan.FromHours(-Math.Log(1 - random.NextDouble()) / perHour / people.Length);

    private async Task WorkAsync(ChannelReader<(Act Act, int Person)> due, CancellationToken stop)
    {
        HttpConnection? connection = null;
        var used = 0L;
        await foreach (var (act, person) in due.ReadAllAsync(stop))
        {
            if (connection is null || Stopwatch.GetElapsedTime(used) > LongestRest)
            {
                connection?.Dispose();
                connection = await HttpConnection.OpenAsync(port, stop);
            }
            await DoAsync(act, person, connection, stop);
            used = Stopwatch.GetTimestamp();
        }
        connection?.Dispose();
    }

    private async Task DoAsync(Act act, int number, HttpConnection connection, CancellationToken stop)
    {
        var person = people[number];
        switch (act)
        {
            case Act.RenewState:
                await ShowAsync();
                break;
            case Act.RenewAll:
                for (var i = 0; i < ids[number].Length; i++)
                {
                    await AskAsync(200, "SUBSCRIBE", people[(number + i) % people.Length].Path,
                        $"Subscription-Id: {ids[number][i]}\r\nSubscription-Lifetime: 14400\r\n");
                }
                break;
            case Act.ChangeState:
                isBusy[number] = !isBusy[number];
                Interlocked.Add(ref expected, ids[number].Length - 1);
                await ShowAsync();
                break;
            default:
                var other = people[(number + 1) % people.Length];
                Interlocked.Increment(ref expected);
                await AskAsync(200, "NOTIFY", other.Path, "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n", User.Message(person.Url, other.Url));
                break;
        }

        Task ShowAsync() => AskAsync(207, "PROPPATCH", person.Path, "", User.StateDocument(isBusy[number] ? "busy" : "online", StateLease));

        async Task AskAsync(int status, string verb, string path, string headers, string body = "")
        {
            var began = Stopwatch.GetTimestamp();
            await person.AskAsync(connection, status, verb, path, headers, body, stop);
            Latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
    }
}
