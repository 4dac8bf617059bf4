using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Home;
using RvpServer.Outbound;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;

namespace RvpServer.Tests.Home;

/// <summary>Two servers with one store, each of which has some of the shards.</summary>
public sealed class ShardTests : IAsyncLifetime
{
    private static readonly RvpUrl[] People = [RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown"), RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien")];

    private TestServer first = null!;
    private TestServer second = null!;

    public async Task InitializeAsync()
    {
        first = await TestServer.StartAsync(
            new Dictionary<string, string?> { ["Messages:Offline"] = "true" }, replace: BecomeOneOfMany, store: TestStore.Postgres);
        second = await first.AfterPowerCutAsync();
    }

    public async Task DisposeAsync()
    {
        await second.DisposeAsync();
        await first.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_is_served_before_the_shard_is_taken()
    {
        await using var jo = first.Person("JoBrown");

        Assert.Equal(503, (await jo.SignsInToPoll()).Status);
        await OpenAsync(first);
        Assert.Equal(200, (await jo.SignsInToPoll()).Status);
    }

    [Fact]
    public async Task A_shard_that_is_given_up_and_taken_elsewhere_goes_on_there_with_everything()
    {
        await using var jo = first.Person("JoBrown");
        await using var kari = first.Person("KariHensien");
        await OpenAsync(first);
        await jo.SignsInToPoll();
        await kari.SignsInToPoll();
        Assert.Equal(200, (await jo.Says(kari, "before")).Status);

        await CloseAsync(first);
        var refused = await jo.Says(kari, "between");
        await OpenAsync(second);
        (jo.Server, kari.Server) = (second, second);

        Assert.Equal(503, refused.Status);
        Assert.Equal(200, (await jo.Says(kari, "after")).Status);
        var polled = (await kari.Polls()).Body;
        Assert.Contains("before", polled, StringComparison.Ordinal);
        Assert.DoesNotContain("between", polled, StringComparison.Ordinal);
        Assert.Contains("after", polled, StringComparison.Ordinal);
        Assert.Equal(200, (await jo.ListsSignIns()).Status);
        Assert.Empty(first.Services.GetRequiredService<NodeTurns>().All);
        Assert.Equal(0, first.Services.GetRequiredService<InboxRoom>().Taken);
    }

    [Fact]
    public async Task A_shard_that_was_taken_away_is_noticed_by_the_next_change_and_comes_back_as_the_store_has_it()
    {
        await using var jo = first.Person("JoBrown");
        await using var kari = first.Person("KariHensien");
        await OpenAsync(first);
        await kari.SignsInToPoll();
        await jo.SignsInToPoll();
        var lost = new List<short>();
        first.Services.GetRequiredService<Shards>().Lost += shard => lost.Add(shard.Number);

        await OpenAsync(second);
        Assert.Equal(503, (await jo.Says(kari, "lost")).Status);
        Assert.Contains(NumberOf(first, 1), lost);
        (jo.Server, kari.Server) = (second, second);
        Assert.Equal(200, (await jo.Says(kari, "kept")).Status);
        // What is in memory there is not given back, since it is not its own any more.
        await CloseAsync(first);
        Assert.Equal(200, (await jo.Says(kari, "kept too")).Status);
        await CloseAsync(second);
        await OpenAsync(first);
        (jo.Server, kari.Server) = (first, first);

        var polled = (await kari.Polls()).Body;
        Assert.DoesNotContain("lost", polled, StringComparison.Ordinal);
        Assert.Contains("kept too", polled, StringComparison.Ordinal);
    }

    private static void BecomeOneOfMany(IServiceCollection services) => services
        .AddSingleton(provider => new PostgresStore(
            provider.GetRequiredService<PostgresDatabase>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PostgresStore>>(), isOneOfMany: true))
        .AddSingleton(provider => Shards.None(provider.GetRequiredService<IStore>().Shards));

    private static short NumberOf(TestServer server, int person) => ShardMap.Of(People[person], server.Services.GetRequiredService<Shards>().Count);

    private static async Task OpenAsync(TestServer server)
    {
        var loading = server.Services.GetRequiredService<NodeLoading>();
        var numbers = People.Select((_, i) => NumberOf(server, i)).Distinct().ToList();
        await loading.OpenAsync(numbers, server.Services.GetRequiredService<CallbackGuard>().Remember, CancellationToken.None);
    }

    private static async Task CloseAsync(TestServer server)
    {
        foreach (var shard in server.Services.GetRequiredService<Shards>().Open.ToList())
            await server.Services.GetRequiredService<NodeLoading>().CloseAsync(shard);
    }
}
