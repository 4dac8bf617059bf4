using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// People at the processes of a cluster, each on a connection of its own to one of them: the first have callbacks and act, as many others poll and watch them.
/// Which process has an account has nothing to do with the process that its client asks.
/// </summary>
internal sealed class ClusterCrowd(RealCluster cluster, int count, CancellationToken stop)
{
    private const int AtOnce = 32;
    private const string WriteHeaders = "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n";

    private readonly User[] people = [.. Enumerable.Range(0, 2 * count).Select(i => new User(i))];
    private readonly int[] turns = new int[count];

    /// <summary>Somebody looks somebody else up.</summary>
    public byte[] LooksUp(int person) => people[person].Request("PROPFIND", people[(person + 1) % count].Path, "Depth: 0\r\n");

    /// <summary>Somebody whom nobody watches shows another state.</summary>
    public byte[] SetsOwnState(int person) => people[count + person].ShowRequest(NextState(person));

    /// <summary>Somebody who is watched shows another state.</summary>
    public byte[] SetsWatchedState(int person) => people[person].ShowRequest(NextState(person));

    /// <summary>Somebody writes to somebody else, who has a callback.</summary>
    public byte[] Writes(int person)
    {
        var (from, to) = (people[person], people[(person + 1) % count]);
        return from.Request("NOTIFY", to.Path, WriteHeaders, User.Message(from.Url, to.Url));
    }

    /// <summary>Everybody signs in; those who poll watch so many of the others.</summary>
    public Task SignInAsync(CallbackSink sink, int watched) => EachAsync(count, async (i, connection) =>
    {
        await people[i].SignInAsync(connection, "http://127.0.0.1:" + Table.Text(sink.Ports[i]), stop);
        var poller = people[count + i];
        await poller.AskAsync(connection, 200, "SUBSCRIBE", poller.Path, "Notification-Type: pragma/notify\r\nSubscription-Lifetime: 14400\r\n", "", stop);
        for (var k = 0; k < watched; k++) await poller.WatchAsync(connection, people[(i + k) % count].Path, stop);
    });

    /// <summary>So many more sign in, where nobody listens, and watch each other.</summary>
    public Task SignInManyAsync(int first, int more, int contacts)
    {
        var users = Enumerable.Range((2 * count) + first, more).Select(i => new User(i)).ToArray();
        return EachAsync(more, async (i, connection) =>
        {
            await users[i].SignInAsync(connection, User.CallbackOf(i).ToString(), stop);
            for (var k = 1; k <= contacts; k++) await users[i].WatchAsync(connection, users[(i + k) % more].Path, stop);
        });
    }

    /// <summary>All act for a while, one request after the other; gives how many there were.</summary>
    public async Task<int> RunAsync(Func<int, byte[]> write, int status, TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        var done = await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(async () =>
        {
            using var connection = await HttpConnection.OpenAsync(PortOf(i), stop);
            // A nonce serves for five minutes, at the process that gave it.
            foreach (var user in new[] { people[i], people[count + i] }) await user.TakeChallengeAsync(connection, stop);
            var requests = 0;
            for (; Stopwatch.GetElapsedTime(began) < time; requests++)
            {
                if (await connection.AskAsync(write(i), stop) != status) throw new InvalidOperationException("The answer was " + connection.Head);
            }
            return requests;
        })));
        return done.Sum();
    }

    private async Task EachAsync(int number, Func<int, HttpConnection, Task> work) =>
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(n => Task.Run(async () =>
        {
            for (var i = n; i < number; i += AtOnce)
            {
                using var connection = await HttpConnection.OpenAsync(PortOf(i), stop);
                await work(i, connection);
            }
        })));

    private string NextState(int person) => turns[person]++ % 2 == 0 ? "busy" : "away";

    private int PortOf(int person) => cluster.Servers[person % cluster.Servers.Count].Port;
}
