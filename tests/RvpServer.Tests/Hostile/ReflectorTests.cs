using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Outbound;

namespace RvpServer.Tests.Hostile;

/// <summary>A stranger whose zone has many names, all of which lead to somebody else.</summary>
public class ReflectorTests
{
    [Fact]
    public async Task One_change_makes_no_storm_at_a_third_party()
    {
        const int names = 200;
        var clock = new FakeTimeProvider();
        await using var third = CallbackListener.Start(CallbackReply.Status(404, "Not Found"));
        var dns = new FakeDns();
        foreach (var name in Enumerable.Range(0, names).Select(i => $"n{i}.evil.example"))
            dns.HasService(name, $"0 0 {third.Port} {name}").HasAddress(name, "127.0.0.1");
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, string?> { ["Federation:Trusted:0"] = "127.0.0.0/8", ["Federation:CallableRanges:0"] = "127.0.0.0/8" },
            clock, null, dns.Replace);
        await using var kari = server.Person("KariHensien");
        await kari.SignsIn();
        for (var i = 0; i < names; i++)
        {
            var watcher = $"http://n{i}.evil.example/instmsg/aliases/a";
            var answer = await server.AskAsync("SUBSCRIBE /instmsg/aliases/KariHensien HTTP/1.1\r\nHost: im.adatum.com\r\n"
                + $"Notification-Type: update/propchange\r\nRVP-From-Principal: {watcher}\r\nCall-Back: {watcher}\r\n\r\n");
            Assert.Equal(207, answer.Status);
        }

        await kari.SetsState("busy");
        await Deadline.Until(() => third.ConnectionCount >= CalledAddresses.Burst, "the first calls", () => $"{third.ConnectionCount}");
        // The rest is put off, each for longer than before, and goes on with the time.
        var began = clock.GetUtcNow();
        for (var more = 0; more < 3; more++)
        {
            var before = third.ConnectionCount;
            await Deadline.Until(() => third.ConnectionCount > before || IsLater(), "another call", () => $"{third.ConnectionCount}");
        }

        Assert.InRange(third.ConnectionCount, CalledAddresses.Burst, CalledAddresses.Burst + (16 * (clock.GetUtcNow() - began).TotalSeconds));

        bool IsLater()
        {
            clock.Advance(TimeSpan.FromSeconds(0.25));
            return false;
        }
    }
}
