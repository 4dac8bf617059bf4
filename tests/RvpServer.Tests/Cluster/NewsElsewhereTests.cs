using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Rvp.Testing;
using RvpServer.Cluster;

namespace RvpServer.Tests.Cluster;

/// <summary>News from a node to watchers whose nodes other processes have.</summary>
public sealed class NewsElsewhereTests
{
    private const int Watchers = 48;

    [Fact]
    public async Task A_change_costs_a_call_for_each_process_and_not_for_each_watcher()
    {
        var calls = new CallCounter(nameof(IShardGrain.TellAsync));
        string[] names = [.. Enumerable.Range(0, Watchers).Select(i => User.NameOf(i))];
        await using var server = await TestServer.StartAsync(
            accounts: [new("JoBrown@adatum.com", "Jo Brown"), .. names.Select(name => new TestAccount($"{name}@adatum.com", name))],
            replace: services => services.AddSingleton<IOutgoingGrainCallFilter>(calls), store: TestStore.Cluster);
        var jo = server.Person("JoBrown");
        await jo.SignsInToPoll();
        var watchers = names.Select(name => server.Person(name)).ToList();
        foreach (var watcher in watchers)
        {
            Assert.Equal(200, (await watcher.SignsInToPoll()).Status);
            Assert.Equal(207, (await watcher.Watches(jo)).Status);
        }
        var before = calls.Count;

        await jo.SetsState("busy");

        foreach (var watcher in watchers)
            await Deadline.Until(
                async () => (await watcher.Polls()).Body.Contains("<r:busy/>", StringComparison.Ordinal), $"{watcher.Name} sees it", () => "not");
        // What comes while the first is under way goes together; where this thread is held up, once or twice more.
        Assert.InRange(calls.Count - before, 1, Watchers / 4);
    }
}
