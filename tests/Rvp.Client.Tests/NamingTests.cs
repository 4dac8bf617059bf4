using System.Net;
using System.Net.Sockets;
using Rvp.Protocol;
using Rvp.Testing;

namespace Rvp.Client.Tests;

/// <summary>SRV records, referrals, other organisations.</summary>
public sealed class NamingTests
{
    [Fact]
    public async Task The_srv_record_names_the_server_and_a_referral_leads_to_the_home_server()
    {
        await using var home = await Home.StartAsync();
        using var dns = ScriptedDns.Start("_rvp._tcp.adatum.com 60 SRV 0 0 80 im.adatum.com");
        await using var router = CallbackListener.Start(request => CallbackReply.Of(
            $"HTTP/1.1 302 Object moved\r\nLocation: http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com{PathOf(request)}\r\n"
                + "Content-Length: 0\r\n\r\n"));
        var jo = home.Client(Home.Jo, options => options with
        {
            Server = null,
            NameServers = [dns.EndPoint],
            Connect = (host, stop) => host.Host == "im.adatum.com" ? ConnectAsync(router.Port, stop) : ConnectAsync(home.Server.Port, stop),
        });

        await jo.Client.SignInAsync();
        var seen = await jo.Client.WatchAsync(Home.Kari);
        var sent = await jo.Client.SendAsync(Home.Jo, "to myself");

        Assert.Equal("http://im.adatum.com/instmsg/aliases/JoBrown", jo.Client.Url!.ToString());
        Assert.Equal(("http://im.adatum.com/instmsg/aliases/KariHensien", PresenceState.Offline), (seen.Url.ToString(), seen.State));
        Assert.True(sent.IsDelivered);
        // Remembered: one question to the router for each node.
        Assert.Equal(["/instmsg/aliases/JoBrown", "/instmsg/aliases/KariHensien"], router.All.Select(PathOf));
    }

    [Fact]
    public async Task Referrals_in_a_circle_end()
    {
        await using var router = CallbackListener.Start(request => CallbackReply.Of(
            $"HTTP/1.1 302 Object moved\r\nLocation: http://im.adatum.com{PathOf(request)}\r\nContent-Length: 0\r\n\r\n"));
        await using var client = new RvpClient(
            new RvpClientOptions
            {
                Address = Home.Address("JoBrown@im.adatum.com"),
                Password = "x",
                Server = new Uri("http://im.adatum.com"),
                Connect = (_, stop) => ConnectAsync(router.Port, stop),
            });

        var failure = await Assert.ThrowsAsync<RvpClientException>(() => client.VerifyAsync());

        Assert.Equal("The servers refer to each other in a circle.", failure.Message);
        Assert.Equal(6, router.All.Count);
    }

