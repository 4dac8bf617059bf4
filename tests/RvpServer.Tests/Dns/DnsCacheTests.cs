using System.Net;
using DnsClient;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Dns;

namespace RvpServer.Tests.Dns;

public class DnsCacheTests
{
    private readonly FakeTimeProvider time = new();
    private readonly FakeDns dns = new();

    [Theory]
    [InlineData(DnsStatus.Found, 600, 600)]
    [InlineData(DnsStatus.Found, 0, 1)]
    [InlineData(DnsStatus.Found, 86400, 3600)]
    [InlineData(DnsStatus.Empty, 60, 60)]
    [InlineData(DnsStatus.Empty, 0, 1)]
    [InlineData(DnsStatus.Empty, 86400, 300)]
    [InlineData(DnsStatus.NoSuchName, 60, 60)]
    [InlineData(DnsStatus.NoSuchName, 86400, 300)]
    [InlineData(DnsStatus.Failed, 0, 5)]
    [InlineData(DnsStatus.Failed, 600, 5)]
    internal async Task An_answer_lives_as_long_as_dns_says_within_bounds(DnsStatus status, int ttl, int seconds)
    {
        dns.Has("im.adatum.com", QueryType.A, new DnsAnswer(status, [], TimeSpan.FromSeconds(ttl)));
        var cache = new DnsCache(dns.AskAsync, time);
        await AskAsync(cache, "im.adatum.com");

        time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        await AskAsync(cache, "im.adatum.com");
        var before = dns.Questions.Count;
        time.Advance(TimeSpan.FromTicks(1));
        await AskAsync(cache, "im.adatum.com");

        Assert.Equal(1, before);
        Assert.Equal(2, dns.Questions.Count);
    }

    [Fact]
    public async Task A_new_answer_replaces_the_expired_one()
    {
        dns.HasAddress("im.adatum.com", "192.0.2.10");
        var cache = new DnsCache(dns.AskAsync, time);
        var old = await AskAsync(cache, "im.adatum.com");

        dns.HasAddress("im.adatum.com", "192.0.2.20");
        var kept = await AskAsync(cache, "im.adatum.com");
        time.Advance(FakeDns.Ttl);
        var fresh = await AskAsync(cache, "im.adatum.com");

        Assert.Same(old, kept);
        Assert.Equal([IPAddress.Parse("192.0.2.20")], fresh.Addresses);
    }

    [Fact]
    public async Task Types_are_kept_apart()
    {
        var cache = new DnsCache(dns.AskAsync, time);

        await cache.AskAsync("im.adatum.com", QueryType.A, default);
        await cache.AskAsync("im.adatum.com", QueryType.AAAA, default);

        Assert.Equal(["A im.adatum.com", "AAAA im.adatum.com"], dns.Questions);
    }

    [Fact]
    public async Task Who_asks_meanwhile_shares_the_question_and_who_gives_up_does_not_end_it()
    {
        var pending = new TaskCompletionSource<DnsAnswer>();
        dns.Has("im.adatum.com", QueryType.A, pending.Task);
        var cache = new DnsCache(dns.AskAsync, time);
        using var patience = new CancellationTokenSource();

        var impatient = cache.AskAsync("im.adatum.com", QueryType.A, patience.Token);
        time.Advance(TimeSpan.FromDays(1));
        var patient = cache.AskAsync("im.adatum.com", QueryType.A, default);
        await patience.CancelAsync();
        var answer = FakeDns.Found();
        pending.SetResult(answer);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.Same(answer, await patient);
        Assert.Single(dns.Questions);
    }

    [Fact]
    public async Task The_least_recently_used_answer_makes_room()
    {
        var cache = new DnsCache(dns.AskAsync, time, capacity: 2);
        await AskAsync(cache, "a.adatum.com");
        await AskAsync(cache, "b.adatum.com");
        await AskAsync(cache, "a.adatum.com");

        await AskAsync(cache, "c.adatum.com");
        await AskAsync(cache, "a.adatum.com");
        await AskAsync(cache, "b.adatum.com");

        Assert.Equal(["A a.adatum.com", "A b.adatum.com", "A c.adatum.com", "A b.adatum.com"], dns.Questions);
    }

    [Fact]
    public async Task An_unexpected_exception_is_not_kept_for_ever()
    {
        dns.Has("im.adatum.com", QueryType.A, Task.FromException<DnsAnswer>(new NotSupportedException()));
        var cache = new DnsCache(dns.AskAsync, time);
        await Assert.ThrowsAsync<NotSupportedException>(() => AskAsync(cache, "im.adatum.com"));

        dns.HasAddress("im.adatum.com", "192.0.2.10");
        time.Advance(DnsCache.FailureAge);

        Assert.Single((await AskAsync(cache, "im.adatum.com")).Addresses);
    }

    private static Task<DnsAnswer> AskAsync(DnsCache cache, string name) => cache.AskAsync(name, QueryType.A, default);
}
