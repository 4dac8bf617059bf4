using System.Net;
using DnsClient;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Dns;

namespace RvpServer.Tests.Dns;

public class DomainResolverTests
{
    private readonly FakeTimeProvider time = new();
    private readonly FakeDns dns = new();

    [Fact]
    public async Task The_srv_record_names_host_and_port()
    {
        dns.HasService("adatum.com", "0 0 8080 im.adatum.com").HasAddress("im.adatum.com", "192.0.2.10", "2001:db8::10");

        Assert.Equal("Found im.adatum.com:8080 192.0.2.10 2001:db8::10", await ResolveAsync("Adatum.com.", null));
    }

    [Fact]
    public async Task Targets_are_tried_by_priority()
    {
        dns.HasService("adatum.com", "10 0 80 im2.adatum.com", "5 0 81 im1.adatum.com").HasAddress("im1.adatum.com", "192.0.2.1")
            .HasAddress("im2.adatum.com", "192.0.2.2");

        Assert.Equal("Found im1.adatum.com:81 192.0.2.1, im2.adatum.com:80 192.0.2.2", await ResolveAsync("adatum.com", null));
    }

    [Theory]
    [InlineData(null, "Found im.adatum.com:80 192.0.2.10")]
    [InlineData(8080, "Found im.adatum.com:8080 192.0.2.10")]
    public async Task Without_a_srv_record_it_is_the_name_itself_and_the_written_port(int? port, string expected)
    {
        dns.HasAddress("im.adatum.com", "192.0.2.10");

        Assert.Equal(expected, await ResolveAsync("im.adatum.com", port));
    }

    [Theory]
    [InlineData("192.0.2.10", null, "Found 192.0.2.10:80 192.0.2.10")]
    [InlineData("[2001:db8::1]", 8080, "Found [2001:db8::1]:8080 2001:db8::1")]
    [InlineData("2130706433", null, "NoSuchDomain")]
    [InlineData("not a name", null, "NoSuchDomain")]
    public async Task Addresses_and_impossible_names_need_no_dns(string host, int? port, string expected)
    {
        Assert.Equal(expected, await ResolveAsync(host, port));
        Assert.Empty(dns.Questions);
    }

    [Theory]
    [InlineData("0 0 0 .")]
    [InlineData("0 0 80 .")]
    [InlineData("0 0 0 im.adatum.com")]
    [InlineData("0 0 80 192.0.2.10")]
    [InlineData("0 0 80 im\\.adatum.com")]
    public async Task A_target_that_leads_nowhere_is_none_and_the_domain_does_not_stand_in_for_it(string record)
    {
        dns.HasService("im.adatum.com", record).HasAddress("im.adatum.com", "192.0.2.10");

        Assert.Equal("NoSuchDomain", await ResolveAsync("im.adatum.com", null));
    }

    [Fact]
    public async Task Unusable_records_do_not_spoil_the_usable_one()
    {
        dns.HasService("adatum.com", "0 0 80 192.0.2.9", "1 0 80 gone.adatum.com", "2 0 80 im.adatum.com").HasAddress("im.adatum.com", "192.0.2.10")
            .Fails("gone.adatum.com", QueryType.A);

        Assert.Equal("Found im.adatum.com:80 192.0.2.10", await ResolveAsync("adatum.com", null));
    }

    [Theory]
    [InlineData("_rvp._tcp.adatum.com", QueryType.SRV, "ResolverFailed")]
    [InlineData("im.adatum.com", QueryType.A, "ResolverFailed")]
    [InlineData("im.adatum.com", QueryType.AAAA, "ResolverFailed")]
    [InlineData("adatum.com", QueryType.A, "NoSuchDomain")]
    public async Task What_dns_does_not_answer_is_not_taken_for_none(string name, QueryType type, string expected)
    {
        dns.HasService("adatum.com", "0 0 80 im.adatum.com").Fails(name, type);

        Assert.Equal(expected, await ResolveAsync("adatum.com", null));
    }

    [Fact]
    public async Task A_name_nobody_has_is_no_domain() => Assert.Equal("NoSuchDomain", await ResolveAsync("nowhere.adatum.com", null));

