using System.Diagnostics;
using Rvp.Testing;
using RvpServer.Reliability.Crash;

namespace RvpServer.Reliability.Clusters;

/// <summary>People with ledgers at three processes of a cluster: each stays with one process while it lives, and goes to another when it does not.</summary>
internal sealed class ClusterRun : IAsyncDisposable
{
    private const int Processes = 3;
    private const int People = 12;
    private const int ContactsOfEach = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Clients that are cut off go elsewhere sooner than the server gives up.
    private static readonly TimeSpan PatienceOfClients = TimeSpan.FromSeconds(15);

    private readonly List<LedgerClient> clients;
    private readonly int[] connections = new int[People];
    private CancellationTokenSource stop = new();
    private List<Task> acting = [];

    private ClusterRun(RealCluster cluster)
    {
        Cluster = cluster;
        clients = [.. Enumerable.Range(0, People).Select(i => new LedgerClient(
            new Member(User.NameOf(i), () => PortOf(i), isPolled: i % 4 == 3) { Patience = PatienceOfClients },
            new Random(Rounds.Seed + i))
        {
            GoesOn = true,
        })];
        for (var i = 0; i < People; i++)
        {
            for (var k = 1; k <= ContactsOfEach; k++) clients[i].Contacts.Add(clients[(i + k) % People].Member);
        }
    }

    public RealCluster Cluster { get; }

    public int Promises => clients.Sum(client => client.Promises);

    /// <summary>How often clients were answered 503.</summary>
    public int Refused => clients.Sum(client => client.Member.Refused);

    /// <summary>How often clients had sent something, and no answer came.</summary>
    public int Unanswered => clients.Sum(client => client.Member.Unanswered);

    /// <summary>Starts processes, signs everybody in.</summary>
    /// <param name="accounts">How many accounts there are, with those of people who do nothing.</param>
    /// <param name="shards">The number of shards.</param>
    /// <param name="canBeCut">Whether processes may be cut off, which takes root.</param>
    /// <param name="program">The build that they are started from; null: this one.</param>
    /// <param name="hasStandby">Whether the database has a synchronous standby.</param>
    public static async Task<ClusterRun> StartAsync(int accounts = People, int shards = 64, bool canBeCut = false, string? program = null,
        bool hasStandby = false)
    {
        var run = new ClusterRun(await RealCluster.StartAsync(Processes, accounts, shards, canBeCut, program, hasStandby: hasStandby));
        try
        {
            foreach (var client in run.clients)
                await Deadline.Until(async () =>
                {
                    if (!client.IsSignedIn) await client.SignInAsync();
                    return client.IsSignedIn;
                }, $"{client.Member.Name} is signed in", () => run.Cluster.LogText, Patience);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Everybody begins to act.</summary>
    public void Begin()
    {
        stop.Dispose();
        stop = new CancellationTokenSource();
        acting = [.. clients.Select(client => client.ActAsync(clients, stop.Token))];
    }

    /// <summary>Everybody has come to an end.</summary>
    public async Task EndAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(acting);
    }

    /// <summary>How long it takes until everybody's node is served by one of these processes.</summary>
    public async Task<TimeSpan> ServedAgainAsync(RealServer by)
    {
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(clients.Select(async client =>
        {
            await using var other = new Member(client.Member.Name, () => by.Port);
            await Deadline.Until(
                async () => await other.Tries(person => person.LooksUp(person)) is { Status: 207 }, $"{other.Name} is served", () => Cluster.LogText, Patience);
        }));
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Promises that were not kept, a line each.</summary>
    public Task<List<string>> JudgeAsync() => LedgerClient.JudgeAllAsync(clients);

    /// <summary>Pictures that are still false after a while, a line each.</summary>
    public async Task<List<string>> JudgePicturesAsync()
    {
        var began = Stopwatch.GetTimestamp();
        List<string> wrong;
        do
        {
            wrong = [];
            foreach (var client in clients.Where(client => client.IsSignedIn))
            {
                await client.FetchAllAsync();
                wrong.AddRange(await client.JudgePicturesAsync());
            }
        }
        while (wrong.Count > 0 && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30));
        return wrong;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        foreach (var client in clients) await client.DisposeAsync();
        await Cluster.DisposeAsync();
        stop.Dispose();
    }

    // With a new connection everybody goes to the next process.
    private int PortOf(int person)
    {
        var running = Cluster.Running;
        return running.Count == 0 ? Cluster.Servers[0].Port : running[(person + connections[person]++) % running.Count].Port;
    }
}
