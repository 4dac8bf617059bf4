using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Tests.Directories;
using RvpServer.Tests.Router;

namespace RvpServer.Tests.Requests;

/// <summary>What the stages of a request's way find out, they find out once.</summary>
public class OncePerRequestTests
{
    [Fact]
    public async Task Each_account_is_looked_up_once_for_a_watch_and_once_for_a_message()
    {
        // The loops stand still: they look accounts up, too.
        await using var server = await TestServer.StartAsync(clock: new FakeTimeProvider(DateTimeOffset.UtcNow), replace: WatchedDirectory.Replace);
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await jo.SignsIn();
        await kari.SignsIn();
        var directory = server.Services.GetRequiredService<WatchedDirectory>();

        directory.Forget();
        Assert.Equal(207, (await kari.Watches(jo)).Status);
        Assert.Equal(["jobrown", "karihensien"], directory.Asked.Order(StringComparer.Ordinal));

        directory.Forget();
        Assert.Equal(200, (await kari.Says(jo, "Hello")).Status);
        Assert.Equal(["jobrown", "karihensien"], directory.Asked.Order(StringComparer.Ordinal));

        directory.Forget();
        Assert.Equal(207, (await jo.SetsState("busy")).Status);
        Assert.Equal(["jobrown"], directory.Asked);

        directory.Forget();
        Assert.Equal(401, (await server.AskAsync(
            $"ACL {jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: {jo.Url}\r\nContent-Length: 0\r\n\r\n")).Status);
        Assert.Equal(["jobrown"], directory.Asked);
    }

    [Fact]
    public async Task A_stranger_proves_nothing_by_asking_the_home_server_beside()
    {
        await using var server = await RouterSite.StartAsync(
            ("Firewall:Enabled", "true"), ("Firewall:InternalRanges:0", "127.0.0.0/8"), ("Firewall:Inside", "Proxy"), ("VirtualServers:2:Port", "80"));

        foreach (var verb in new[] { "PROPFIND", "SUBSCRIBE", "NOTIFY" })
        {
            var answer = await server.AskAsync(
                $"{verb} /instmsg/local/im.adatum.com/instmsg/aliases/KariHensien HTTP/1.1\r\nHost: imhomeserver1.adatum.com\r\nDepth: 0\r\n"
                + "Notification-Type: update/propchange\r\nCall-Back: http://127.0.0.1:1051\r\nContent-Length: 0\r\n\r\n");
            Assert.Equal(401, answer.Status);
        }
    }

    [Theory]
    [InlineData("Refer")]
    [InlineData("Proxy")]
    public async Task A_proof_is_judged_once_also_where_the_home_server_beside_is_asked_for(string inside)
    {
        await using var server = await RouterSite.StartAsync(
            ("Firewall:Enabled", "true"), ("Firewall:InternalRanges:0", "127.0.0.0/8"), ("Firewall:Inside", inside), ("VirtualServers:2:Port", "80"));
        await using var kari = server.Person("KariHensien");
        kari.Host = "imhomeserver2.adatum.com";
        kari.Prefix = "/instmsg/local/im.adatum.com";
        Assert.Equal(200, (await kari.SignsIn()).Status);
        await using var jo = server.Person("JoBrown");

        foreach (var sender in new[] { jo, kari })
        {
            sender.Host = "imhomeserver1.adatum.com";
            sender.Prefix = "/instmsg/local/im.adatum.com";
            Assert.Equal(200, (await sender.Says(kari, "Hello")).Status);
            Assert.Equal(sender.MessageTo(kari, "Hello"), (await kari.Callback.NextAsync()).Body);
            Assert.Equal(207, (await sender.Watches(kari)).Status);
        }
    }
}
