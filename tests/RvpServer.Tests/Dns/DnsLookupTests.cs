using DnsClient;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Dns;

namespace RvpServer.Tests.Dns;

/// <summary>Questions to servers that answer, answer half, or answer nonsense, over real sockets.</summary>
public class DnsLookupTests
{
    private static readonly DnsReplyText Referral = new() { IsAuthoritative = false, Authorities = ["com 86400 NS ns.com"] };

    [Theory]
    [InlineData(DnsReplyText.FormErr)]
    [InlineData(DnsReplyText.ServFail)]
    [InlineData(DnsReplyText.NotImp)]
    [InlineData(DnsReplyText.Refused)]
    public async Task The_next_server_is_asked_when_one_does_not_want_to(int code)
    {
        using var first = ScriptedDns.Start(_ => DnsReplyText.Fails(code));
        using var second = ScriptedDns.Start("im.adatum.com 60 A 192.0.2.10");

        Assert.Equal("Found 60 192.0.2.10", await AskAsync("im.adatum.com", QueryType.A, first, second));
    }

    [Fact]
    public async Task Where_none_wants_to_it_has_failed()
    {
        using var first = ScriptedDns.Start(_ => DnsReplyText.Fails(DnsReplyText.Refused));
        using var second = ScriptedDns.Start(_ => DnsReplyText.Fails(DnsReplyText.ServFail));

        Assert.Equal("Failed 0 ", await AskAsync("im.adatum.com", QueryType.A, first, second));
        Assert.Equal((2, 2), (first.Questions.Count, second.Questions.Count));
    }

    [Fact]
    public async Task A_server_that_only_says_whom_else_to_ask_has_not_answered()
    {
        using var lame = ScriptedDns.Start(_ => Referral);
        using var second = ScriptedDns.Start("im.adatum.com 60 A 192.0.2.10");

        Assert.Equal("Found 60 192.0.2.10", await AskAsync("im.adatum.com", QueryType.A, lame, second));
        Assert.Equal("Failed 0 ", await AskAsync("im.adatum.com", QueryType.A, lame));
    }

    [Fact]
    public async Task A_server_that_neither_has_the_zone_nor_asks_others_has_not_answered()
    {
        using var lame = ScriptedDns.Start(_ => new DnsReplyText { IsAuthoritative = false });

        Assert.Equal("Failed 0 ", await AskAsync("im.adatum.com", QueryType.A, lame));
    }

    [Theory]
    [InlineData(0, true, false, "Empty 0 ")]
    [InlineData(0, false, true, "Empty 0 ")]
    [InlineData(DnsReplyText.NxDomain, true, false, "NoSuchName 0 ")]
    [InlineData(DnsReplyText.NxDomain, false, true, "NoSuchName 0 ")]
    public async Task A_negative_answer_without_soa_holds_for_the_moment_only(int code, bool isAuthoritative, bool isRecursive, string expected)
    {
        using var dns = ScriptedDns.Start(_ => new DnsReplyText { Code = code, IsAuthoritative = isAuthoritative, IsRecursive = isRecursive });

        Assert.Equal(expected, await AskAsync("im.adatum.com", QueryType.A, dns));
    }

    [Theory]
    [InlineData(0, "Empty 30 ")]
    [InlineData(DnsReplyText.NxDomain, "NoSuchName 30 ")]
    public async Task A_negative_answer_holds_as_long_as_its_soa_says(int code, string expected)
    {
        using var dns = ScriptedDns.Start(_ => new DnsReplyText { Code = code, IsAuthoritative = false, Authorities = ["adatum.com 60 SOA ns.adatum.com"] });

        Assert.Equal(expected, await AskAsync("im.adatum.com", QueryType.A, dns));
    }

