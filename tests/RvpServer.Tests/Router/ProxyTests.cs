using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Requests;
using RvpServer.Tests.Hostile;

namespace RvpServer.Tests.Router;

/// <summary>What outsiders get: the home server's answer through the router, in the same process and in another.</summary>
public class ProxyTests
{
    private readonly FakeDns dns = new FakeDns().HasAddress("imhomeserver1.adatum.com", "127.0.0.1").HasAddress("a.adatum.com", "127.0.0.1")
        .HasAddress("b.adatum.com", "127.0.0.1");

    private Action<IServiceCollection> replace = _ => { };

    [Fact]
    public async Task An_outsider_signs_in_with_digest_through_a_router_in_the_same_process()
    {
        await using var server = await RouterSite.StartAsync(("Firewall:Enabled", "true"));
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");

        Assert.Equal("HTTP/1.1 200 Successful", (await jo.SignsIn()).StatusLine);
        Assert.Equal(207, (await kari.Watches(jo)).Status);
        Assert.Equal("HTTP/1.1 207 Multi-Status", (await jo.SetsState("busy")).StatusLine);
    }

    [Fact]
    public async Task Bodies_that_do_not_come_from_one_network_leave_room_for_others_at_a_router()
    {
        await using var home = await TestServer.StartAsync(
            new Dictionary<string, string?> { ["VirtualServers:0:HostNames:0"] = "imhomeserver1", ["Proxies:0"] = "127.0.0.1" });
        await using var router = await RouterOfAsync(home.Port);
        await using var jo = router.Person("JoBrown");
        await using var kari = router.Person("KariHensien");
        await using var stranger = new Neighbour(router);
        await jo.SignsIn();

        await stranger.OpensAsync(1030, _ => Neighbour.SlowMessage("RVP-From-Principal: attacker.example\r\n"), Neighbour.Network);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(200, (await kari.Says(jo, $"Number {i}")).Status);
            await jo.Hears(kari, $"Number {i}");
        }
    }

    [Fact]
    public async Task What_a_router_delays_the_home_server_does_not_delay_too()
    {
        await using var home = await TestServer.StartAsync(new Dictionary<string, string?>
        {
            ["VirtualServers:0:HostNames:0"] = "imhomeserver1",
            ["Proxies:0"] = "127.0.0.1",
            ["Limits:RefusalBurst"] = "1",
            ["Limits:RefusalsPerSecond"] = "1",
        });
        await using var router = await RouterOfAsync(home.Port);

        for (var i = 0; i < 20; i++) Assert.Equal(401, (await router.AskAsync(SignIn(""))).Status);

        var metrics = await RawConnection.AskAsync(home.AdminPort, "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        Assert.DoesNotContain("rvp_abuse_total{kind=\"Refusals\"}", metrics.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAFASgKAAAADw==\r\n")]
    public async Task A_router_in_the_same_process_offers_outsiders_digest_alone(string authorization)
    {
        await using var server = await RouterSite.StartAsync(("Firewall:Enabled", "true"));

        var answer = await server.AskAsync(SignIn(authorization));

        Assert.Equal("HTTP/1.1 401 Unauthorized", answer.StatusLine);
        Assert.StartsWith("Digest realm=\"im.adatum.com\", qop=\"auth\", algorithm=MD5, nonce=", Assert.Single(answer.All("WWW-Authenticate")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outsider_signs_in_with_digest_through_a_router_to_another_process()
    {
        await using var home = await TestServer.StartAsync(
            new Dictionary<string, string?> { ["VirtualServers:0:HostNames:0"] = "imhomeserver1", ["Proxies:0"] = "127.0.0.1" });
        await using var router = await RouterOfAsync(home.Port);
        await using var jo = router.Person("JoBrown");
        await using var kari = router.Person("KariHensien");

        Assert.Equal("HTTP/1.1 200 Successful", (await jo.SignsIn()).StatusLine);
        Assert.Equal("HTTP/1.1 207 Multi-Status", (await kari.Watches(jo)).StatusLine);
        Assert.Equal(207, (await jo.SetsState("busy")).Status);
        Assert.Equal("HTTP/1.1 200 Successful", (await kari.Says(jo, "Grüß Gott")).StatusLine);

        Assert.Equal(kari.MessageTo(jo, "Grüß Gott"), (await jo.Callback.NextAsync()).Body);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAFASgKAAAADw==\r\n")]
    public async Task A_router_removes_ntlm_from_what_another_process_answers(string authorization)
    {
        await using var home = await TestServer.StartAsync(new Dictionary<string, string?> { ["VirtualServers:0:HostNames:0"] = "imhomeserver1" });
        await using var router = await RouterOfAsync(home.Port);

        var answer = await router.AskAsync(SignIn(authorization));

        Assert.Equal(2, (await home.AskAsync(SignIn("").Replace("im.adatum.com", "imhomeserver1.adatum.com", StringComparison.Ordinal)))
            .All("WWW-Authenticate").Count);
        Assert.Equal("HTTP/1.1 401 Unauthorized", answer.StatusLine);
        Assert.StartsWith("Digest ", Assert.Single(answer.All("WWW-Authenticate")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_home_server_gets_the_physical_url_the_address_and_one_hop_more()
    {
        await using var home = CallbackListener.Start(
            new CallbackReply("HTTP/1.1 200 Successful\r\nRVP-Notifications-Version: 1.0\r\nContent-Length: 0\r\n\r\n", AfterReply.KeepOpen));
        await using var router = await RouterOfAsync(home.Port);

        var answer = await router.AskAsync(
            "NOTIFY /instmsg/aliases/jobrown?x HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-Hop-Count: 1\r\nX-Forwarded-For: 192.0.2.66\r\n"
                + "RVP-From-Principal: http://im.contoso.com/instmsg/aliases/KariHensién\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>");

        var request = await home.NextAsync();
        Assert.Equal("NOTIFY /instmsg/local/im.adatum.com/instmsg/aliases/jobrown HTTP/1.1", request.RequestLine);
        Assert.Equal($"imhomeserver1.adatum.com:{home.Port}", request["Host"]);
        Assert.Equal("2", request["RVP-Hop-Count"]);
        Assert.Equal("1.1 im.adatum.com", request["Via"]);
        Assert.EndsWith("127.0.0.1", string.Join(',', request.Headers.Where(header => header.Key == "X-Forwarded-For").Select(header => header.Value)),
            StringComparison.Ordinal);
        Assert.Contains("KariHensiÃ©n", request["RVP-From-Principal"], StringComparison.Ordinal);
        Assert.Equal("<a/>", request.Body);
        Assert.Equal("HTTP/1.1 200 Successful", answer.StatusLine);
        Assert.Equal("1.0", answer["RVP-Notifications-Version"]);
        Assert.Equal("0", answer["Content-Length"]);
    }

    [Fact]
    public async Task A_chunked_answer_goes_out_with_its_length()
    {
        await using var home = CallbackListener.Start(
            CallbackReply.Of("HTTP/1.1 207 Multi-Status\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<a/>\r\n0\r\n\r\n"));
        await using var router = await RouterOfAsync(home.Port);

        var answer = await router.AskAsync("PROPFIND /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\nDepth: 0\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal("HTTP/1.1 207 Multi-Status", answer.StatusLine);
        Assert.Equal("4", answer["Content-Length"]);
        Assert.Null(answer["Transfer-Encoding"]);
        Assert.Equal("<a/>", answer.Body);
    }

    [Theory]
    [InlineData("SUBSCRIBE", "HTTP/1.1 503 Service Unavailable")]
    [InlineData("NOTIFY", "HTTP/1.1 412 Precondition Failed")]
    public async Task A_home_server_that_gives_no_answer_is_said_in_words_that_clients_know(string verb, string expected)
    {
        await using var home = CallbackListener.Start(CallbackReply.CloseUnanswered);
        await using var router = await RouterOfAsync(home.Port);

        var answer = await router.AskAsync($"{verb} /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(expected, answer.StatusLine);
        Assert.Equal("0.2", answer["RVP-Notifications-Version"]);
    }

    [Fact]
    public async Task Two_routers_that_take_each_other_for_the_home_server_end_the_round()
    {
        var log = new LogCollector();
        replace = services => services.AddSingleton(log.Of<HomeProxy>());
        await using var a = await RouterOfAsync(null, ("VirtualServers:0:HostNames:0", "a.adatum.com"));
        await using var b = await RouterOfAsync(null, ("VirtualServers:0:HostNames:0", "b.adatum.com"));
        await a.AddAccountAsync(new TestAccount("JoBrown@adatum.com", "Jo Brown", Home: "b.adatum.com:" + b.Port));
        await b.AddAccountAsync(new TestAccount("JoBrown@adatum.com", "Jo Brown", Home: "a.adatum.com:" + a.Port));

        var answer = await a.AskAsync("SUBSCRIBE /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: a.adatum.com\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal("HTTP/1.1 508 Loop Detected", answer.StatusLine);
        Assert.Equal(
            $"a.adatum.com was asked again for what it had sent to b.adatum.com:{b.Port}: SUBSCRIBE http://im.adatum.com/instmsg/aliases/JoBrown goes "
                + "round; the directory names the wrong home server",
            Assert.Single(log.Lines));
    }

    [Fact]
    public async Task A_router_never_proxies_to_itself()
    {
        await using var router = await RouterOfAsync(null);
        await router.AddAccountAsync(new TestAccount("JoBrown@adatum.com", "Jo Brown", Home: "imhomeserver1.adatum.com:" + router.Port));

        var answer = await router.AskAsync("SUBSCRIBE /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal("HTTP/1.1 503 Service Unavailable", answer.StatusLine);
    }

    private Task<TestServer> RouterOfAsync(int? homePort, params (string Key, string? Value)[] overrides)
    {
        var configuration = new Dictionary<string, string?>
        {
            ["Firewall:Enabled"] = "true",
            ["VirtualServers:0:Name"] = "imrouter1",
            ["VirtualServers:0:Role"] = "Router",
            ["VirtualServers:0:HostNames:1"] = "im",
        };
        foreach (var (key, value) in overrides) configuration[key] = value;
        var home = "imhomeserver1.adatum.com:" + homePort?.ToString(CultureInfo.InvariantCulture);
        IReadOnlyList<TestAccount> accounts = homePort is null
            ? []
            : [new TestAccount("JoBrown@adatum.com", "Jo Brown", Home: home), new TestAccount("KariHensien@adatum.com", "Kari Hensien", Home: home)];
        return TestServer.StartAsync(configuration, accounts: accounts, replace: services =>
        {
            dns.Replace(services);
            replace(services);
        });
    }

    private static string SignIn(string authorization) =>
        $"SUBSCRIBE /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: http://im.adatum.com/instmsg/aliases/JoBrown\r\n"
            + $"Notification-Type: pragma/notify\r\n{authorization}Content-Length: 0\r\n\r\n";
}
