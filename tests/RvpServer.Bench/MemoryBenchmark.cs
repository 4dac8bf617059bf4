using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// What an account costs a home server that is signed in, shows a state, watches 20 others and is watched by 20: everything that remains in
/// the server process after a full collection, directory cache and nonces included, connections not (all are closed again).
/// </summary>
internal static class MemoryBenchmark
{
    private const int Connections = 16;
    private const int Contacts = 20;
    private const int FirstFew = 100;

    public static async Task RunAsync(int accounts, Scorecard score, CancellationToken stop)
    {
        await using var server = await ChildServer.StartAsync(
            ChildServer.Rvp, [Table.Text(FirstFew + accounts), "clock", "log"], stop);
        // The first few bring what a server has once: pools, caches, compiled code.
        var warm = Users(0, FirstFew);
        await EachAsync(warm, server.Port, SignInAsync, stop);
        await EachAsync(warm, server.Port, WatchAsync, stop);
        // At rest, as at the end: what only serves requests is forgotten again, such as the secrets that proofs were judged by.
        await server.MemoryAsync(stop, minutesLater: 6);
        var before = await server.MemoryAsync(stop);

        var users = Users(FirstFew, accounts);
        await EachAsync(users, server.Port, SignInAsync, stop);
        var signedIn = await server.MemoryAsync(stop);
        await EachAsync(users, server.Port, WatchAsync, stop);
        var watching = await server.MemoryAsync(stop);
        await server.MemoryAsync(stop, minutesLater: 6);
        var atRest = await server.MemoryAsync(stop);

        Console.WriteLine($"memory: {accounts} accounts, {Contacts} watches each; bytes per account");
        Console.WriteLine($"{"",-32}{"heap",10}{"working set",14}");
        Line("signed in, with a state", signedIn, before);
        Line($"{Contacts} watches", watching, signedIn);
        Line("together", watching, before);
        Line("the same, idle for six minutes", atRest, before);
        score.AtMost($"memory of an account with {Contacts} contacts, idle", 2560, (atRest.Heap - before.Heap) / (double)accounts, "bytes");
        Console.WriteLine($"working set of the server process: {watching.WorkingSet / 1024.0 / 1024:F0} MiB");

        void Line(string name, (long Heap, long WorkingSet) after, (long Heap, long WorkingSet) earlier)
        {
            var heap = (after.Heap - earlier.Heap) / (double)accounts;
            var workingSet = (after.WorkingSet - earlier.WorkingSet) / (double)accounts;
            Console.WriteLine($"{name,-32}{heap,10:F0}{workingSet,14:F0}");
        }
    }

    private static Contact[] Users(int first, int count)
    {
        return [.. Enumerable.Range(0, count).Select(i => new Contact(new User(first + i), WatchedBy(i)))];

        string[] WatchedBy(int i) => [.. Enumerable.Range(1, Math.Min(Contacts, count - 1)).Select(step => new User(first + ((i + step) % count)).Path)];
    }

    private static async Task EachAsync(Contact[] users, int port, Func<Contact, HttpConnection, CancellationToken, Task> work, CancellationToken stop) =>
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(n => Task.Run(async () =>
        {
            using var connection = await HttpConnection.OpenAsync(port, stop);
            for (var i = n; i < users.Length; i += Connections) await work(users[i], connection, stop);
        })));

    private static async Task SignInAsync(Contact contact, HttpConnection connection, CancellationToken stop)
    {
        // Nothing is ever sent there: all states are set before anybody watches.
        await contact.User.SignInAsync(connection, "http://127.0.0.1:1051" + contact.User.Path[8..], stop);
        await contact.User.ShowAsync(connection, "online", stop);
    }

    private static async Task WatchAsync(Contact contact, HttpConnection connection, CancellationToken stop)
    {
        foreach (var other in contact.Watched)
            await contact.User.WatchAsync(connection, other, stop);
    }

    private sealed record Contact(User User, string[] Watched);
}
