using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Rvp.Testing;
using RvpServer.Cluster;
using RvpServer.Home;

namespace RvpServer.Tests.Cluster;

/// <summary>Three servers in this process that are one home server.</summary>
public sealed class NewsElsewhereTests : IAsyncDisposable
{
    private const int Watchers = 48;
    private const int Shards = 32;

    private readonly TempFolder folder = new();
    private readonly CallCounter calls = new();
    private readonly List<TestServer> servers = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers) await server.StopAsync();
        foreach (var server in servers) await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_change_costs_a_call_for_each_process_and_not_for_each_watcher()
    {
        await StartAsync();
        var jo = servers[0].Person("JoBrown");
        await jo.SignsInToPoll();
        var watchers = Names.Select((name, i) => servers[i % servers.Count].Person(name)).ToList();
        foreach (var watcher in watchers)
        {
            Assert.Equal(200, (await watcher.SignsInToPoll()).Status);
            Assert.Equal(207, (await watcher.Watches(jo)).Status);
        }
        var before = calls.News;

        await jo.SetsState("busy");

        foreach (var watcher in watchers)
            await Deadline.Until(
                async () => (await watcher.Polls()).Body.Contains("<r:busy/>", StringComparison.Ordinal), $"{watcher.Name} sees it", () => "not");
        // What comes while the first is under way goes together; where this thread is held up, once or twice more.
        Assert.InRange(calls.News - before, 1, Watchers / 4);
    }

    private static IEnumerable<string> Names => Enumerable.Range(0, Watchers).Select(i => User.NameOf(i));

    private async Task StartAsync()
    {
        var secret = folder.WriteSecret("postgres.secret", await TestPostgres.CreateEmptyAsync());
        for (var i = 0; i < 3; i++)
        {
            servers.Add(await TestServer.StartAsync(
                new Dictionary<string, string?>
                {
                    ["Storage:Provider"] = "Postgres",
                    ["Storage:ConnectionStringFile"] = secret,
                    ["Cluster:Enabled"] = "true",
                    ["Cluster:Shards"] = Shards.ToString(CultureInfo.InvariantCulture),
                    ["Cluster:Listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Take()}"),
                },
                accounts: i > 0 ? [] : [new("JoBrown@adatum.com", "Jo Brown"), .. Names.Select(name => new TestAccount($"{name}@adatum.com", name))],
                replace: services => services.AddSingleton<IOutgoingGrainCallFilter>(calls), onPostgres: false));
        }
        await Deadline.Until(() => servers.Sum(CountShards) == Shards && servers.All(server => CountShards(server) > 0), "every shard with a server",
            () => string.Join(", ", servers.Select(CountShards)), TimeSpan.FromSeconds(60));
    }

    private static int CountShards(TestServer server) => server.Services.GetRequiredService<Shards>().Open.Count();

    private sealed class CallCounter : IOutgoingGrainCallFilter
    {
        private int news;

        public int News => Volatile.Read(ref news);

        public Task Invoke(IOutgoingGrainCallContext context)
        {
            if (context.MethodName == nameof(IShardGrain.TellAsync)) Interlocked.Increment(ref news);
            return context.Invoke();
        }
    }
}
