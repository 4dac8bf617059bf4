using System.Net;
using DnsClient;
using Microsoft.Extensions.Time.Testing;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Dns;
using RvpServer.Domains;
using RvpServer.Federation;
using RvpServer.Tests.Authentication;
using RvpServer.Tests.Runtime;

namespace RvpServer.Tests.Federation;

public sealed class SenderTrustTests : IDisposable
{
    private readonly Abuse abuse = new();
    private readonly FakeTimeProvider time = new();
    private (string[] Blocked, string[] Allowed) lists = ([], []);
    private readonly FakeDns dns = new FakeDns()
        .HasService("im.contoso.com", "0 0 80 gate.contoso.com")
        .HasAddress("gate.contoso.com", "192.0.2.20", "2001:db8::20")
        .HasAddress("im.contoso.com", "192.0.2.21");

    public void Dispose() => abuse.Dispose();

    [Theory]
    [InlineData("http://im.contoso.com/instmsg/aliases/KariHensien", "192.0.2.20", true)]
    [InlineData("http://im.contoso.com/instmsg/aliases/KariHensien", "192.0.2.21", true)]
    [InlineData("http://im.contoso.com/instmsg/aliases/KariHensien", "2001:db8::20", true)]
    [InlineData("http://im.contoso.com/instmsg/aliases/KariHensien", "::ffff:192.0.2.20", true)]
    [InlineData("http://im.contoso.com:8080/instmsg/aliases/KariHensien", "192.0.2.20", true)]
    [InlineData("http://imhomeserver1.contoso.com/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien", "192.0.2.20", true)]
    [InlineData("im.contoso.com", "192.0.2.20", true)]
    [InlineData("http://im.contoso.com/instmsg/aliases/KariHensien", "192.0.2.22", false)]
    [InlineData("http://im.contoso.com/instmsg/aliases/KariHensien", "127.0.0.1", false)]
    [InlineData("http://other.contoso.com/instmsg/aliases/KariHensien", "192.0.2.20", false)]
    [InlineData("http://192.0.2.99/instmsg/aliases/KariHensien", "192.0.2.20", false)]
    [InlineData("http://192.0.2.99/instmsg/aliases/KariHensien", "192.0.2.99", false)]
    [InlineData("http://192.0.2.99:8080/instmsg/aliases/KariHensien", "192.0.2.99", false)]
    [InlineData("http://[2001:db8::99]/instmsg/aliases/KariHensien", "2001:db8::99", false)]
    [InlineData("192.0.2.99", "192.0.2.99", false)]
    [InlineData("http://intranet/instmsg/aliases/KariHensien", "192.0.2.99", false)]
    [InlineData("http://localhost/instmsg/aliases/KariHensien", "127.0.0.1", false)]
    [InlineData("http://im.localhost/instmsg/aliases/KariHensien", "127.0.0.1", false)]
    [InlineData("http://10.1.2.3/instmsg/aliases/KariHensien", "10.1.2.3", true)]
    [InlineData("http://intranet/instmsg/aliases/KariHensien", "10.1.2.3", true)]
    [InlineData("http://im.contoso.com/instmsg/aliases/KariHensien", "10.1.2.3", true)]
    [InlineData("http://other.contoso.com/instmsg/aliases/KariHensien", "::ffff:10.1.2.3", true)]
    [InlineData("http://other.contoso.com/instmsg/aliases/KariHensien", "2001:db8:1::5", true)]
    [InlineData("http://other.contoso.com/instmsg/aliases/KariHensien", "10.2.0.1", false)]
    public async Task Only_an_address_that_the_domain_names_or_that_is_trusted_speaks_for_it(string principal, string source, bool believed) =>
        Assert.Equal(believed, await IsBelievedAsync(SourceCheck.Dns, principal, source));

    [Theory]
    [InlineData(SourceCheck.Dns, "http://im.adatum.com/instmsg/aliases/JoBrown", "192.0.2.10")]
    [InlineData(SourceCheck.Dns, "http://im.adatum.com/instmsg/aliases/JoBrown", "10.1.2.3")]
    [InlineData(SourceCheck.Dns, "http://IM.ADATUM.COM.:8080/instmsg/aliases/JoBrown", "192.0.2.10")]
    [InlineData(SourceCheck.Dns, "http://im.contoso.com/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown", "192.0.2.20")]
    [InlineData(SourceCheck.None, "http://im.adatum.com/instmsg/aliases/JoBrown", "192.0.2.10")]
    [InlineData(SourceCheck.None, "imhomeserver1.adatum.com", "10.1.2.3")]
    internal async Task A_domain_hosted_here_is_never_believed(SourceCheck mode, string principal, string source)
    {
        dns.HasAddress("im.adatum.com", "192.0.2.10");

        Assert.False(await IsBelievedAsync(mode, principal, source));
    }

    [Fact]
    public async Task None_believes_everybody_and_asks_nobody()
    {
        Assert.True(await IsBelievedAsync(SourceCheck.None, "http://im.contoso.com/instmsg/aliases/KariHensien", "192.0.2.99"));
        Assert.Empty(dns.Questions);
    }

    [Theory]
    [InlineData("http://192.0.2.99/instmsg/aliases/KariHensien")]
    [InlineData("http://intranet/instmsg/aliases/KariHensien")]
    public async Task None_believes_nobody_who_has_an_address_only(string principal) =>
        Assert.False(await IsBelievedAsync(SourceCheck.None, principal, "192.0.2.99"));

