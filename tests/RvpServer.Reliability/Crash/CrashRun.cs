using System.Diagnostics;
using System.Globalization;
using Rvp.Testing;

namespace RvpServer.Reliability.Crash;

/// <summary>
/// Rounds of load, SIGKILL at a random moment, start and comparison: five in the test run, any number by <c>tests/reliability crash ROUNDS</c>.
/// </summary>
public sealed class CrashRun : IAsyncLifetime
{
    private const int People = 12;
    private const int ContactsOfEach = 6;

    /// <summary>How long a picture may be false after a start.</summary>
    private static readonly TimeSpan PicturesWithin = TimeSpan.FromSeconds(5);

    /// <summary>How long after a start messages may be on their way that were kept for a callback.</summary>
    private static readonly TimeSpan MessagesWithin = TimeSpan.FromSeconds(20);

    private readonly List<TimeSpan> starts = [];
    private readonly List<TimeSpan> untilShown = [];
    private readonly List<TimeSpan> untilTrue = [];

    /// <summary>Promises that were broken, a line each.</summary>
    public List<string> Broken { get; } = [];

    /// <summary>Messages shown more than once.</summary>
    public List<string> Repeated { get; } = [];

    /// <summary>States shown that are not true.</summary>
    public List<string> FalsePictures { get; } = [];

    /// <summary>What was tried and what it took, a line.</summary>
    public string Figures { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var random = new Random(Rounds.Seed);
        var rounds = Rounds.Or(5);
        await using var server = await RealServer.StartAsync(People);
        var clients = Enumerable.Range(0, People)
            .Select(i => new LedgerClient(
                new Member(User.NameOf(i), () => server.Port, isPolled: i % 4 == 3), new Random(Rounds.Seed + i)))
            .ToList();
        var clerk = new Clerk(server, new Random(Rounds.Seed + People));
        for (var i = 0; i < People; i++)
        {
            for (var k = 1; k <= ContactsOfEach; k++) clients[i].Contacts.Add(clients[(i + k) % People].Member);
        }
        foreach (var client in clients) await client.SignInAsync();

        for (var round = 1; round <= rounds; round++)
        {
            using var stop = new CancellationTokenSource();
            var acting = clients.Select(client => client.ActAsync(clients, stop.Token)).ToList();
            var administering = clerk.ActAsync();
            await Task.Delay(random.Next(300, 2500));
            await server.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(acting);
            await administering;
            if (random.Next(5) == 0)
            {
                server.BeginStart();
                await Task.Delay(random.Next(50, 1500));
                await server.KillAsync();
            }

            var began = Stopwatch.GetTimestamp();
            await server.StartAsync();
            starts.Add(Stopwatch.GetElapsedTime(began));
            await JudgeAsync(clients, clerk, round);
        }

        var pairs = rounds * People * ContactsOfEach;
        Figures = string.Create(CultureInfo.InvariantCulture,
            $"seed {Rounds.Seed}: {rounds} kills, {clients.Sum(client => client.Promises) + clerk.Promises} promises, {Broken.Count} broken, "
            + $"{Repeated.Count} messages shown twice; {FalsePictures.Count} of {pairs} pictures false after {PicturesWithin.TotalSeconds} s, all true after "
            + $"{untilTrue.Max().TotalSeconds:0.0} s at most; all messages shown after {untilShown.Max().TotalSeconds:0.0} s "
            + $"at most; ready after {starts.Average(start => start.TotalSeconds):0.0} s, "
            + $"{starts.Max().TotalSeconds:0.0} s at most");
        foreach (var client in clients) await client.DisposeAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task JudgeAsync(List<LedgerClient> clients, Clerk clerk, int round)
    {
        void Add(List<string> to, IEnumerable<string> lines) =>
            to.AddRange(lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"round {round}, {line}")));

        foreach (var client in clients) await client.Member.HangsUp();
        // Pictures first: what is looked at in the ledgers changes states and fetches news.
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
        while (wrong.Count > 0 && Stopwatch.GetElapsedTime(began) < PicturesWithin);
        untilTrue.Add(Stopwatch.GetElapsedTime(began));
        Add(FalsePictures, wrong);

        foreach (var client in clients) Add(Broken, await client.JudgeAsync());
        Add(Broken, await clerk.JudgeAsync());
        foreach (var client in clients) await client.FetchAllAsync();
        // To callbacks the server hands one after the other what waited while nobody was there.
        var waited = Stopwatch.GetTimestamp();
        while (clients.Any(client => client.AwaitsMessages) && Stopwatch.GetElapsedTime(waited) < MessagesWithin) await Task.Delay(50);
        untilShown.Add(Stopwatch.GetElapsedTime(waited));
        foreach (var client in clients) Add(Broken, client.JudgeMessages());
        foreach (var client in clients) Add(Repeated, client.JudgeRepeated());
    }
}
