using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Cluster;
using RvpServer.Home;

namespace RvpServer.Tests.Cluster;

/// <summary>That what runs with RVP_TEST_STORE=Cluster is worth it: requests, news and messages go from one process to another.</summary>
public sealed class TestClusterTests
{
    [Fact]
    public async Task Most_requests_are_asked_of_a_process_that_does_not_have_the_node()
    {
        var calls = new CallCounter(nameof(IShardGrain.AskAsync));
        await using var server = await StartRehearsedAsync(calls);
        var before = calls.Count;
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");

        // Four of Jo's node and four of Kari's, three times: as many of each process.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await jo.SignsIn()).Status);
            Assert.Equal(200, (await kari.SignsIn()).Status);
            Assert.Equal(207, (await jo.LooksUp(kari)).Status);
            Assert.Equal(207, (await kari.LooksUp(jo)).Status);
            Assert.Equal(200, (await jo.ListsSignIns()).Status);
            Assert.Equal(200, (await kari.ListsSignIns()).Status);
            Assert.Equal(207, (await jo.LooksUp(kari)).Status);
            Assert.Equal(207, (await kari.LooksUp(jo)).Status);
        }

        Assert.Equal(16, calls.Count - before);
    }

    [Fact]
    public async Task Whoever_joins_rehearses_with_a_shard_of_nobody_that_comes_from_another_process_and_is_asked_from_there()
    {
        var calls = new CallCounter(nameof(IMemberGrain.RehearseAsync));
        await using var server = await StartRehearsedAsync(calls);

        Assert.Equal(2, calls.Count);
        Assert.Equal(TestCluster.Shards, server.Processes.Sum(process => process.GetRequiredService<Shards>().Open.Count()));
    }

    [Theory]
    [InlineData("JoBrown")]
    [InlineData("KariHensien")]
    public async Task A_node_is_with_one_process_and_all_of_them_have_some_shard(string name)
    {
        await using var server = await TestServer.StartAsync(store: TestStore.Cluster);

        var shards = server.Processes.Select(process => process.GetRequiredService<Shards>()).ToList();

        Assert.Equal(3, shards.Count);
        Assert.Equal(TestCluster.Shards, shards.Sum(some => some.Open.Count()));
        Assert.Single(shards, some => some.Find(RvpUrl.ForAlias("im.adatum.com", 80, name)) is not null);
    }

    // A rehearsal ends only if all of it went well.
    private static async Task<TestServer> StartRehearsedAsync(CallCounter calls)
    {
        var ends = new CallCounter(nameof(IShardGrain.EndAsync));
        var server = await TestServer.StartAsync(replace: services => services.AddSingleton<IOutgoingGrainCallFilter>(calls)
            .AddSingleton<IOutgoingGrainCallFilter>(ends), store: TestStore.Cluster);
        await Deadline.Until(() => ends.Count == 2, "both that joined have rehearsed", () => $"{ends.Count}");
        return server;
    }
}
