using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// People who sign in as old clients do: each takes a challenge and a proof, says online, and watches twenty contacts, who watch in turn and are told. Contacts
/// have been there for long, each with a callback of its own; all that is told is counted.
/// </summary>
internal sealed class Crowd(int comers, CallbackSink sink)
{
    /// <summary>Contacts of each.</summary>
    public const int Contacts = 20;

    /// <summary>Requests with which one signs in: the challenge, the sign-in, the state, the watches.</summary>
    public const int Requests = 3 + Contacts;

    private const int Many = 16;

    // Of those who are there already; a port of the sink for each.
    private readonly int watchers = sink.Ports.Count;
    private readonly string[] subscriptions = new string[comers];

    /// <summary>Accounts that a server must have: first those who come, then those who are there already.</summary>
    public int Accounts => comers + watchers;

    /// <summary>The contacts sign in and watch.</summary>
    public Task PrepareAsync(int port, CancellationToken stop) => EachAsync(watchers, Many, port, async (number, connection) =>
    {
        var watcher = new User(comers + number);
        await watcher.SignInAsync(connection, "http://127.0.0.1:" + Table.Text(sink.Ports[number]), stop);
        for (var comer = 0; comer < comers; comer++)
            if (ContactsOf(comer).Contains(number)) await watcher.WatchAsync(connection, new User(comer).Path, stop);
    });

    /// <summary>All sign in, 16 at a time, each on a connection of its own; ends when all contacts have been told.</summary>
    public async Task SignInAsync(int port, CancellationToken stop, int atATime = Many)
    {
        var told = sink.Expect(comers * Contacts);
        await EachAsync(comers, atATime, port, async (number, _) =>
        {
            using var connection = await HttpConnection.OpenAsync(port, stop);
            var comer = new User(number);
            await comer.SignInAsync(connection, $"http://127.0.0.1:{sink.Ports[0]}/{number}", stop);
            subscriptions[number] = connection.Head.Split("\r\n").First(line => line.StartsWith("Subscription-Id: ", StringComparison.OrdinalIgnoreCase));
            await comer.ShowAsync(connection, "online", stop);
            foreach (var contact in ContactsOf(number)) await comer.WatchAsync(connection, new User(comers + contact).Path, stop);
        });
        await told;
    }

    /// <summary>All sign out again.</summary>
    public async Task SignOutAsync(int port, CancellationToken stop)
    {
        var told = sink.Expect(comers * Contacts);
        await EachAsync(comers, Many, port, async (number, connection) =>
        {
            var comer = new User(number);
            await comer.AskAsync(connection, 200, "UNSUBSCRIBE", comer.Path, subscriptions[number] + "\r\n", "", stop);
        });
        await told;
    }

    private IEnumerable<int> ContactsOf(int comer) => Enumerable.Range(0, Contacts).Select(step => (comer + step) % watchers);

    private static Task EachAsync(int count, int atATime, int port, Func<int, HttpConnection, Task> work) =>
        Task.WhenAll(Enumerable.Range(0, atATime).Select(n => Task.Run(async () =>
        {
            using var connection = await HttpConnection.OpenAsync(port, CancellationToken.None);
            for (var i = n; i < count; i += atATime) await work(i, connection);
        })));
}
