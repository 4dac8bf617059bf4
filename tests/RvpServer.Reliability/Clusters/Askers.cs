using System.Diagnostics;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Storage;

namespace RvpServer.Reliability.Clusters;

/// <summary>
/// Somebody in every shard who looks at the own node all the time. When a process closes the connection, or takes none, the next one is asked, as by clients
/// that have several addresses.
/// </summary>
internal sealed class Askers : IAsyncDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);

    private readonly RealCluster cluster;
    private readonly CancellationTokenSource stop = new();
    private readonly List<Member> members = [];
    private readonly List<string> refusals = [];
    private readonly Lock gate = new();
    private List<Task> asking = [];
    private TimeSpan longest;

    private Askers(RealCluster cluster) => this.cluster = cluster;

    /// <summary>How often the right answer came.</summary>
    public int Answered { get; private set; }

    /// <summary>How often a request was sent, and no answer came.</summary>
    public int Unanswered => members.Sum(member => member.Unanswered);

    /// <summary>Other answers than the right one.</summary>
    public IReadOnlyList<string> Refusals
    {
        get
        {
            lock (gate) return [.. refusals];
        }
    }

    /// <summary>One for each shard, of so many accounts; returns when each was answered once.</summary>
    public static async Task<Askers> BeginAsync(RealCluster cluster, int accounts)
    {
        var askers = new Askers(cluster);
        var names = Enumerable.Range(0, accounts).Select(i => User.NameOf(i))
            .GroupBy(name => ShardMap.Of(RvpUrl.ForAlias("im.adatum.com", 80, name), cluster.Shards)).Select(shard => shard.First()).ToList();
        Assert.Equal(cluster.Shards, names.Count);
        foreach (var name in names)
        {
            var at = askers.members.Count;
            var member = new Member(name, () => cluster.Servers[at++ % cluster.Servers.Count].Port);
            askers.members.Add(member);
            await member.LooksUp(member);
        }
        askers.asking = [.. askers.members.Select(askers.AskAsync)];
        return askers;
    }

    /// <summary>The longest time, since this was asked last, that somebody has waited for the answer, with other processes tried.</summary>
    public async Task<TimeSpan> TakeLongestAsync()
    {
        // Whoever waits now waits because of what was.
        await Task.WhenAll(members.Select(member => member.Tries(person => person.LooksUp(person))));
        lock (gate)
        {
            var taken = longest;
            longest = TimeSpan.Zero;
            return taken;
        }
    }

    /// <summary>All of them come to an end.</summary>
    public async Task EndAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(asking);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        foreach (var member in members) await member.DisposeAsync();
        stop.Dispose();
    }

    private async Task AskAsync(Member member)
    {
        while (!stop.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            RawAnswer? answer;
            do answer = await member.Tries(person => person.LooksUp(person));
            while (answer is null && cluster.Running.Count > 0);
            var time = Stopwatch.GetElapsedTime(began);
            lock (gate)
            {
                if (answer is { Status: 207 }) Answered++;
                else refusals.Add($"{member.Name}: {answer?.StatusLine ?? "no answer"}");
                if (time > longest) longest = time;
            }
            await Task.Delay(Between);
        }
    }
}
