using System.Net;
using DnsClient;
using Microsoft.Extensions.Time.Testing;

namespace RvpServer.Tests.Federation;

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
        dns.HasService("adatum.com", "10 0 80 im2.adatum.com", "5 0 81 im1.adatum.com").HasAddress("im1.adatum.com", "192.0.2.1").HasAddress("im2.adatum.com", "192.0.2.2");

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
        dns.HasService("adatum.com", "0 0 80 192.0.2.9", "1 0 80 gone.adatum.com", "2 0 80 im.adatum.com").HasAddress("im.adatum.com", "192.0.2.10").Fails("gone.adatum.com", QueryType.A);

        Assert.Equal("Found im.adatum.com:80 192.0.2.10", await ResolveAsync("adatum.com", null));
    }

    [Theory]
    [InlineData("_rvp._tcp.adatum.com", QueryType.SRV, "Unreachable")]
    [InlineData("im.adatum.com", QueryType.A, "Unreachable")]
    [InlineData("im.adatum.com", QueryType.AAAA, "Unreachable")]
    [InlineData("adatum.com", QueryType.A, "NoSuchDomain")]
    public async Task What_dns_does_not_answer_is_unreachable_for_now(string name, QueryType type, string expected)
    {
        dns.HasService("adatum.com", "0 0 80 im.adatum.com").Fails(name, type);

        Assert.Equal(expected, await ResolveAsync("adatum.com", null));
    }

    [Fact]
    public async Task A_name_nobody_has_is_no_domain() => Assert.Equal("NoSuchDomain", await ResolveAsync("nowhere.adatum.com", null));

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

    private async Task<string> ResolveAsync(string host, int? port)
    {
        var found = await dns.Resolver(time).ResolveAsync(host, port, default);
        var endpoints = found.Endpoints.Select(endpoint => $" {endpoint.Host}:{endpoint.Port} {string.Join(' ', endpoint.Addresses)}");
        return found.Status + string.Join(',', endpoints);
    }
}
