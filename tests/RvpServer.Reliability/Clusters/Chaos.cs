using System.Globalization;
using Rvp.Testing;

namespace RvpServer.Reliability.Clusters;

/// <summary>Troubles one after the other. Each befalls the cluster under load; when it is over, every ledger and picture is compared.</summary>
internal sealed class Chaos(ClusterRun run, Random random, Action<string> print)
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongAway = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Trouble[] Cuts = [Trouble.CutFromOthers, Trouble.CutFromDatabase, Trouble.CutFromEverything];
    private static readonly Trouble[] OfTheDatabase = [Trouble.DatabaseStopped, Trouble.DatabaseKilled, Trouble.DatabaseCut];

    private readonly List<(Trouble Trouble, TimeSpan ServedAgain)> past = [];

    private RealCluster Cluster => run.Cluster;

    /// <summary>Promises that were broken and pictures that stayed false, a line each.</summary>
    public List<string> Wrong { get; } = [];

    /// <summary>All that has happened so far, a line for each kind.</summary>
    public string Figures => string.Join('\n', past.GroupBy(one => one.Trouble).Select(kind =>
    {
        var times = kind.Select(one => one.ServedAgain.TotalSeconds).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture,
            $"{kind.Key}: {times.Count} times, served again after {times[0]:0.0} s, {times[times.Count / 2]:0.0} s, {times[^1]:0.0} s (least, median, most)");
    }).Append(string.Create(CultureInfo.InvariantCulture,
        $"seed {Rounds.Seed}: {run.Promises} promises, {Wrong.Count} broken or false; 503: {run.Refused}; no answer: {run.Unanswered}")));

    /// <summary>Four kills, a freeze and a cut a round, and in three of five rounds something of the database, at random.</summary>
    public static Trouble[] Plan(int rounds, Random random)
    {
        var plan = new List<Trouble>();
        for (var round = 0; round < rounds; round++)
        {
            plan.AddRange([Trouble.Kill, Trouble.Kill, Trouble.Kill, Trouble.Kill, Trouble.Freeze, Cuts[round % 3]]);
            if (round % 5 % 2 == 0) plan.Add(OfTheDatabase[round % 5 / 2]);
        }
        var shuffled = plan.ToArray();
        random.Shuffle(shuffled);
        return shuffled;
    }

    /// <summary>One of them.</summary>
    public async Task PlayAsync(Trouble trouble)
    {
        run.Begin();
        await Task.Delay(random.Next(500, 2500));
        var (noticed, servedAgain) = await (trouble switch
        {
            Trouble.Kill => KillAsync(),
            Trouble.Freeze => FreezeAsync(),
            Trouble.CutFromOthers => CutOffAsync(CutFrom.Others),
            Trouble.CutFromDatabase => CutOffAsync(CutFrom.Database),
            Trouble.CutFromEverything => CutOffAsync(CutFrom.Everything),
            _ => WithoutDatabaseAsync(trouble),
        });
        past.Add((trouble, servedAgain));
        print(string.Create(CultureInfo.InvariantCulture,
            $"{trouble}: noticed after {noticed.TotalSeconds:0.0} s, served again after {servedAgain.TotalSeconds:0.0} s"));
        await Task.Delay(random.Next(500, 1500));
        await run.EndAsync();
        var name = string.Create(CultureInfo.InvariantCulture, $"{past.Count}, {trouble}");
        Wrong.AddRange((await run.JudgePicturesAsync()).Concat(await run.JudgeAsync()).Select(line => $"{name}: {line}"));
    }

    private (RealServer Victim, RealServer Other) Pick()
    {
        var victim = random.Next(Cluster.Servers.Count);
        return (Cluster.Servers[victim], Cluster.Servers[(victim + 1) % Cluster.Servers.Count]);
    }

    private async Task<(TimeSpan Noticed, TimeSpan ServedAgain)> KillAsync()
    {
        var (victim, other) = Pick();
        var dead = await Cluster.CountDeadAsync();
        await victim.KillAsync();
        var servedAgain = await ServedAgainAsync(other, dead);
        await Cluster.StartAgainAsync(victim);
        return servedAgain;
    }

    // What it wrote when it goes on the fence has to refuse.
    private async Task<(TimeSpan Noticed, TimeSpan ServedAgain)> FreezeAsync()
    {
        var (victim, other) = Pick();
        var dead = await Cluster.CountDeadAsync();
        await victim.StopForAWhileAsync();
        Cluster.Leave(victim);
        var servedAgain = await ServedAgainAsync(other, dead);
        await victim.ContinueAsync();
        await EndsAsync(victim);
        await Cluster.StartAgainAsync(victim);
        return servedAgain;
    }

    private async Task<(TimeSpan Noticed, TimeSpan ServedAgain)> CutOffAsync(CutFrom from)
    {
        var (victim, other) = Pick();
        var dead = await Cluster.CountDeadAsync();
        await Cluster.CutOffAsync(victim, from);
        if (from == CutFrom.Everything) Cluster.Leave(victim);
        var servedAgain = await ServedAgainAsync(other, dead);
        // It learns that it is taken for dead in the database; or sees that it alone does not reach that.
        if (from != CutFrom.Everything) await EndsAsync(victim);
        await Cluster.MendAsync();
        if (from == CutFrom.Everything) await EndsAsync(victim);
        await Cluster.StartAgainAsync(victim);
        return servedAgain;
    }

    private async Task<(TimeSpan Noticed, TimeSpan ServedAgain)> WithoutDatabaseAsync(Trouble trouble)
    {
        if (trouble == Trouble.DatabaseCut)
        {
            foreach (var server in Cluster.Servers) await Cluster.CutOffAsync(server, CutFrom.Database);
            await Task.Delay(LongAway);
            await Cluster.MendAsync();
        }
        else if (trouble == Trouble.DatabaseFailsOver)
        {
            await Cluster.FailOverAsync(Away);
        }
        else
        {
            if (trouble == Trouble.DatabaseKilled) await Cluster.Postgres.KillAsync();
            else await Cluster.Postgres.StopAsync();
            await Task.Delay(Away);
            await Cluster.Postgres.BeginAsync();
        }
        var servedAgain = await run.ServedAgainAsync(Pick().Other);
        await Cluster.SettlesAsync();
        // Nobody has left for it.
        Assert.Equal(Cluster.Servers.Count, Cluster.Running.Count);
        return (TimeSpan.Zero, servedAgain);
    }

    private async Task<(TimeSpan Noticed, TimeSpan ServedAgain)> ServedAgainAsync(RealServer by, int dead)
    {
        var noticing = Cluster.NoticesAsync(dead + 1);
        var servedAgain = await run.ServedAgainAsync(by);
        return (await noticing, servedAgain);
    }

    private async Task EndsAsync(RealServer victim)
    {
        var code = await victim.EndAsync(Patience);
        Assert.True(code != 0, $"It ended with exit code 0.\n{victim.LogText}");
    }
}