    [Fact]
    public async Task A_home_server_is_a_host_at_the_port_of_its_url_and_no_srv_record_is_asked_for()
    {
        dns.HasService("imhomeserver1.adatum.com", "0 0 81 elsewhere.adatum.com").HasAddress("imhomeserver1.adatum.com", "192.0.2.11", "2001:db8::11");

        var found = await dns.Resolver(time).ResolveHostAsync("ImHomeServer1.adatum.com.", 8080, default);
        var missing = await dns.Resolver(time).ResolveHostAsync("imhomeserver2.adatum.com", 80, default);
        var address = await dns.Resolver(time).ResolveHostAsync("[2001:db8::1]", 80, default);

        Assert.Equal("Found imhomeserver1.adatum.com:8080 192.0.2.11 2001:db8::11", Text(found));
        Assert.Equal("NoSuchDomain", Text(missing));
        Assert.Equal("Found [2001:db8::1]:80 2001:db8::1", Text(address));
        Assert.All(dns.Questions, question => Assert.DoesNotContain("SRV", question, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(QueryType.AAAA, "192.0.2.10")]
    [InlineData(QueryType.A, "2001:db8::10")]
    public async Task One_family_that_fails_does_the_other_no_harm(QueryType failing, string address)
    {
        dns.HasAddress("im.adatum.com", address).Fails("im.adatum.com", failing);

        Assert.Equal("Found im.adatum.com:80 " + address, await ResolveAsync("im.adatum.com", null));
    }

    [Theory]
    [InlineData(QueryType.AAAA, "192.0.2.10")]
    [InlineData(QueryType.A, "2001:db8::10")]
    public async Task One_family_that_does_not_answer_holds_the_other_up_for_a_moment_only(QueryType silent, string address)
    {
        var late = new TaskCompletionSource<DnsAnswer>();
        dns.HasAddress("im.adatum.com", address).Has("im.adatum.com", silent, late.Task);
        var resolver = dns.Resolver(time);

        var found = resolver.ResolveAsync("im.adatum.com", null, default).AsTask();
        var dialled = resolver.AddressesForDialingAsync("im.adatum.com", default).AsTask();
        time.Advance(DomainResolver.OtherFamilyTime - TimeSpan.FromTicks(1));
        var isEarly = found.IsCompleted || dialled.IsCompleted;
        time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal("Found im.adatum.com:80 " + address, Text(await found.WaitAsync(TimeSpan.FromSeconds(10))));
        Assert.Equal([IPAddress.Parse(address)], await dialled.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.False(isEarly);
    }

    [Fact]
    public async Task Where_one_family_has_nothing_the_other_is_waited_for()
    {
        var late = new TaskCompletionSource<DnsAnswer>();
        dns.Has("im.adatum.com", QueryType.AAAA, late.Task);

        var found = dns.Resolver(time).ResolveAsync("im.adatum.com", null, default).AsTask();
        time.Advance(TimeSpan.FromMinutes(1));
        var isEarly = found.IsCompleted;
        late.SetResult(FakeDns.Found(new DnsRecord.Address(IPAddress.Parse("2001:db8::10"))));

        Assert.Equal("Found im.adatum.com:80 2001:db8::10", Text(await found));
        Assert.False(isEarly);
    }

    [Theory]
    [InlineData(null, "Found im.adatum.com:80 192.0.2.10")]
    [InlineData(8080, "Found im.adatum.com:8080 192.0.2.10")]
    public async Task Where_the_srv_question_fails_the_host_itself_stands_in_and_the_record_is_asked_for_again_soon(int? port, string expected)
    {
        dns.Fails("_rvp._tcp.im.adatum.com", QueryType.SRV).HasAddress("im.adatum.com", "192.0.2.10").HasAddress("gate.adatum.com", "192.0.2.20");
        var resolver = dns.Resolver(time);

        var before = Text(await resolver.ResolveAsync("im.adatum.com", port, default));
        dns.HasService("im.adatum.com", "0 0 81 gate.adatum.com");
        var kept = Text(await resolver.ResolveAsync("im.adatum.com", port, default));
        time.Advance(DnsCache.FailureAge);
        var after = Text(await resolver.ResolveAsync("im.adatum.com", port, default));

        Assert.Equal((expected, expected), (before, kept));
        Assert.Equal("Found gate.adatum.com:81 192.0.2.20", after);
    }

    [Fact]
    public async Task Where_the_srv_question_is_not_answered_there_is_time_left_for_the_host_itself()
    {
        var late = new TaskCompletionSource<DnsAnswer>();
        dns.Has("_rvp._tcp.im.adatum.com", QueryType.SRV, late.Task).HasAddress("im.adatum.com", "192.0.2.10").HasAddress("gate.adatum.com", "192.0.2.20");
        var resolver = dns.Resolver(time);

        var found = resolver.ResolveAsync("im.adatum.com", null, default).AsTask();
        var isEarly = dns.Asked("A im.adatum.com");
        time.Advance(DomainResolver.OtherFamilyTime);
        await Deadline.Until(() => dns.Asked("A im.adatum.com"), "a question for the host itself", () => "none");
        time.Advance(DomainResolver.ServiceTime - DomainResolver.OtherFamilyTime);
        await found.WaitAsync(TimeSpan.FromSeconds(10));
        late.SetResult(FakeDns.Found(FakeDns.Service("0 0 81 gate.adatum.com")));

        Assert.Equal("Found im.adatum.com:80 192.0.2.10", Text(await found));
        Assert.False(isEarly);
        Assert.Equal("Found gate.adatum.com:81 192.0.2.20", Text(await resolver.ResolveAsync("im.adatum.com", null, default)));
    }

    [Fact]
    public async Task Who_may_assert_a_domain_is_never_more_because_a_question_failed()
    {
        dns.HasService("im.adatum.com", "0 0 80 gate.adatum.com").HasAddress("im.adatum.com", "192.0.2.10").HasAddress("gate.adatum.com", "192.0.2.20");
        var all = await dns.Resolver(time).AddressesOfAsync("im.adatum.com", default);
        (string, QueryType)[] questions =
            [("_rvp._tcp.im.adatum.com", QueryType.SRV), ("im.adatum.com", QueryType.A), ("im.adatum.com", QueryType.AAAA), ("gate.adatum.com", QueryType.A)];

        foreach (var (name, type) in questions)
        {
            dns.Fails(name, type);
            Assert.Subset((HashSet<IPAddress>)all, (HashSet<IPAddress>)await dns.Resolver(time).AddressesOfAsync("im.adatum.com", default));
        }
        Assert.Equal(2, all.Count);
    }

    [Fact]
    public async Task Only_where_the_host_fails_too_the_resolver_has_failed()
    {
        dns.Fails("_rvp._tcp.im.adatum.com", QueryType.SRV).Fails("im.adatum.com", QueryType.A).Fails("im.adatum.com", QueryType.AAAA);

        Assert.Equal("ResolverFailed", await ResolveAsync("im.adatum.com", null));
    }

    [Fact]
    public async Task Targets_that_cannot_be_found_are_not_stood_in_for_by_the_host_itself()
    {
        dns.HasService("im.adatum.com", "0 0 80 gate.adatum.com").HasAddress("im.adatum.com", "192.0.2.10");

        Assert.Equal("NoSuchDomain", await ResolveAsync("im.adatum.com", null));
        dns.Fails("gate.adatum.com", QueryType.A);
        Assert.Equal("ResolverFailed", await ResolveAsync("im.adatum.com", null));
    }

    [Theory]
    [InlineData("localhost", null, "Found localhost:80 127.0.0.1 ::1")]
    [InlineData("LOCALHOST.", 8080, "Found localhost:8080 127.0.0.1 ::1")]
    [InlineData("im.localhost", 8080, "Found im.localhost:8080 127.0.0.1 ::1")]
    public async Task This_machine_is_no_matter_for_dns(string host, int? port, string expected)
    {
        dns.HasAddress("localhost", "192.0.2.66").HasService("localhost", "0 0 80 evil.contoso.com");

        Assert.Equal(expected, await ResolveAsync(host, port));
        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], await dns.Resolver(time).AddressesForDialingAsync(host, default));
        Assert.Empty(dns.Questions);
    }

    [Fact]
    public async Task A_hostile_zone_gets_at_most_17_questions_out_of_us()
    {
        dns.HasService("adatum.com", [.. Enumerable.Range(0, 32).Select(i => $"0 0 80 im{i}.adatum.com")]);

        await ResolveAsync("adatum.com", null);

        Assert.Equal(17, dns.Questions.Count);
    }

    [Fact]
    public async Task A_domains_addresses_are_its_own_and_those_of_all_its_targets()
    {
        dns.HasService("adatum.com", "0 0 80 im1.adatum.com", "9 0 80 im2.adatum.com", "9 0 80 .").HasAddress("adatum.com", "192.0.2.1")
            .HasAddress("im1.adatum.com", "192.0.2.2", "2001:db8::2").HasAddress("im2.adatum.com", "192.0.2.3").Fails("im2.adatum.com", QueryType.AAAA);

        var addresses = await dns.Resolver(time).AddressesOfAsync("adatum.com", default);

        Assert.Equal(["192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::2"], addresses.Select(address => address.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Several_routers_under_one_name_share_the_load()
    {
        dns.HasAddress("im.adatum.com", "192.0.2.1", "192.0.2.2");
        var resolver = dns.Resolver(time);

        var first = new HashSet<IPAddress>();
        for (var i = 0; i < 50; i++) first.Add((await resolver.ResolveAsync("im.adatum.com", null, default)).Endpoints[0].Addresses[0]);

        Assert.Equal(2, first.Count);
        Assert.Equal(3, dns.Questions.Count);
    }

    private async Task<string> ResolveAsync(string host, int? port) => Text(await dns.Resolver(time).ResolveAsync(host, port, default));

    private static string Text(DomainEndpoints found)
    {
        var endpoints = found.Endpoints.Select(endpoint => $" {endpoint.Host}:{endpoint.Port} {string.Join(' ', endpoint.Addresses)}");
        return found.Status + string.Join(',', endpoints);
    }
}
