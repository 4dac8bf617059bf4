using System.Diagnostics;
using Rvp.Testing;
using RvpServer.Reliability.Crash;

namespace RvpServer.Reliability.Databases;

/// <summary>People with ledgers at one server on PostgreSQL, and somebody who only waits to be served.</summary>
internal sealed class DatabaseRun : IAsyncDisposable
{
    private const int People = 8;
    private const int ContactsOfEach = 3;

    private const int Bystander = People;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TempFolder folder;
    private readonly List<LedgerClient> clients;
    private readonly CancellationTokenSource stop = new();
    private List<Task> acting = [];

    private DatabaseRun(RealServer server, TempFolder folder)
    {
        Server = server;
        this.folder = folder;
        Jo = new Member(User.NameOf(Bystander), () => server.Port, isPolled: true);
        clients = [.. Enumerable.Range(0, People).Select(i => new LedgerClient(
            new Member(User.NameOf(i), () => server.Port, isPolled: i % 4 == 3), new Random(Rounds.Seed + i)) { GoesOn = true })];
        for (var i = 0; i < People; i++)
            for (var k = 1; k <= ContactsOfEach; k++) clients[i].Contacts.Add(clients[(i + k) % People].Member);
    }

    public RealServer Server { get; }

    /// <summary>Who only waits to be served.</summary>
    public Member Jo { get; }

    public int Promises => clients.Sum(client => client.Promises);

    /// <summary>Starts the server, and signs everybody in.</summary>
    /// <param name="connection">To the database, as an administrator writes it.</param>
    /// <param name="group">See <see cref="RealServer.Group"/>.</param>
    public static async Task<DatabaseRun> StartAsync(string connection, int? group = null)
    {
        var folder = new TempFolder();
        var server = await RealServer.MakeAsync(People + 1, SettingsOf(folder, connection), group);
        var run = new DatabaseRun(server, folder);
        try
        {
            await server.StartAsync();
            Assert.Equal(200, (await run.Jo.SignsIn())?.Status);
            foreach (var client in run.clients) await client.SignInAsync();
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>The variables of a server on a database.</summary>
    public static Dictionary<string, string> SettingsOf(TempFolder folder, string connection) => new()
    {
        ["Rvp__Storage__Provider"] = "Postgres",
        ["Rvp__Storage__ConnectionStringFile"] = folder.WriteSecret("postgres.secret", connection),
        ["Rvp__Messages__Offline"] = "true",
    };

    /// <summary>Everybody begins to act, and has done something.</summary>
    public async Task BeginAsync()
    {
        var before = Promises;
        acting = [.. clients.Select(client => client.ActAsync(clients, stop.Token))];
        await Deadline.Until(() => Promises > before + (10 * People), "some promises", () => Server.LogText, Patience);
    }

    /// <summary>How long it takes until Jo's state is stored.</summary>
    public async Task<TimeSpan> ServedAgainAsync()
    {
        var began = Stopwatch.GetTimestamp();
        await Deadline.Until(async () => (await Jo.SetsState("busy"))?.Status == 207, "Jo is served", () => Server.LogText, Patience);
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Everybody comes to an end; gives the promises that were not kept, a line each.</summary>
    public async Task<List<string>> JudgeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(acting);
        return await LedgerClient.JudgeAllAsync(clients);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(acting);
        foreach (var client in clients) await client.DisposeAsync();
        await Jo.DisposeAsync();
        await Server.DisposeAsync();
        folder.Dispose();
        stop.Dispose();
    }
}
