using System.Diagnostics;
using System.Net;
using DnsClient;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RvpServer.Configuration;
using RvpServer.Dns;

namespace RvpServer.Interop.Dns;

public class ResolverTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task Priorities_and_weights_of_a_real_zone_decide()
    {
        await using var nsd = await NsdServer.StartAsync(("adatum.com", """
            _rvp._tcp SRV 10 0 8080 im3
            _rvp._tcp SRV 0 20 80 im2
            _rvp._tcp SRV 0 60 80 IM1
            im1 A 127.0.1.1
            im1 AAAA ::1
            im2 A 127.0.1.2
            im3 CNAME im2

            """));
        var resolver = new DomainResolver(Lookup(nsd.Settings()).AskAsync, time, new Random(1));

        var orders = new List<string>();
        for (var i = 0; i < 1000; i++) orders.Add(Text(await resolver.ResolveAsync("adatum.com", null, default)));

        const string usual = "Found im1.adatum.com:80 127.0.1.1 ::1, im2.adatum.com:80 127.0.1.2, im3.adatum.com:8080 127.0.1.2";
        const string seldom = "Found im2.adatum.com:80 127.0.1.2, im1.adatum.com:80 127.0.1.1 ::1, im3.adatum.com:8080 127.0.1.2";
        Assert.Equal([usual, seldom], orders.Distinct().Order());
        // By RFC 2782 and the order in which the records come: between 60/81 and 61/81.
        Assert.InRange(orders.Count(order => order == usual), 690, 800);
    }

    [Fact]
    public async Task A_changed_zone_is_seen_after_its_ttl_and_not_before()
    {
        await using var nsd = await NsdServer.StartAsync(("adatum.com", "_rvp._tcp SRV 0 0 80 im\nim A 127.0.1.1\n"));
        var resolver = Resolver(nsd.Settings());
        var old = Text(await resolver.ResolveAsync("adatum.com", null, default));

        await nsd.ChangeAsync("adatum.com", "_rvp._tcp SRV 0 0 8080 im\nim A 127.0.1.2\n");
        time.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromTicks(1));
        var before = Text(await resolver.ResolveAsync("adatum.com", null, default));
        time.Advance(TimeSpan.FromTicks(1));
        var after = Text(await resolver.ResolveAsync("adatum.com", null, default));

        Assert.Equal("Found im.adatum.com:80 127.0.1.1", old);
        Assert.Equal(old, before);
        Assert.Equal("Found im.adatum.com:8080 127.0.1.2", after);
    }

    [Fact]
    public async Task A_missing_name_and_a_missing_type_are_told_apart_and_live_as_the_soa_says()
    {
        await using var nsd = await NsdServer.StartAsync(("adatum.com", "im A 127.0.1.1\n"));
        var lookup = Lookup(nsd.Settings());

        var missingName = await lookup.AskAsync("nobody.adatum.com", QueryType.A);
        var missingType = await lookup.AskAsync("im.adatum.com", QueryType.AAAA);
        var there = await lookup.AskAsync("IM.adatum.com", QueryType.A);

        Assert.Equal((DnsStatus.NoSuchName, TimeSpan.FromSeconds(30)), (missingName.Status, missingName.TimeToLive));
        Assert.Equal((DnsStatus.Empty, TimeSpan.FromSeconds(30)), (missingType.Status, missingType.TimeToLive));
        Assert.Equal((DnsStatus.Found, TimeSpan.FromSeconds(60)), (there.Status, there.TimeToLive));
        Assert.Equal([IPAddress.Parse("127.0.1.1")], there.Addresses);
    }

    [Fact]
    public async Task Without_a_srv_record_it_is_the_name_itself()
    {
        await using var nsd = await NsdServer.StartAsync(("adatum.com", "im A 127.0.1.1\n_rvp._tcp.gone SRV 0 0 0 .\ngone A 127.0.1.1\n"));
        var resolver = Resolver(nsd.Settings());

        Assert.Equal("Found im.adatum.com:80 127.0.1.1", Text(await resolver.ResolveAsync("im.adatum.com", null, default)));
        Assert.Equal("Found im.adatum.com:8080 127.0.1.1", Text(await resolver.ResolveAsync("im.adatum.com", 8080, default)));
        Assert.Equal("NoSuchDomain", Text(await resolver.ResolveAsync("nobody.adatum.com", null, default)));
        Assert.Equal("NoSuchDomain", Text(await resolver.ResolveAsync("gone.adatum.com", null, default)));
    }

    [Fact]
    public async Task A_broken_zone_and_a_refusal_are_temporary()
    {
        await using var nsd = await NsdServer.StartAsync(("adatum.com", "im A 127.0.1.1\n"), ("contoso.com", "im A 127.0.2\n"));
        var resolver = Resolver(nsd.Settings());

        var broken = Text(await resolver.ResolveAsync("im.contoso.com", null, default));
        var refused = Text(await resolver.ResolveAsync("im.contoso.example", null, default));
        await nsd.ChangeAsync("contoso.com", "im A 127.0.2.1\n");
        time.Advance(TimeSpan.FromSeconds(5));
        var mended = Text(await resolver.ResolveAsync("im.contoso.com", null, default));

        Assert.Equal("ResolverFailed", broken);
        Assert.Equal("ResolverFailed", refused);
        Assert.Equal("Found im.contoso.com:80 127.0.2.1", mended);
    }

    [Fact]
    public async Task A_frozen_server_costs_two_time_outs_and_is_found_again_when_it_wakes()
    {
        await using var nsd = await NsdServer.StartAsync(("adatum.com", "im A 127.0.1.1\n"));
        var resolver = Resolver(nsd.Settings(timeoutMilliseconds: 250));
        await nsd.FreezeAsync();

        var watch = Stopwatch.StartNew();
        var frozen = Text(await resolver.ResolveAsync("im.adatum.com", null, default));
        var first = watch.Elapsed;
        watch.Restart();
        await resolver.ResolveAsync("im.adatum.com", null, default);
        var second = watch.Elapsed;
        await nsd.ThawAsync();
        time.Advance(TimeSpan.FromSeconds(5));
        var awake = Text(await Resolver(nsd.Settings()).ResolveAsync("im.adatum.com", null, default));

        Assert.Equal("ResolverFailed", frozen);
        Assert.InRange(first, TimeSpan.FromSeconds(0.45), TimeSpan.FromSeconds(5));
        Assert.True(second < first, $"the failure was not kept: {second}");
        Assert.Equal("Found im.adatum.com:80 127.0.1.1", awake);
    }

    [Fact]
    public async Task The_next_server_answers_for_a_frozen_one()
    {
        await using var frozen = await NsdServer.StartAsync(("adatum.com", "im A 127.0.1.1\n"));
        await using var awake = await NsdServer.StartAsync(("adatum.com", "im A 127.0.1.2\n"));
        await frozen.FreezeAsync();

        var options = new DnsOptions { Servers = [frozen.Endpoint, awake.Endpoint], Timeout = TimeSpan.FromSeconds(1) };
        var answer = await Lookup(options).AskAsync("im.adatum.com", QueryType.A);

        Assert.Equal([IPAddress.Parse("127.0.1.2")], answer.Addresses);
    }

    [Fact]
    public async Task Where_only_the_srv_question_fails_the_host_itself_stands_in_until_it_is_answered_again()
    {
        await using var nsd = await NsdServer.StartAsync(("adatum.com", "im A 127.0.1.1\ngate A 127.0.1.2\n"), ("_rvp._tcp.im.adatum.com", "@ SRV 0 0 80\n"));
        var resolver = Resolver(nsd.Settings());

        var before = Text(await resolver.ResolveAsync("im.adatum.com", 8080, default));
        await nsd.ChangeAsync("_rvp._tcp.im.adatum.com", "@ SRV 0 0 81 gate.adatum.com.\n");
        time.Advance(DnsCache.FailureAge);
        var after = Text(await resolver.ResolveAsync("im.adatum.com", 8080, default));

        Assert.Equal("Found im.adatum.com:8080 127.0.1.1", before);
        Assert.Equal("Found gate.adatum.com:81 127.0.1.2", after);
    }

    [Fact]
    public async Task An_alias_is_followed_to_a_zone_that_only_another_server_has()
    {
        await using var adatum = await NsdServer.StartAsync(("adatum.com", "im CNAME im.contoso.com.\n_rvp._tcp CNAME _rvp._tcp.contoso.com.\n"));
        await using var contoso = await NsdServer.StartAsync(("contoso.com", "im A 127.0.2.1\n_rvp._tcp SRV 0 0 8080 im\n"));
        var resolver = Resolver(new DnsOptions { Servers = [adatum.Endpoint, contoso.Endpoint], Timeout = TimeSpan.FromSeconds(5) });

        Assert.Equal("Found im.adatum.com:80 127.0.2.1", Text(await resolver.ResolveHostAsync("im.adatum.com", 80, default)));
        Assert.Equal("Found im.contoso.com:8080 127.0.2.1", Text(await resolver.ResolveAsync("adatum.com", null, default)));
    }

    [Fact]
    public async Task A_referral_to_other_name_servers_is_no_answer_and_the_next_server_is_asked()
    {
        await using var parent = await NsdServer.StartAsync(("adatum.com", "sales NS ns.sales\nns.sales A 127.0.1.53\n"));
        await using var child = await NsdServer.StartAsync(("sales.adatum.com", "im A 127.0.1.1\n"));

        var alone = await Lookup(parent.Settings()).AskAsync("im.sales.adatum.com", QueryType.A);
        var options = new DnsOptions { Servers = [parent.Endpoint, child.Endpoint], Timeout = TimeSpan.FromSeconds(5) };
        var both = await Lookup(options).AskAsync("im.sales.adatum.com", QueryType.A);

        Assert.Equal(DnsStatus.Failed, alone.Status);
        Assert.Equal([IPAddress.Parse("127.0.1.1")], both.Addresses);
    }

    [Fact]
    public async Task An_answer_too_long_for_a_datagram_comes_by_tcp_and_is_cut_to_32_records()
    {
        var records = string.Concat(Enumerable.Range(1, 200).Select(i => $"_rvp._tcp SRV {i} 0 80 a-rather-long-name-of-a-server-{i}\n"));
        await using var nsd = await NsdServer.StartAsync(("adatum.com", records));

        var answer = await Lookup(nsd.Settings()).AskAsync("_rvp._tcp.adatum.com", QueryType.SRV);

        Assert.Equal(DnsStatus.Found, answer.Status);
        Assert.Equal(32, answer.Services.Count);
    }

    private static DnsLookup Lookup(DnsOptions settings) => new(settings, TimeProvider.System, NullLogger<DnsLookup>.Instance);

    private static string Text(DomainEndpoints found) =>
        found.Status + string.Join(',', found.Endpoints.Select(endpoint => $" {endpoint.Host}:{endpoint.Port} {string.Join(' ', endpoint.Addresses)}"));

    private DomainResolver Resolver(DnsOptions settings) => new(settings, time, NullLogger<DnsLookup>.Instance);
}