    [Theory]
    [InlineData("contoso.com", null, false)]
    [InlineData("CONTOSO.com.", null, false)]
    [InlineData("im.contoso.com", null, false)]
    [InlineData("so.com", null, true)]
    [InlineData("other.contoso.com", null, true)]
    [InlineData(null, "contoso.com", true)]
    [InlineData(null, "adatum.org", false)]
    [InlineData("im.contoso.com", "contoso.com", false)]
    public async Task A_domain_that_is_kept_out_is_not_believed_and_nobody_is_asked_about_it(string? blocked, string? allowed, bool believed)
    {
        lists = ([.. blocked is null ? [] : new[] { blocked }], [.. allowed is null ? [] : new[] { allowed }]);

        Assert.Equal(believed, await IsBelievedAsync(SourceCheck.Dns, "http://im.contoso.com/instmsg/aliases/KariHensien", "192.0.2.20"));
        Assert.Equal(believed, await IsBelievedAsync(SourceCheck.Dns, "http://im.contoso.com/instmsg/aliases/KariHensien", "10.1.2.3"));
        Assert.Equal(believed, dns.Questions.Count > 0);
    }

    [Fact]
    public async Task A_dns_that_fails_means_no()
    {
        dns.Fails("_rvp._tcp.im.contoso.com", QueryType.SRV).Fails("im.contoso.com", QueryType.A);

        Assert.False(await IsBelievedAsync(SourceCheck.Dns, "http://im.contoso.com/instmsg/aliases/KariHensien", "192.0.2.20"));
    }

    [Fact]
    public async Task A_dns_that_says_nothing_means_no_after_five_seconds()
    {
        dns.Has("_rvp._tcp.im.contoso.com", QueryType.SRV, new TaskCompletionSource<DnsAnswer>().Task);

        var believed = IsBelievedAsync(SourceCheck.Dns, "http://im.contoso.com/instmsg/aliases/KariHensien", "192.0.2.20");
        time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        var before = believed.IsCompleted;
        time.Advance(TimeSpan.FromTicks(1));

        Assert.False(before);
        Assert.False(await believed);
    }

    [Fact]
    public async Task Names_too_many_of_one_sender_are_not_believed_and_others_are()
    {
        for (var i = 0; i < 3; i++) dns.Has($"_rvp._tcp.n{i}.dead.example", QueryType.SRV, new TaskCompletionSource<DnsAnswer>().Task);
        dns.HasAddress("im.sales.contoso.com", "192.0.2.20").HasAddress("im.fabrikam.com", "198.51.100.7");
        var trust = Trust(SourceCheck.Dns);
        for (var i = 0; i < 3; i++) _ = IsBelievedAsync(trust, $"http://n{i}.dead.example/instmsg/aliases/a", "192.0.2.20");

        var tooMany = await IsBelievedAsync(trust, "http://im.sales.contoso.com/instmsg/aliases/a", "192.0.2.20");
        var again = IsBelievedAsync(trust, "http://n1.dead.example/instmsg/aliases/b", "192.0.2.20");
        var others = await IsBelievedAsync(trust, "http://im.fabrikam.com/instmsg/aliases/a", "198.51.100.7");

        Assert.False(tooMany);
        Assert.False(again.IsCompleted);
        Assert.True(others);
        Assert.Equal(["Refused Lookups from 192.0.2.20"], abuse.Lines.Lines);
    }

    [Fact]
    public async Task A_request_that_ends_meanwhile_ends_the_check()
    {
        dns.Has("_rvp._tcp.im.contoso.com", QueryType.SRV, new TaskCompletionSource<DnsAnswer>().Task);
        using var request = new CancellationTokenSource();

        var believed = IsBelievedAsync(SourceCheck.Dns, "http://im.contoso.com/instmsg/aliases/KariHensien", "192.0.2.20", request.Token);
        await request.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => believed);
    }

    private Task<bool> IsBelievedAsync(SourceCheck check, string principal, string source, CancellationToken stop = default) =>
        IsBelievedAsync(Trust(check), principal, source, stop);

    private static ImDomains Domains => new(
        [new("imhomeserver1", Role.Home, "im.adatum.com", ["im.adatum.com", "imhomeserver1.adatum.com"], 80)],
        new Dictionary<string, string> { ["adatum.com"] = "im.adatum.com" });

    private SenderTrust Trust(SourceCheck check)
    {
        var options = new FederationOptions
        {
            SourceCheck = check,
            Blocked = lists.Blocked,
            Allowed = lists.Allowed,
            Trusted = [IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("2001:db8:1::/48")],
        };
        var limits = new LimitsOptions { MaxLookupsPerSender = 3 };
        return new SenderTrust(options, new FederatedDomains(options), Domains, dns.Resolver(time), limits, abuse.Log, time);
    }

    private static async Task<bool> IsBelievedAsync(SenderTrust trust, string principal, string source, CancellationToken stop = default)
    {
        Assert.True(RvpUrl.TryParse(principal, out var url));
        var node = await new NodeLocator(Domains, new InMemoryDirectory(), new MovedHomes()).LocateAsync(url, stop);
        return await trust.IsBelievedAsync(node, IPAddress.Parse(source), stop);
    }
}