    [Fact]
    public async Task The_password_is_shown_to_no_other_organisation_and_the_own_server_relays()
    {
        using var dns = ScriptedDns.Start("_rvp._tcp.contoso.com 60 SRV 0 0 8080 im.contoso.com");
        await using var foreign = CallbackListener.Start(CallbackReply.Of(
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"im.contoso.com\", qop=\"auth\", algorithm=MD5, nonce=\"1\", stale=false\r\n"
                + "Content-Length: 0\r\n\r\n"));
        await using var own = CallbackListener.Start(request => request.RequestLine.StartsWith("NOTIFY ", StringComparison.Ordinal)
            ? CallbackReply.KeepAlive
            : CallbackReply.Of("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
        await using var client = ClientOf(dns, own, foreign);

        for (var i = 0; i < 2; i++)
            await Assert.ThrowsAsync<RvpClientException>(() => client.GetPresenceAsync(Home.Address("someone@contoso.com")));

        var asked = Assert.Single(foreign.All).Head;
        Assert.StartsWith("PROPFIND /instmsg/aliases/someone HTTP/1.1\r\n", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", asked, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Enumerable.Repeat("/instmsg/local/im.contoso.com:8080/instmsg/aliases/someone", 2), own.All.Select(PathOf));
    }

    [Theory]
    [InlineData(ForeignRoute.Auto, "200 Successful", "own")]
    [InlineData(ForeignRoute.Auto, "404 Not Found", "own foreign")]
    [InlineData(ForeignRoute.Auto, "501 Not Implemented", "own foreign")]
    [InlineData(ForeignRoute.Relay, "200 Successful", "own")]
    [InlineData(ForeignRoute.Direct, "200 Successful", "foreign")]
    public async Task A_message_to_another_organisation_goes_through_the_own_server_if_it_relays(ForeignRoute route, string status, string asked)
    {
        using var dns = ScriptedDns.Start("_rvp._tcp.contoso.com 60 SRV 0 0 8080 im.contoso.com");
        await using var own = CallbackListener.Start(CallbackReply.Of($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
        await using var foreign = CallbackListener.Start(CallbackReply.KeepAlive);
        await using var client = ClientOf(dns, own, foreign, route);

        var sent = await client.SendAsync(Home.Address("someone@contoso.com"), "hello");

        Assert.True(sent.IsDelivered);
        var names = asked.Split(' ');
        Assert.Equal(names.Contains("own") ? ["/instmsg/local/im.contoso.com:8080/instmsg/aliases/someone"] : [], own.All.Select(PathOf));
        Assert.Equal(names.Contains("foreign") ? ["/instmsg/aliases/someone"] : [], foreign.All.Select(PathOf));
    }

    [Theory]
    [InlineData("200 Successful", "/instmsg/local/im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("404 Not Found", "/instmsg/local/im.adatum.com/instmsg/aliases/KariHensien", "/second")]
    public async Task A_message_to_another_home_server_goes_through_the_own_one_if_it_relays(string status, params string[] paths)
    {
        using var dns = ScriptedDns.Start("_rvp._tcp.adatum.com 60 SRV 0 0 80 im.adatum.com");
        await using var own = CallbackListener.Start(request => CallbackReply.Of(
            PathOf(request) == "/second" ? "HTTP/1.1 200 Successful\r\nRVP-Delivered: later\r\nContent-Length: 0\r\n\r\n"
            : PathOf(request).StartsWith("/instmsg/local/", StringComparison.Ordinal)
                ? $"HTTP/1.1 {status}\r\nRVP-Delivered: later\r\nContent-Length: 0\r\n\r\n"
            : "HTTP/1.1 302 Object moved\r\nLocation: http://imhomeserver2.adatum.com/second\r\nContent-Length: 0\r\n\r\n"));
        await using var client = ClientOf(dns, own, own);

        foreach (var _ in (int[])[1, 2]) Assert.Equal(MessageOutcome.Waiting, (await client.SendAsync(Home.Kari, "hello")).Outcome);

        Assert.Equal(["/instmsg/aliases/KariHensien", .. paths, .. paths], own.All.Select(PathOf));
    }

    [Fact]
    public async Task What_is_sent_to_another_home_server_is_in_the_history_of_both()
    {
        var settings = new Dictionary<string, string?>
        {
            ["VirtualServers:0:Name"] = "imrouter1",
            ["VirtualServers:0:Role"] = "Router",
            ["VirtualServers:0:HostNames:1"] = "im",
            ["VirtualServers:1:Name"] = "imhomeserver1",
            ["VirtualServers:1:Domain"] = "im.adatum.com",
            ["VirtualServers:1:HostNames:0"] = "imhomeserver1.adatum.com",
            ["VirtualServers:2:Name"] = "imhomeserver2",
            ["VirtualServers:2:Domain"] = "im.adatum.com",
            ["VirtualServers:2:HostNames:0"] = "imhomeserver2.adatum.com",
            ["Messages:Offline"] = "true",
            ["Messages:Archive"] = "true",
        };
        await using var server = await TestServer.StartAsync(settings, accounts:
        [
            new TestAccount("JoBrown@adatum.com", "Jo Brown", Home: "imhomeserver1"),
            new TestAccount("KariHensien@adatum.com", "Kari Hensien", Home: "imhomeserver2"),
        ]);
        RvpClient ClientOf(ImAddress who) => new(new RvpClientOptions
        {
            Address = who,
            Password = TestServer.Password,
            Server = new Uri("http://im.adatum.com"),
            Connect = (_, stop) => ConnectAsync(server.Port, stop),
        });
        await using var jo = ClientOf(Home.Jo);
        await using var kari = ClientOf(Home.Kari);

        Assert.Equal(MessageOutcome.Waiting, (await jo.SendAsync(Home.Kari, "Lunch?")).Outcome);

        Assert.Equal(("Lunch?", false), (await kari.GetHistoryAsync()).Select(message => (message.Text, message.IsMine)).Single());
        // The sender does not wait for this.
        await Deadline.Until(async () => (await jo.GetHistoryAsync()).Count > 0, "an entry", () => "none");
        Assert.Equal(("Lunch?", true), (await jo.GetHistoryAsync()).Select(message => (message.Text, message.IsMine)).Single());
    }

    [Theory]
    [InlineData(DnsReplyText.Refused)]
    [InlineData(DnsReplyText.ServFail)]
    [InlineData(DnsReplyText.NotImp)]
    [InlineData(DnsReplyText.FormErr)]
    public async Task A_dns_that_fails_is_said_and_nobody_else_is_shown_a_proof_of_the_password(int code)
    {
        using var dns = ScriptedDns.Start(_ => DnsReplyText.Fails(code));
        await using var web = CallbackListener.Start(CallbackReply.Of("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));

        var failure = await FailureAsync(dns, (_, stop) => ConnectAsync(web.Port, stop));

        Assert.Equal((RvpError.ResolverFailed, "DNS does not answer for adatum.com.", true), (failure.Error, failure.Message, failure.IsTransient));
        Assert.Empty(web.All);
    }

    [Theory]
    [InlineData(DnsReplyText.Refused)]
    [InlineData(DnsReplyText.ServFail)]
    [InlineData(DnsReplyText.NotImp)]
    [InlineData(DnsReplyText.FormErr)]
    public async Task A_name_that_is_a_servers_is_used_itself_where_dns_fails(int code)
    {
        using var dns = ScriptedDns.Start(_ => DnsReplyText.Fails(code));
        await using var router = CallbackListener.Start(CallbackReply.Of("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
        var asked = new List<DnsEndPoint>();
        await using var client = new RvpClient(
            new RvpClientOptions
            {
                Address = Home.Address("JoBrown@im.adatum.com"),
                Password = "x",
                NameServers = [dns.EndPoint],
                Connect = (host, stop) =>
                {
                    asked.Add(host);
                    return ConnectAsync(router.Port, stop);
                },
            });

        await Assert.ThrowsAsync<RvpClientException>(() => client.VerifyAsync());

        Assert.Equal(new DnsEndPoint("im.adatum.com", 80), asked[0]);
        Assert.NotEmpty(router.All);
    }

    [Fact]
    public async Task A_server_that_only_says_whom_else_to_ask_has_not_answered()
    {
        using var dns = ScriptedDns.Start(_ => new DnsReplyText { IsAuthoritative = false, Authorities = ["com 60 NS ns.com"] });

        Assert.Equal("DNS does not answer for adatum.com.",
            (await FailureAsync(dns, (_, _) => throw new SocketException((int)SocketError.ConnectionRefused))).Message);
    }

    [Fact]
    public async Task A_domain_that_does_not_offer_the_service_has_no_server()
    {
        using var dns = ScriptedDns.Start("_rvp._tcp.adatum.com 60 SRV 0 0 0 .");

        var failure = await FailureAsync(dns, (_, _) => throw new SocketException((int)SocketError.ConnectionRefused));

        Assert.Equal((RvpError.NoSuchServer, "There is no server for adatum.com."), (failure.Error, failure.Message));
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, RvpError.NoSuchServer, "There is no server for im.adatum.com.")]
    [InlineData(SocketError.TryAgain, RvpError.ResolverFailed, "DNS does not answer for im.adatum.com.")]
    [InlineData(SocketError.ConnectionRefused, RvpError.Unreachable, "The server im.adatum.com:8080 cannot be reached.")]
    public async Task No_name_no_answer_and_no_connection_are_three_things(SocketError error, RvpError expected, string line)
    {
        using var dns = ScriptedDns.Start("_rvp._tcp.adatum.com 60 SRV 0 0 8080 im.adatum.com");

        var failure = await FailureAsync(dns, (_, _) => throw new SocketException((int)error));

        Assert.Equal((expected, line, true), (failure.Error, failure.Message, failure.IsTransient));
    }

    [Fact]
    public async Task The_srv_record_of_an_alias_counts_also_where_it_is_asked_for_apart()
    {
        using var dns = ScriptedDns.Start(query => query.Name switch
        {
            "_rvp._tcp.adatum.com" => DnsReplyText.With("_rvp._tcp.adatum.com 60 CNAME _rvp._tcp.contoso.com"),
            "_rvp._tcp.contoso.com" => DnsReplyText.With("_rvp._tcp.contoso.com 60 SRV 0 0 8080 im.contoso.com"),
            _ => DnsReplyText.NoSuchName("test"),
        });

        Assert.Equal("The server im.contoso.com:8080 cannot be reached.",
            (await FailureAsync(dns, (_, _) => throw new SocketException((int)SocketError.ConnectionRefused))).Message);
    }

    [Fact]
    public async Task Aliases_in_a_circle_end_as_a_failure()
    {
        using var dns = ScriptedDns.Start(query => DnsReplyText.With($"{query.Name} 60 CNAME {query.Name}"));

        Assert.Equal("DNS does not answer for adatum.com.",
            (await FailureAsync(dns, (_, _) => throw new SocketException((int)SocketError.ConnectionRefused))).Message);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("im.localhost")]
    public async Task This_machine_is_no_matter_for_dns(string domain)
    {
        using var dns = ScriptedDns.Start();

        Assert.Equal($"The server {domain} cannot be reached.",
            (await FailureAsync(dns, (_, _) => throw new SocketException((int)SocketError.ConnectionRefused), domain)).Message);
        Assert.Empty(dns.Questions);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("im.localhost")]
    public async Task A_server_on_this_machine_is_reached_by_name(string host)
    {
        await using var home = await Home.StartAsync();
        var jo = home.Client(Home.Jo, options => options with { Server = new Uri($"http://{host}:{home.Server.Port}") });

        await jo.Client.VerifyAsync();

        Assert.Equal("http://im.adatum.com/instmsg/aliases/JoBrown", jo.Client.Url!.ToString());
    }

    [Theory]
    [InlineData("404 Not Found", "There is no server for that domain.", "There is no server for im.contoso.com.", RvpError.NoSuchServer)]
    [InlineData("502 Bad Gateway", "DNS did not answer for that domain; try again later.", "DNS does not answer for im.contoso.com.", RvpError.ResolverFailed)]
    [InlineData("502 Bad Gateway", "The server of that domain cannot be reached or did not answer.",
        "The server im.contoso.com cannot be reached or does not answer.", RvpError.Unreachable)]
    [InlineData("404 Not Found", "There is no such node here.", "There is no someone@contoso.com.", RvpError.NoSuchPerson)]
    public async Task What_the_own_server_says_of_another_is_told_apart(string status, string line, string expected, RvpError error)
    {
        using var dns = ScriptedDns.Start("_rvp._tcp.adatum.com 60 SRV 0 0 80 im.adatum.com", "_rvp._tcp.contoso.com 60 SRV 0 0 80 im.contoso.com");
        await using var own = CallbackListener.Start(CallbackReply.Of(
            $"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {line.Length + 1}\r\n\r\n{line}\n"));
        await using var client = new RvpClient(new RvpClientOptions
        {
            Address = Home.Jo,
            DisplayName = "Jo Brown",
            Password = "x",
            NameServers = [dns.EndPoint],
            ForeignRoute = ForeignRoute.Relay,
            Connect = (_, stop) => ConnectAsync(own.Port, stop),
        });

        var failure = await Assert.ThrowsAsync<RvpClientException>(() => client.GetPresenceAsync(Home.Address("someone@contoso.com")));
        var sent = await client.SendAsync(Home.Address("someone@contoso.com"), "hello");

        Assert.Equal((error, expected), (failure.Error, failure.Message));
        Assert.False(sent.IsDelivered);
        Assert.Equal(expected, sent.Line);
    }

    private static RvpClient ClientOf(ScriptedDns dns, CallbackListener own, CallbackListener foreign, ForeignRoute route = ForeignRoute.Auto) => new(
        new RvpClientOptions
        {
            Address = Home.Jo,
            DisplayName = "Jo Brown",
            Password = "x",
            NameServers = [dns.EndPoint],
            ForeignRoute = route,
            Connect = (host, stop) => ConnectAsync(host.Port == 8080 ? foreign.Port : own.Port, stop),
        });

    private static async Task<RvpClientException> FailureAsync(
        ScriptedDns dns, Func<DnsEndPoint, CancellationToken, ValueTask<Stream>> connect, string domain = "adatum.com")
    {
        await using var client = new RvpClient(
            new RvpClientOptions { Address = Home.Address("JoBrown@" + domain), Password = "x", NameServers = [dns.EndPoint], Connect = connect });
        return await Assert.ThrowsAsync<RvpClientException>(() => client.VerifyAsync());
    }

    private static string PathOf(ReceivedNotify request) => request.RequestLine.Split(' ')[1];

    private static async ValueTask<Stream> ConnectAsync(int port, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, stop);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
