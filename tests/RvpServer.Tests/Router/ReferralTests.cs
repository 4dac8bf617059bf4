using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Tests.Authentication;

namespace RvpServer.Tests.Router;

public partial class ReferralTests
{
    [Theory]
    [InlineData("/instmsg/aliases/JoBrown", "http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("/instmsg/aliases/jobrown", "http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/jobrown")]
    [InlineData("/instmsg/aliases/KariHensien", "http://imhomeserver2.adatum.com:8080/instmsg/local/im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("/instmsg/local/im.adatum.com/instmsg/aliases/KARIHENSIEN",
        "http://imhomeserver2.adatum.com:8080/instmsg/local/im.adatum.com/instmsg/aliases/KARIHENSIEN")]
    [InlineData("http://im.adatum.com/instmsg/aliases/JoBrown", "http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown")]
    public async Task A_router_refers_to_the_home_server_in_the_callers_own_letters(string target, string location)
    {
        await using var server = await RouterSite.StartAsync();

        var answer = await server.AskAsync(
            $"SUBSCRIBE {target} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-Notifications-Version: 0.2\r\nNotification-Type: pragma/notify\r\n"
                + "Content-Length: 0\r\n\r\n");

        Assert.Equal($"HTTP/1.1 302 Object moved\r\nContent-Length: 0\r\nDate: \r\nLocation: {location}\r\nRVP-Notifications-Version: 0.2\r\n\r\n",
            Date().Replace(answer.Text, "Date: "));
    }

    [Theory]
    [InlineData("im", "/instmsg/aliases/JoBrown", 302)]
    [InlineData("im.adatum.com:8080", "/instmsg/aliases/JoBrown", 302)]
    [InlineData("im.adatum.com", "/instmsg/aliases/Nobody", 404)]
    [InlineData("im.adatum.com", "/instmsg/aliases/Lost", 404)]
    [InlineData("im.adatum.com", "/groups/rec-cycling", 404)]
    [InlineData("im.adatum.com", "/instmsg/local/im.contoso.com/instmsg/aliases/JoBrown", 404)]
    [InlineData("im.contoso.com", "/instmsg/aliases/JoBrown", 404)]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/aliases/KariHensien", 302)]
    [InlineData("imhomeserver2.adatum.com", "/instmsg/aliases/Nobody", 401)]
    public async Task What_nobody_hosts_is_not_found_and_home_servers_refer_too(string host, string target, int status)
    {
        await using var server = await RouterSite.StartAsync();

        var answer = await server.AskAsync($"PROPFIND {target} HTTP/1.1\r\nHost: {host}\r\nDepth: 0\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task A_router_refers_to_the_callers_own_home_server_for_what_that_relays()
    {
        await using var server = await RouterSite.StartAsync();

        var answer = await server.AskAsync(
            "NOTIFY /instmsg/local/im.contoso.com/instmsg/aliases/KariHensien HTTP/1.1\r\nHost: im.adatum.com\r\n"
                + "RVP-From-Principal: http://im.adatum.com/instmsg/aliases/JoBrown\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal("HTTP/1.1 302 Object moved", answer.StatusLine);
        Assert.Equal("http://imhomeserver1.adatum.com/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien", answer["Location"]);
    }

    [Fact]
    public async Task A_router_without_its_directory_says_so_and_when_to_come_again()
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, string?> { ["VirtualServers:0:Role"] = "Router" },
            replace: services => services.AddSingleton<IDirectory>(new InMemoryDirectory { IsDown = true }));

        var answer = await server.AskAsync("SUBSCRIBE /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(("HTTP/1.1 503 Service Unavailable", "5"), (answer.StatusLine, answer["Retry-After"]));
    }

    [Theory]
    [InlineData("/instmsg/aliases/J%C3%B8", 302, "http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/J%C3%B8")]
    [InlineData("/instmsg/aliases/Jø", 400, null)]
    [InlineData("/instmsg/aliases/JoBrown?a=%0d%0aX:1", 302, "http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown")]
    public async Task What_stands_in_a_request_line_stands_in_a_location(string target, int status, string? location)
    {
        await using var server = await RouterSite.StartAsync();
        await server.AddAccountAsync(new TestAccount("Jø@adatum.com", "Jø"));

        var answer = await server.AskAsync($"SUBSCRIBE {target} HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal((status, location), (answer.Status, answer["Location"]));
    }

    [Fact]
    public async Task A_router_says_501_to_unknown_verbs()
    {
        await using var server = await RouterSite.StartAsync();

        var answer = await server.AskAsync("GET /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\n\r\n");

        Assert.Equal("HTTP/1.1 501 Not Implemented", answer.StatusLine);
    }

    [Fact]
    public async Task People_of_two_home_servers_see_and_hear_each_other()
    {
        await using var server = await RouterSite.StartAsync();
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");

        Assert.Equal(200, (await jo.SignsIn()).Status);
        Assert.Equal(200, (await kari.SignsIn()).Status);
        Assert.Equal(207, (await kari.Watches(jo)).Status);
        Assert.Equal(207, (await jo.SetsState("busy")).Status);
        await kari.Sees(jo, "busy");
        Assert.Equal("HTTP/1.1 200 Successful", (await kari.Says(jo, "Let's have lunch")).StatusLine);

        Assert.Equal(kari.MessageTo(jo, "Let's have lunch"), (await jo.Callback.NextAsync()).Body);
    }

    [Fact]
    public async Task Domains_in_one_process_are_strangers_to_each_other()
    {
        await using var server = await RouterSite.StartAsync(
            ("VirtualServers:3:Name", "contoso"), ("VirtualServers:3:Domain", "im.contoso.com"), ("VirtualServers:3:HostNames:0", "im.contoso.com"));

        var answer = await server.AskAsync("PROPFIND /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.contoso.com\r\nDepth: 0\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(401, answer.Status);
    }

    [GeneratedRegex("Date: [^\r]*")]
    private static partial Regex Date();
}
