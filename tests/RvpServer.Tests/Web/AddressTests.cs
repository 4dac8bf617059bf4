using DnsClient;
using Microsoft.Extensions.Time.Testing;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Tests.Authentication;
using RvpServer.Web;

namespace RvpServer.Tests.Web;

public class AddressTests
{
    private static readonly VirtualServer Home = new("imhomeserver1", Role.Home, "im.adatum.com", ["im.adatum.com"], 80);
    private static readonly Dictionary<string, string> MailDomains = new() { ["adatum.com"] = "im.adatum.com" };

    [Theory]
    [InlineData("karihensien@adatum.com", "http://im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("KariHensien@IM.ADATUM.COM", "http://im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("JoBrown@adatum.org", "http://im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("JoBrown@contoso.com", "http://im.contoso.com:8080/instmsg/aliases/JoBrown")]
    [InlineData("JoBrown@plain.contoso.com", "http://plain.contoso.com/instmsg/aliases/JoBrown")]
    [InlineData("JoBrown@im.down.contoso.com", "http://im.down.contoso.com/instmsg/aliases/JoBrown")]
    public async Task An_address_leads_to_its_logical_url(string typed, string url)
    {
        Assert.Equal(url, (await Lookup().FindAsync(Parse(typed), default)).ToString());
    }

    [Theory]
    [InlineData("Nobody@adatum.com", 404, "Nobody has this address.")]
    [InlineData("JoBrown@nowhere.contoso.com", 404, "There is no server for that domain.")]
    [InlineData("JoBrown@none.contoso.com", 404, "There is no server for that domain.")]
    [InlineData("JoBrown@down.contoso.com", 503, "DNS does not answer for that domain; try again later.")]
    [InlineData("JoBrown@im.gone.contoso.com", 503, "DNS does not answer for that domain; try again later.")]
    [InlineData("JoBrown@half.contoso.com", 503, "DNS does not answer for that domain; try again later.")]
    public async Task What_leads_nowhere_is_said_to(string typed, int status, string line)
    {
        var refused = await Assert.ThrowsAsync<RvpException>(async () => await Lookup().FindAsync(Parse(typed), default));

        Assert.Equal((status, line), (refused.Refusal.Status, refused.Refusal.Line));
    }

    [Fact]
    public async Task Without_federation_nobody_elsewhere_is_looked_for()
    {
        var dns = new FakeDns();
        var lookup = new AddressLookup(
            new ImDomains([Home], MailDomains), new NodeLocator(new ImDomains([Home], MailDomains), new InMemoryDirectory(), new MovedHomes()),
            dns.Resolver(new FakeTimeProvider()), isFederated: false);

        await Assert.ThrowsAsync<RvpException>(async () => await lookup.FindAsync(Parse("JoBrown@contoso.com"), default));

        Assert.Empty(dns.Questions);
    }

    [Fact]
    public async Task Only_a_session_may_ask()
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);

        var stranger = await browser.AsksAsync("GET", "/address?of=KariHensien@adatum.com");
        await browser.SignsInAsync();
        var jo = await browser.AsksAsync("GET", "/address?of=karihensien@adatum.com");
        var nonsense = await browser.AsksAsync("GET", "/address?of=kari");

        Assert.Equal((401, "RvpSession"), (stranger.Status, stranger["WWW-Authenticate"]));
        Assert.Equal("""{"address":"karihensien@adatum.com","url":"http://im.adatum.com/instmsg/aliases/KariHensien"}""", jo.Body);
        Assert.Equal(400, nonsense.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?of")]
    [InlineData("?of=")]
    [InlineData("?of[]=KariHensien@adatum.com")]
    [InlineData("?of=KariHensien@adatum.com&of=JoBrown@adatum.com")]
    [InlineData("?of=%")]
    [InlineData("?of=%zz")]
    [InlineData("?of=Kari%00@adatum.com")]
    [InlineData("?of=Kari%0d%0a@adatum.com")]
    [InlineData("?of=Kari%2fHensien@adatum.com")]
    [InlineData("?of=KariHensien@adatu%CC%88m.com")]
    [InlineData("?of=KariHensien@xn--.com")]
    [InlineData("?&&&&====&%3d%26")]
    public async Task What_is_no_address_is_not_looked_up(string query)
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);
        await browser.SignsInAsync();

        var answer = await browser.AsksAsync("GET", "/address" + query);

        Assert.Equal((400, "An address looks like JoBrown@adatum.com.\n"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task No_text_makes_the_server_fail()
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);
        await browser.SignsInAsync();
        string[] odd = ["%ff", "%ed%a0%80", "%F0%9F%98%80", "%E2%80%AE", "%25", "%252e%252e", ".", "..", "...", new string('a', 64), new string('%', 64)];
        string[] domains = ["adatum.com", "adatum..com", ".", "..", "1.2.3", "0x7f.1", new string('b', 64) + ".com", new string('b', 253)];

        foreach (var query in odd.SelectMany(name => domains.Select(domain => $"{name}@{domain}")).Append(new string('a', 8000))
            .Append(string.Concat(Enumerable.Repeat("&of=", 1500))))
        {
            var answer = await browser.AsksAsync("GET", "/address?of=" + query);

            Assert.True(answer.Status is 400 or 404, $"{query}: {answer}");
        }
    }

    private static AddressLookup Lookup()
    {
        var dns = new FakeDns()
            .HasService("adatum.org", "0 0 80 im.adatum.com")
            .HasService("contoso.com", "10 0 81 spare.contoso.com", "0 0 8080 im.contoso.com")
            .HasAddress("plain.contoso.com", "192.0.2.80")
            .HasAddress("none.contoso.com", "192.0.2.80").HasService("none.contoso.com", "0 0 0 .")
            .HasAddress("down.contoso.com", "192.0.2.80").Fails("_rvp._tcp.down.contoso.com", QueryType.SRV)
            .HasAddress("im.down.contoso.com", "192.0.2.80").Fails("_rvp._tcp.im.down.contoso.com", QueryType.SRV)
            .Fails("_rvp._tcp.im.gone.contoso.com", QueryType.SRV)
            .Fails("half.contoso.com", QueryType.A);
        return new AddressLookup(
            new ImDomains([Home], MailDomains), new NodeLocator(new ImDomains([Home], MailDomains), new InMemoryDirectory(), new MovedHomes()),
            dns.Resolver(new FakeTimeProvider()), isFederated: true);
    }

    private static ImAddress Parse(string typed) => ImAddress.TryParse(typed, out var address) ? address : throw new ArgumentException(typed, nameof(typed));
}