    [Theory]
    [InlineData(QueryType.A, "A 192.0.2.10", "192.0.2.10")]
    [InlineData(QueryType.AAAA, "AAAA 2001:db8::10", "2001:db8::10")]
    [InlineData(QueryType.SRV, "SRV 0 0 8080 im.contoso.com", "0 0 8080 im.contoso.com")]
    public async Task An_alias_is_followed_within_the_answer_and_where_it_comes_alone(QueryType type, string record, string expected)
    {
        using var whole = ScriptedDns.Start(
            _ => DnsReplyText.With("a.adatum.com 300 CNAME B.adatum.com", "b.adatum.com 20 CNAME c.contoso.com", "c.contoso.com 60 " + record));
        using var parts = ScriptedDns.Start(query => query.Name switch
        {
            "a.adatum.com" => DnsReplyText.With("a.adatum.com 20 CNAME B.adatum.com"),
            "b.adatum.com" => DnsReplyText.With("b.adatum.com 300 CNAME c.contoso.com"),
            _ => DnsReplyText.With("c.contoso.com 60 " + record),
        });

        Assert.Equal("Found 20 " + expected, await AskAsync("a.adatum.com", type, whole));
        Assert.Equal("Found 20 " + expected, await AskAsync("a.adatum.com", type, parts));
        Assert.Equal(["a.adatum.com", "b.adatum.com", "c.contoso.com"], parts.Questions.Select(query => query.Name));
    }

    [Fact]
    public async Task An_alias_of_nothing_is_nothing()
    {
        using var dns = ScriptedDns.Start(
            query => query.Name == "a.adatum.com" ? DnsReplyText.With("a.adatum.com 20 CNAME b.contoso.com") : DnsReplyText.NoSuchName("contoso.com"));

        Assert.Equal("NoSuchName 20 ", await AskAsync("a.adatum.com", QueryType.A, dns));
    }

    [Fact]
    public async Task Aliases_in_a_circle_end_as_a_failure()
    {
        using var alone = ScriptedDns.Start(
            query => DnsReplyText.With($"{query.Name} 60 CNAME {(query.Name == "a.adatum.com" ? "b.adatum.com" : "a.adatum.com")}"));
        using var whole = ScriptedDns.Start(_ => DnsReplyText.With("a.adatum.com 60 CNAME b.adatum.com", "b.adatum.com 60 CNAME a.adatum.com"));

        Assert.Equal("Failed 0 ", await AskAsync("a.adatum.com", QueryType.A, alone));
        Assert.Equal("Failed 0 ", await AskAsync("a.adatum.com", QueryType.A, whole));
        Assert.Equal(2, alone.Questions.Count);
    }

    [Fact]
    public async Task Aliases_without_end_end_after_eight()
    {
        using var dns = ScriptedDns.Start(query => DnsReplyText.With($"{query.Name} 60 CNAME a{query.Name}"));

        Assert.Equal("Failed 0 ", await AskAsync("adatum.com", QueryType.A, dns));
        Assert.Equal(9, dns.Questions.Count);
    }

    [Fact]
    public async Task Records_of_other_names_do_not_count()
    {
        using var dns = ScriptedDns.Start(_ => new DnsReplyText { Answers = ["other.adatum.com 60 A 192.0.2.66"] });

        Assert.Equal("Empty 0 ", await AskAsync("im.adatum.com", QueryType.A, dns));
    }

    [Fact]
    public async Task Of_an_answer_only_the_records_of_the_name_and_of_its_aliases_count()
    {
        using var dns = ScriptedDns.Start(query => DnsReplyText.With(
            "im.contoso.com 60 A 192.0.2.66", "b.adatum.com 60 CNAME im.contoso.com", "xim.adatum.com 60 A 192.0.2.66",
            "im.adatum.com.evil.example 60 A 192.0.2.66",
            query.Type == "SRV" ? "_rvp._tcp.evil.example 60 SRV 0 0 80 im.evil.example" : "IM.adatum.com 60 CNAME c.adatum.com",
            query.Type == "SRV" ? "_rvp._tcp.adatum.com 60 SRV 0 0 80 im.adatum.com" : "c.adatum.com 60 A 192.0.2.10"));

        Assert.Equal("Found 60 192.0.2.10", await AskAsync("im.adatum.com", QueryType.A, dns));
        Assert.Equal("Found 60 0 0 80 im.adatum.com", await AskAsync("_rvp._tcp.adatum.com", QueryType.SRV, dns));
    }

