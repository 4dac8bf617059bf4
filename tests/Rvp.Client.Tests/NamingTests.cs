using Rvp.Protocol;
namespace Rvp.Client.Tests;

/// <summary>SRV records, referrals, other organisations.</summary>
public sealed class NamingTests
{
    [Fact]
    public async Task The_srv_record_names_the_server_and_a_referral_leads_to_the_home_server()
    {
        await using var home = await Home.StartAsync();
        using var dns = FakeDns.Start(("_rvp._tcp.adatum.com", "im.adatum.com", 80));
        await using var router = FakeServer.Start(request => "HTTP/1.1 302 Object moved\r\nLocation: http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com" + request.Split(' ')[1] + "\r\nContent-Length: 0\r\n\r\n");
        var jo = home.Client(Home.Jo, options => options with
        {
            Server = null,
            NameServers = [dns.EndPoint],
            Connect = (host, stop) => host.Host == "im.adatum.com" ? router.ConnectAsync(stop) : FakeServer.ConnectAsync(home.Server.Port, stop),
        });

        await jo.Client.SignInAsync();
        var seen = await jo.Client.WatchAsync(Home.Kari);
        var sent = await jo.Client.SendAsync(Home.Jo, "to myself");

        Assert.Equal("http://im.adatum.com/instmsg/aliases/JoBrown", jo.Client.Url!.ToString());
        Assert.Equal(("http://im.adatum.com/instmsg/aliases/KariHensien", PresenceState.Offline), (seen.Url.ToString(), seen.State));
        Assert.True(sent.IsDelivered);
        // Remembered: one question to the router for each node.
        Assert.Equal(["/instmsg/aliases/JoBrown", "/instmsg/aliases/KariHensien"], router.Requests.Select(request => request.Split(' ')[1]));
    }

    [Fact]
    public async Task Referrals_in_a_circle_end()
    {
        await using var router = FakeServer.Start(request => $"HTTP/1.1 302 Object moved\r\nLocation: http://im.adatum.com{request.Split(' ')[1]}\r\nContent-Length: 0\r\n\r\n");
        await using var client = new RvpClient(new RvpClientOptions { Address = Home.Address("JoBrown@im.adatum.com"), Password = "x", Server = new Uri("http://im.adatum.com"), Connect = (_, stop) => router.ConnectAsync(stop) });

        var failure = await Assert.ThrowsAsync<RvpClientException>(() => client.VerifyAsync());

        Assert.Equal("The servers refer to each other in a circle.", failure.Message);
        Assert.Equal(6, router.Requests.Count);
    }

    [Fact]
    public async Task The_password_is_shown_to_no_other_organisation_and_the_own_server_relays()
    {
        await using var home = await Home.StartAsync();
        using var dns = FakeDns.Start(("_rvp._tcp.contoso.com", "im.contoso.com", 8080));
        await using var foreign = FakeServer.Start(_ => "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"im.contoso.com\", qop=\"auth\", algorithm=MD5, nonce=\"1\", stale=false\r\nContent-Length: 0\r\n\r\n");
        await using var own = FakeServer.Start(request => request.StartsWith("NOTIFY", StringComparison.Ordinal) ? "HTTP/1.1 200 Successful\r\nContent-Length: 0\r\n\r\n" : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        await using var client = new RvpClient(new RvpClientOptions
        {
            Address = Home.Jo,
            DisplayName = "Jo Brown",
            Password = "x",
            NameServers = [dns.EndPoint],
            Connect = (host, stop) => host.Port == 8080 ? foreign.ConnectAsync(stop) : own.ConnectAsync(stop),
        });

        var first = await client.SendAsync(Home.Address("someone@contoso.com"), "hello");
        await client.SendAsync(Home.Address("someone@contoso.com"), "again");

        Assert.True(first.IsDelivered);
        var asked = Assert.Single(foreign.Requests);
        Assert.StartsWith("NOTIFY /instmsg/aliases/someone HTTP/1.1\r\n", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", asked, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Enumerable.Repeat("/instmsg/local/im.contoso.com:8080/instmsg/aliases/someone", 2), own.Requests.Select(request => request.Split(' ')[1]));
    }
}
