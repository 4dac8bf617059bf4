using Microsoft.Extensions.DependencyInjection;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Home;

namespace RvpServer.Tests.Cluster;

/// <summary>Long polls at processes that do not have the node.</summary>
public sealed class LongPollTests : IAsyncLifetime
{
    private static readonly RvpUrl KarisNode = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");

    private TestServer server = null!;

    public async Task InitializeAsync() => server = await TestServer.StartAsync(store: TestStore.Cluster);

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Who_waits_is_heard_of_as_long_as_that_lasts()
    {
        await using var kari = KariAt(1);
        await using var jo = server.Person("JoBrown");
        await kari.SignsInToPoll();

        var waiting = kari.Polls(headers: "Prefer: wait=300\r\n");

        await Deadline.Until(
            async () => (await server.ShortestLeasesAsync(KarisNode)).Silence > TimeSpan.FromSeconds(300), "a poll that waits", () => "none");
        Assert.Equal(200, (await jo.Says(kari, "Hello")).Status);
        Assert.Equal(200, (await waiting).Status);
    }

    // From the one that has the node: which process takes the first poll, which the second.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public async Task A_newer_one_ends_an_older_one_wherever_they_wait(int first, int second)
    {
        await using var here = KariAt(first);
        await using var there = KariAt(second);
        await using var jo = server.Person("JoBrown");
        await here.SignsInToPoll();
        var line = $"Subscription-Id: {here.SignIn}\r\nPrefer: wait=60\r\n";

        var one = here.Asks("POLL", here.Path, line);
        var other = there.Asks("POLL", there.Path, line);
        var sentHome = await Task.WhenAny(one, other);
        var stays = sentHome == one ? other : one;
        // The other way round, too.
        var newest = (sentHome == one ? here : there).Asks("POLL", here.Path, line);

        Assert.Equal(204, (await sentHome).Status);
        Assert.Equal(204, (await stays).Status);
        Assert.Equal(200, (await jo.Says(here, "Hello")).Status);
        Assert.Contains("Hello", (await newest).Body, StringComparison.Ordinal);
    }

    // Always at one process: so many after the one that has the node.
    private Person KariAt(int distance)
    {
        var home = server.Processes.ToList().FindIndex(process => process.GetRequiredService<Shards>().Find(KarisNode) is not null);
        return new Person(
            request => server.AskAsync(request, (home + distance) % server.Processes.Count), "KariHensien", "im.adatum.com", TestServer.Password);
    }
}
