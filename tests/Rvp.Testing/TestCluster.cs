using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RvpServer;
using RvpServer.Cluster;
using RvpServer.Home;
using RvpServer.Nodes;

namespace Rvp.Testing;

/// <summary>
/// Three hosts in this process that are one home server, as three processes with one PostgreSQL would be: each has ports, a folder and the whole composition
/// of its own, and nodes are with one of them. Whoever asks them in turn mostly asks one that does not have the node.
/// </summary>
internal sealed class TestCluster
{
    /// <summary>The number of shards: few, since each test opens them.</summary>
    public const int Shards = 8;

    private const int Count = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // For ever: a machine that is restarted comes back to its address, and so the others know at once that what was there is dead.
    private readonly IReadOnlyList<(int Http, int Listen)> ports;
    private readonly bool isCut;

    public TestCluster() => ports = [.. Enumerable.Range(0, Count).Select(_ => (FreePort.Take(), FreePort.Take()))];

    private TestCluster(TestCluster former) => (ports, isCut) = (former.ports, true);

    /// <summary>The configurations of its processes.</summary>
    /// <param name="common">What they have in common, and what the first has for itself: its ports and its folder.</param>
    /// <param name="folder">That folder.</param>
    public IEnumerable<Dictionary<string, string?>> ConfigurationsOf(Dictionary<string, string?> common, string folder)
    {
        for (var i = 0; i < Count; i++)
        {
            var own = new Dictionary<string, string?>(common)
            {
                ["Rvp:Cluster:Enabled"] = "true",
                ["Rvp:Cluster:Listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports[i].Listen}"),
            };
            if (i > 0)
            {
                own["Urls"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[i].Http}");
                own["Rvp:DataDirectory"] = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"process{i}"));
            }
            yield return own;
        }
    }

    /// <summary>
    /// Whether others answer, and how long they are waited for, is about machines, whose time no test moves: only the server's own time is the test's.
    /// </summary>
    public static void LeaveMachinesTheirTime(IServiceCollection services)
    {
        services.AddKeyedSingleton(KeyedService.AnyKey, TimeProvider.System)
            .AddSingleton(Make<Draining>).AddSingleton(Make<StoreWatch>).AddSingleton(Make<ShardDoubts>).AddSingleton<INodes>(Make<ClusterNodes>);
        var keeper = services.Single(service => service.ImplementationType == typeof(ShardKeeper));
        services[services.IndexOf(keeper)] = ServiceDescriptor.Singleton<IHostedService>(Make<ShardKeeper>);
    }

    /// <summary>Starts them, and waits until all know each other and every shard is where it belongs.</summary>
    public async Task StartAsync(IReadOnlyList<WebApplication> processes)
    {
        if (isCut)
        {
            // Each would wait for those that it believes to be at the others' addresses still.
            await Task.WhenAll(processes.Select(process => ServerHost.StartAsync(process, CancellationToken.None)));
        }
        else
        {
            // Members that join at the same moment get in each other's way in the database, and try again after seconds.
            foreach (var process in processes) await ServerHost.StartAsync(process, CancellationToken.None);
        }
        await Deadline.Until(() => processes.All(HasItsShards), "every shard where it belongs",
            () => string.Join("; ", processes.Select(process => string.Join(' ', ShardsOf(process).Open.Select(shard => shard.Number)))), Patience);
    }

    /// <summary>The same machines after a power cut, which nobody has told the members of.</summary>
    public TestCluster AfterPowerCut() => new(this);

    /// <summary>Waits until no news are on their way from one to another.</summary>
    public static Task NewsHaveCrossedAsync(IReadOnlyList<IServiceProvider> processes) => Deadline.Until(
        () => processes.All(process => process.GetRequiredService<NewsElsewhere>().IsIdle), "no news under way", () => "some are");

    /// <summary>Ends one at once, as far as that can be done from within: nothing is handed over, nothing waited for.</summary>
    public static async Task KillAsync(WebApplication process)
    {
        try
        {
            await process.StopAsync(new CancellationToken(canceled: true));
        }
        catch (Exception failure) when (failure is OperationCanceledException or AggregateException)
        {
            // Parts of it wanted to end in good order.
        }
        await process.DisposeAsync();
    }

    private static T Make<T>(IServiceProvider provider) => ActivatorUtilities.CreateInstance<T>(provider, TimeProvider.System);

    private static Shards ShardsOf(WebApplication process) => process.Services.GetRequiredService<Shards>();

    private static bool HasItsShards(WebApplication process)
    {
        var (members, shards) = (process.Services.GetRequiredService<Members>(), ShardsOf(process));
        return members.Active.Count == Count
            && Enumerable.Range(0, Shards).All(number => shards.IsMissing(number) != members.Best(number).Equals(members.Here));
    }
}
