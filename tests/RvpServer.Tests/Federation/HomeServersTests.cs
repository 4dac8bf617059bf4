using Microsoft.Extensions.DependencyInjection;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Home;

namespace RvpServer.Tests.Federation;

/// <summary>Two home servers of im.adatum.com in two processes: Jo Brown on the first, Kari Hensien on the second.</summary>
public sealed class HomeServersTests : IAsyncDisposable
{
    private readonly Organisations organisations = new();

    public ValueTask DisposeAsync() => organisations.DisposeAsync();

    [Fact]
    public async Task People_of_one_domain_on_two_processes_see_and_hear_each_other()
    {
        var (jo, kari) = await StartAsync();
        await jo.SignsIn();
        await kari.SignsIn();

        Assert.Equal(207, (await WatchesAsync(jo, kari)).Status);
        await kari.SetsState("busy");
        await jo.Sees(kari, "busy");
        await kari.SetsState("on-phone");
        await jo.Sees(kari, "on-phone");
        var answer = await jo.Asks("NOTIFY", Physical(kari), "RVP-Ack-Type: DeepAnd\r\nRVP-Hop-Count: 1\r\n", jo.MessageTo(kari, "Let's have lunch"));

        Assert.Equal("HTTP/1.1 200 Successful", answer.StatusLine);
        Assert.Equal(jo.MessageTo(kari, "Let's have lunch"), (await kari.Callback.NextAsync()).Body);
    }

    [Fact]
    public async Task Someone_is_found_on_another_process_by_a_further_address()
    {
        var (jo, kari) = await StartAsync();
        await kari.SignsIn();
        Assert.True(ImAddress.TryParse("kari@adatum.com", out var address));
        foreach (var server in new[] { jo.Server, kari.Server })
            await Accounts(server).AddAddressAsync((await AccountAsync(server, "KariHensien"))!, address, CancellationToken.None);

        var answer = await jo.Asks("NOTIFY", "/instmsg/local/im.adatum.com/instmsg/aliases/kari", "RVP-Hop-Count: 1\r\n", jo.MessageTo(kari, "Hello"));

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Someone_who_moves_to_another_server_is_signed_off_here()
    {
        var (jo, _) = await StartAsync();
        await jo.SignsIn();
        await jo.Watches(jo);
        await jo.SetsState("busy");
        await jo.Sees(jo, "busy");

        await Accounts(jo.Server).MoveAsync((await AccountAsync(jo.Server, "JoBrown"))!, "imhomeserver2.adatum.com", CancellationToken.None);
        var nodes = jo.Server.Services.GetRequiredService<NodeTurns>();

        await Deadline.Until(() => nodes.All.All(slot => slot.Node.SignIns.IsEmpty), "no sign-in any more", () => "one");
        Assert.Equal(302, (await jo.Server.AskAsync($"SUBSCRIBE {jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Length: 0\r\n\r\n")).Status);
    }

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("192.0.2.12", 401)]
    public async Task A_fellow_server_is_believed_about_its_own_accounts_when_it_comes_from_its_address(string address, int status)
    {
        var jo = organisations.Person(await HomeAsync("imhomeserver1", "imhomeserver2.adatum.com", ("Federation:Trusted:0", null)), "JoBrown");
        var kari = organisations.Person(jo.Server, "KariHensien");
        organisations.Dns.HasAddress("imhomeserver2.adatum.com", address);
        await jo.SignsIn();

        var answer = await jo.Server.AskAsync(Message(kari, jo));

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData("JoBrown")]
    [InlineData("Nobody")]
    public async Task Nobody_is_believed_about_accounts_hosted_here_or_nowhere(string name)
    {
        var jo = organisations.Person(await HomeAsync("imhomeserver1", "imhomeserver2.adatum.com"), "JoBrown");
        await jo.SignsIn();

        var answer = await jo.Server.AskAsync(Message(organisations.Person(jo.Server, name), jo));

        Assert.Equal(401, answer.Status);
    }

