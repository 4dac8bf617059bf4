using System.Net;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Requests;
using RvpServer.Tests.Authentication;
using RvpServer.Tests.Directories;
using RvpServer.Tests.Runtime;

namespace RvpServer.Tests.Requests;

/// <summary>A stranger asks a directory that takes its time for one invented name after the other.</summary>
public sealed class WaitsTests : IDisposable
{
    private static readonly IPAddress Stranger = IPAddress.Parse("203.0.113.7");
    private static readonly IPAddress Somebody = IPAddress.Parse("198.51.100.1");

    private readonly Abuse abuse = new();
    private readonly WatchedDirectory directory = new(new InMemoryDirectory());
    private readonly Waits waits;

    public WaitsTests()
    {
        var domains = new ImDomains([new("imhomeserver1", Role.Home, "im.adatum.com", ["im.adatum.com"], 80)], new Dictionary<string, string>());
        waits = new Waits(new NodeLocator(domains, directory, new MovedHomes()), new LimitsOptions(), abuse.Log);
    }

    public void Dispose() => abuse.Dispose();

    [Fact]
    public async Task One_address_may_wait_for_half_of_all_and_leaves_room_for_everybody_else()
    {
        var asked = Enumerable.Range(0, 3000).Select(i => Asks($"x{i}", Stranger)).ToList();
        var other = Asks("slow", Somebody);
        var jo = Asks("JoBrown", Somebody);

        var refused = asked.Where(lookup => lookup.IsFaulted).Select(lookup => lookup.Exception!.InnerException).ToList();
        Assert.Equal(3000 - 2048, refused.Count);
        Assert.All(refused, cause => Assert.Equal(Refusal.Busy, Assert.IsType<RvpException>(cause).Refusal));
        Assert.False(other.IsCompleted);
        Assert.NotNull((await jo).Account);

        for (var i = 0; i < 3000; i++) directory.Release($"x{i}");
        await Task.WhenAll(asked.Where(lookup => !lookup.IsFaulted));
        Assert.False(Asks("again", Stranger).IsFaulted);
    }

    private Task<NodeEntry> Asks(string name, IPAddress from)
    {
        if (name != "JoBrown") directory.Hold(name);
        return waits.LocateAsync(RvpUrl.ForAlias("im.adatum.com", 80, name), known: null, from, CancellationToken.None).AsTask();
    }
}
