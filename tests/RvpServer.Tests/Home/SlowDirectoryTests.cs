using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Tests.Directories;

namespace RvpServer.Tests.Home;

/// <summary>Where a watcher's home is, the directory says; one answer that takes its time holds up nobody else's news.</summary>
public class SlowDirectoryTests
{
    [Fact]
    public async Task While_the_directory_is_slow_about_one_watcher_the_others_hear()
    {
        await using var elsewhere = CallbackListener.Start(CallbackReply.KeepAlive);
        var home = $"imhomeserver2.adatum.com:{elsewhere.Port}";
        var dns = new FakeDns().HasAddress("imhomeserver2.adatum.com", "127.0.0.1");
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, string?> { ["Federation:Trusted:0"] = "127.0.0.0/8" },
            accounts:
            [
                new TestAccount("JoBrown@adatum.com", "Jo Brown"),
                new TestAccount("Slow@adatum.com", "Slow", Home: home),
                new TestAccount("KariHensien@adatum.com", "Kari Hensien", Home: home),
            ],
            replace: services =>
            {
                dns.Replace(services);
                WatchedDirectory.Replace(services);
            });
        var directory = server.Services.GetRequiredService<WatchedDirectory>();
        await using var jo = server.Person("JoBrown");
        await jo.SignsIn();
        foreach (var watcher in new[] { "Slow", "KariHensien" })
        {
            var url = $"http://im.adatum.com/instmsg/aliases/{watcher}";
            var answer = await server.AskAsync(
                $"SUBSCRIBE {jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: {url}\r\nNotification-Type: update/propchange\r\n"
                + $"Call-Back: {url}\r\nContent-Length: 0\r\n\r\n");
            Assert.Equal(207, answer.Status);
        }

        directory.Hold("Slow");
        await jo.SetsState("busy");
        await jo.SetsState("away");

        Assert.Equal([("KariHensien", true), ("KariHensien", false)], [Read(await elsewhere.NextAsync()), Read(await elsewhere.NextAsync())]);
        directory.Release("Slow");
        Assert.Equal([("Slow", true), ("Slow", false)], [Read(await elsewhere.NextAsync()), Read(await elsewhere.NextAsync())]);
    }

    private static (string Watcher, bool IsBusy) Read(ReceivedNotify news) =>
        (news.RequestLine.Split(' ')[1].Split('/')[^1], news.Body.Contains("<r:busy/>", StringComparison.Ordinal));
}