    [Theory]
    [InlineData("im.adatum.com", "KariHensien", 401)]
    [InlineData("imhomeserver2.adatum.com", "KariHensien", 200)]
    [InlineData("imhomeserver2.adatum.com", "JoBrown", 401)]
    public async Task A_server_that_signs_with_its_own_name_tells_news_of_its_own_accounts(string principal, string from, int status)
    {
        var jo = organisations.Person(await HomeAsync("imhomeserver1", "imhomeserver2.adatum.com"), "JoBrown");
        await jo.SignsIn();

        var answer = await jo.Server.AskAsync(News(principal, organisations.Person(jo.Server, from), jo));

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData("im.contoso.com", "im.contoso.com", "127.0.0.1", 200)]
    [InlineData("imhomeserver1.contoso.com", "im.contoso.com", "127.0.0.1", 200)]
    [InlineData("im.contoso.com", "im.contoso.com", "192.0.2.20", 401)]
    [InlineData("im.contoso.com", "im.sales.contoso.com", "127.0.0.1", 401)]
    public async Task Another_organisations_server_may_sign_with_its_own_name_too(string principal, string domain, string address, int status)
    {
        var jo = organisations.Person(await HomeAsync("imhomeserver1", null, ("Federation:Trusted:0", null)), "JoBrown");
        organisations.Dns.HasAddress("im.contoso.com", address).HasAddress("imhomeserver1.contoso.com", address);
        await jo.SignsIn();

        var answer = await jo.Server.AskAsync(News(principal, organisations.Person(jo.Server, "KariHensien", domain), jo));

        Assert.Equal(status, answer.Status);
    }

    private async Task<(Person Jo, Person Kari)> StartAsync()
    {
        var port = FreePort.Take();
        var first = await HomeAsync("imhomeserver1", $"imhomeserver2.adatum.com:{port}");
        var second = await HomeAsync("imhomeserver2", null, port);
        await second.AddAccountAsync(new TestAccount("JoBrown@adatum.com", "Jo Brown", Home: $"imhomeserver1.adatum.com:{first.Port}"));
        organisations.Dns.HasAddress("imhomeserver1.adatum.com", "127.0.0.1").HasAddress("imhomeserver2.adatum.com", "127.0.0.1");
        return (organisations.Person(first, "JoBrown"), organisations.Person(second, "KariHensien"));
    }

    /// <summary>A home server; the first has Jo and knows where Kari is, the second has Kari.</summary>
    private Task<TestServer> HomeAsync(string name, string? homeOfKari, params (string Key, string? Value)[] overrides) =>
        HomeAsync(name, homeOfKari, port: 0, overrides);

    private Task<TestServer> HomeAsync(string name, string? homeOfKari, int port, params (string Key, string? Value)[] overrides) =>
        organisations.StartAsync(
            new() { ["VirtualServers:0:Name"] = name, ["VirtualServers:0:HostNames:1"] = name + ".adatum.com", ["Federation:Trusted:0"] = "127.0.0.0/8" }, null,
            homeOfKari is null && name == "imhomeserver2" ? [new TestAccount("KariHensien@adatum.com", "Kari Hensien", Home: null)]
            : homeOfKari is null ? [new TestAccount("JoBrown@adatum.com", "Jo Brown")]
            : [new TestAccount("JoBrown@adatum.com", "Jo Brown"), new TestAccount("KariHensien@adatum.com", "Kari Hensien", Home: homeOfKari)],
            port, overrides);

    private static Accounts Accounts(TestServer server) => server.Services.GetRequiredService<Accounts>();

    private static async Task<Account?> AccountAsync(TestServer server, string name) =>
        await server.Services.GetRequiredService<IDirectory>().FindAsync("im.adatum.com", name, CancellationToken.None);

    private static Task<RawAnswer> WatchesAsync(Person watcher, Person other) =>
        watcher.Asks("SUBSCRIBE", Physical(other), "Notification-Type: update/propchange\r\n");

    private static string Physical(Person person) => "/instmsg/local/im.adatum.com" + person.Path;

    private static string Message(Person from, Person to) => Notify(from.Url, to, from.MessageTo(to, "Hello"));

    private static string News(string principal, Person from, Person to) =>
        Notify(principal, to, $"<?xml version=\"1.0\"?><r:notification {Person.Namespaces}><r:propnotification><r:notification-from><r:contact>"
                + $"<d:href>{from.Url}</d:href></r:contact></r:notification-from>"
                + $"<r:notification-to><r:contact><d:href>{to.Url}</d:href></r:contact></r:notification-to><d:propertyupdate><d:set><d:prop><r:state><r:busy/>"
                + "</r:state></d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>");

    private static string Notify(string principal, Person to, string body) =>
        $"NOTIFY {to.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: {principal}\r\nRVP-Hop-Count: 2\r\nContent-Type: text/xml\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}";
}
