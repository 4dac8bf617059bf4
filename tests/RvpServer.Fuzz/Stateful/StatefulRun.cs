using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rvp.Testing;

namespace RvpServer.Fuzz.Stateful;

/// <summary>
/// A whole server, used by people who remember what they were promised, while others send it what no client would send. The same seed makes people do
/// the same and strangers send the same; only when these arrive is chance.
/// </summary>
internal sealed class StatefulRun
{
    private const int StepsOfARound = 40;
    private const int StrangersAtOnce = 4;
    private const int RequestsOfAStranger = 30;
    private const long MaxGrowth = 64 * 1024 * 1024;

    private static readonly string[] Names = ["JoBrown", "KariHensien", "DavidJones", "LindaMitchell"];
    private static readonly string[] Strangers = ["MalloryOne", "MalloryTwo"];

    private readonly Random random;
    private readonly LogCollector log = new();

    private StatefulRun(int seed) => random = new Random(seed);

    public static Task<StatefulTotals> RunAsync(int seed, int rounds) => new StatefulRun(seed).RunAsync(done => done < rounds);

    public static Task<StatefulTotals> RunAsync(int seed, TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        return new StatefulRun(seed).RunAsync(_ => Stopwatch.GetElapsedTime(began) < time);
    }

    private async Task<StatefulTotals> RunAsync(Func<int, bool> goesOn)
    {
        var server = await StartAsync();
        var people = Names.Select(name => new RememberingPerson(server.Person(name), random)).ToList();
        var totals = new StatefulTotals();
        long atFirst = 0;
        while (goesOn(totals.Rounds))
        {
            var others = Enumerable.Range(0, StrangersAtOnce)
                .Select(i => new StrangersRequests(random.Next(), Strangers[i % Strangers.Length], Names).SendAsync(server, RequestsOfAStranger)).ToList();
            for (var step = 0; step < StepsOfARound; step++)
                await people[random.Next(people.Count)].DoesSomethingAsync(people[random.Next(people.Count)]);
            foreach (var other in others) totals.Add(await other);

            var after = await server.AfterPowerCutAsync();
            await server.DisposeAsync();
            server = after;
            foreach (var one in people) one.Person.Server = server;
            foreach (var one in people) await one.SeesWhatWasPromisedAsync();
            totals.Rounds++;
            if (atFirst == 0) atFirst = GC.GetTotalMemory(forceFullCollection: true);
        }
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - atFirst, long.MinValue, MaxGrowth);
        foreach (var one in people) await one.Person.DisposeAsync();
        await server.DisposeAsync();
        Assert.Empty(log.Entries.Where(entry => entry.Level >= LogLevel.Error).Select(entry => $"{entry.Event}: {entry.Message} {entry.Cause}"));
        return totals;
    }

    private Task<TestServer> StartAsync() => TestServer.StartAsync(
        new Dictionary<string, string?>
        {
            // Strangers come from everywhere on loopback, and are many.
            ["Limits:RefusalBurst"] = "1000000",
            ["Dns:Servers:0"] = "127.0.0.1:1",
            ["Dns:Timeout"] = "00:00:00.2",
            ["Polling:MaxQueuedNotifications"] = "100000",
        },
        accounts: [.. Names.Concat(Strangers).Select(name => new TestAccount(name + "@adatum.com", name))],
        replace: services => services.AddSingleton<ILoggerFactory>(_ => LoggerFactory.Create(logging => logging.AddProvider(log.MakeProvider()))));
}

/// <summary>What a run was.</summary>
internal sealed class StatefulTotals
{
    private readonly SortedDictionary<int, int> answers = [];

    /// <summary>Each ends with a power cut, after which everything that was promised is looked at.</summary>
    public int Rounds { get; set; }

    /// <summary>Strangers' requests.</summary>
    public int Requests => answers.Values.Sum();

    public void Add(IEnumerable<int> statuses)
    {
        foreach (var status in statuses) answers[status] = answers.GetValueOrDefault(status) + 1;
    }

    public override string ToString() =>
        $"{Rounds} rounds, {Requests} strangers' requests: " + string.Join(", ", answers.Select(pair => $"{pair.Key} {pair.Value}x"));
}