    [Fact]
    public async Task A_server_that_knows_no_extensions_is_asked_without()
    {
        using var old = ScriptedDns.Start(
            query => query.HasEdns ? DnsReplyText.Fails(DnsReplyText.FormErr) : DnsReplyText.With("im.adatum.com 60 A 192.0.2.10"));

        Assert.Equal("Found 60 192.0.2.10", await AskAsync("im.adatum.com", QueryType.A, old));
        Assert.Equal([true, false], old.Questions.Select(query => query.HasEdns));
    }

    [Theory]
    [InlineData("C00C00010001")] // A name that goes on where it begins.
    [InlineData("FF")]
    [InlineData("")]
    public async Task A_reply_that_cannot_be_read_is_no_answer(string question)
    {
        using var first = ScriptedDns.Start(_ => new DnsReplyText { Nonsense = Convert.FromHexString(question) });
        using var second = ScriptedDns.Start("im.adatum.com 60 A 192.0.2.10");

        Assert.Equal("Found 60 192.0.2.10", await AskAsync("im.adatum.com", QueryType.A, first, second));
    }

    [Fact]
    public async Task The_systems_servers_are_read_without_holding_up_whoever_asks()
    {
        using var dns = ScriptedDns.Start("im.adatum.com 60 A 192.0.2.10");
        using var mayGoOn = new ManualResetEventSlim();
        var isPoolThread = true;
        var system = new SystemDnsServers(
            () =>
            {
                isPoolThread = Thread.CurrentThread.IsThreadPoolThread;
                mayGoOn.Wait();
                return [new NameServer(dns.EndPoint)];
            }, new FakeTimeProvider());
        var lookup = new DnsLookup(new DnsOptions { Servers = [], Timeout = TimeSpan.FromSeconds(5) }, system, NullLogger<DnsLookup>.Instance);

        var asked = Enumerable.Range(0, 100).Select(_ => lookup.AskAsync("im.adatum.com", QueryType.A)).ToList();
        var answered = asked.Count(answer => answer.IsCompleted);
        mayGoOn.Set();
        var answers = await Task.WhenAll(asked);

        Assert.Equal(0, answered);
        Assert.All(answers, answer => Assert.Equal(DnsStatus.Found, answer.Status));
        Assert.False(isPoolThread);
    }

    [Fact]
    public async Task The_systems_servers_are_read_anew_after_half_a_minute_and_after_a_failure()
    {
        var time = new FakeTimeProvider();
        var reads = 0;
        var system = new SystemDnsServers(() => ++reads == 1 ? throw new IOException() : [], time);

        await Assert.ThrowsAsync<IOException>(system.FindAsync);
        await system.FindAsync();
        time.Advance(SystemDnsServers.Age - TimeSpan.FromTicks(1));
        await system.FindAsync();
        var before = reads;
        time.Advance(TimeSpan.FromTicks(1));
        await system.FindAsync();

        Assert.Equal((2, 3), (before, reads));
    }

    [Fact]
    public async Task A_system_whose_servers_cannot_be_read_is_a_failure()
    {
        var lookup = new DnsLookup(new DnsOptions { Servers = [], Timeout = TimeSpan.FromSeconds(5) },
            new SystemDnsServers(() => throw new InvalidOperationException(), new FakeTimeProvider()), NullLogger<DnsLookup>.Instance);

        Assert.Equal(DnsStatus.Failed, (await lookup.AskAsync("im.adatum.com", QueryType.A)).Status);
    }

    private static async Task<string> AskAsync(string name, QueryType type, params ScriptedDns[] servers)
    {
        var options = new DnsOptions { Servers = [.. servers.Select(server => server.EndPoint)], Timeout = TimeSpan.FromSeconds(5) };
        var lookup = new DnsLookup(options, TimeProvider.System, NullLogger<DnsLookup>.Instance);
        var answer = await lookup.AskAsync(name, type);
        var records = answer.Addresses.Select(address => address.ToString())
            .Concat(answer.Services.Select(service => $"{service.Priority} {service.Weight} {service.Port} {service.Target}"));
        return $"{answer.Status} {answer.TimeToLive.TotalSeconds} {string.Join(", ", records)}";
    }
}
