using System.Net;
using System.Net.Sockets;
using DnsClient;
using Microsoft.Extensions.Time.Testing;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Dns;
using RvpServer.Network;
using RvpServer.Outbound;

namespace RvpServer.Tests.Outbound;

public sealed class CallbackGuardTests
{
    private readonly Dictionary<string, string[]> hosts = new()
    {
        ["pc17.adatum.com"] = ["10.1.2.3"],
        ["two.adatum.com"] = ["10.1.2.3", "10.1.2.4"],
        ["localhost"] = ["127.0.0.1", "::1"],
        ["configured.adatum.com"] = ["172.20.0.9"],
        ["public.contoso.com"] = ["203.0.113.9"],
    };

    private readonly FakeTimeProvider clock = new();
    private readonly AddressPolicy policy;
    private readonly DomainResolver resolver;
    private readonly CallbackGuard guard;

    public CallbackGuardTests()
    {
        var own = new OwnEndpoints(() => [new IPEndPoint(IPAddress.IPv6Any, 8080), IPEndPoint.Parse("127.0.0.1:8081"), IPEndPoint.Parse("10.1.2.3:5000")],
            clock);
        policy = new AddressPolicy(own)
        {
            MinPort = 1025,
            Never = AddressKinds.NoHost,
            Ranges = [IPNetwork.Parse("172.20.0.0/16"), IPNetwork.Parse("169.254.0.0/16")],
            Open = AddressKinds.Public,
        };
        resolver = new DomainResolver(AskAsync, clock, new Random(1));
        guard = new CallbackGuard(policy, resolver, clock);
    }

    [Theory]
    [InlineData("http://10.1.2.3:1051", "10.1.2.3")]
    [InlineData("http://10.1.2.3:1025/some/path?x=1", "10.1.2.3")]
    [InlineData("http://10.1.2.3:1051", "::ffff:10.1.2.3")]
    [InlineData("http://[::ffff:10.1.2.3]:1051", "10.1.2.3")]
    [InlineData("http://[2001:db8::7]:1051", "2001:db8::7")]
    [InlineData("http://167838211:1051/", "10.1.2.3")] // 10.1.2.3 as one number
    [InlineData("http://127.0.0.1:1051", "127.0.0.1")]
    [InlineData("http://127.0.0.2:1051", "127.0.0.1")]
    [InlineData("http://[::1]:1051", "127.0.0.1")]
    [InlineData("http://localhost:1051", "::1")]
    [InlineData("http://pc17.adatum.com:1051", "10.1.2.3")]
    [InlineData("http://PC17.adatum.com:1051", "10.1.2.3")]
    [InlineData("http://172.20.0.9:1051", "10.1.2.3")]
    [InlineData("http://configured.adatum.com:1051", "10.1.2.3")]
    public async Task A_callback_to_where_the_caller_comes_from_is_allowed(string callback, string caller) =>
        Assert.Null(await Check(callback, caller));

    [Theory]
    [InlineData("http://10.1.2.4:1051", "10.1.2.3")] // a neighbour
    [InlineData("http://203.0.113.9:1051", "10.1.2.3")]
    [InlineData("http://10.1.2.3:22", "10.1.2.3")]
    [InlineData("http://10.1.2.3", "10.1.2.3")] // port 80
    [InlineData("http://10.1.2.3:1024", "10.1.2.3")]
    [InlineData("http://172.20.0.9:25", "10.1.2.3")] // configured, but a low port
    [InlineData("https://10.1.2.3:1051", "10.1.2.3")]
    [InlineData("ftp://10.1.2.3:2121", "10.1.2.3")]
    [InlineData("file:///etc/passwd", "10.1.2.3")]
    [InlineData("http://jo@10.1.2.3:1051", "10.1.2.3")]
    [InlineData("http://jo:secret@10.1.2.3:1051", "10.1.2.3")]
    [InlineData("http://10.1.2.3:1051@10.1.2.4:1051/", "10.1.2.3")]
    [InlineData("http://10.1.2.3:1051/#x", "10.1.2.3")]
    [InlineData("http://127.0.0.1:1051", "10.1.2.3")]
    [InlineData("http://[::1]:8000", "10.1.2.3")]
    [InlineData("http://[::ffff:127.0.0.1]:8000", "10.1.2.3")]
    [InlineData("http://2130706433:8000/", "10.1.2.3")]
    [InlineData("http://0x7f000001:8000/", "10.1.2.3")]
    [InlineData("http://0177.0.0.1:8000/", "10.1.2.3")]
    [InlineData("http://127.1:8000/", "10.1.2.3")]
    [InlineData("http://localhost:8000", "10.1.2.3")]
    [InlineData("http://10.1.2.3:1051", "127.0.0.1")] // loopback is nobody else
    [InlineData("http://0.0.0.0:1051", "127.0.0.1")]
    [InlineData("http://0.0.0.0:1051", "0.0.0.0")]
    [InlineData("http://0:1051", "127.0.0.1")]
    [InlineData("http://[::]:1051", "::1")]
    [InlineData("http://224.0.0.1:1051", "224.0.0.1")]
    [InlineData("http://[ff02::1]:1051", "ff02::1")]
    [InlineData("http://255.255.255.255:1051", "255.255.255.255")]
    [InlineData("http://169.254.169.254:1051", "10.1.2.3")] // even though configured
    [InlineData("http://[fe80::1]:1051", "fe80::1")]
    [InlineData("http://127.0.0.1:8080", "127.0.0.1")] // this server, by its wildcard
    [InlineData("http://127.3.2.1:8080", "127.0.0.1")]
    [InlineData("http://[::1]:8080", "::1")]
    [InlineData("http://localhost:8080", "127.0.0.1")]
    [InlineData("http://127.0.0.1:8081", "127.0.0.1")] // the Admin URL
    [InlineData("http://10.1.2.3:5000", "10.1.2.3")]
    [InlineData("http://two.adatum.com:1051", "10.1.2.3")] // one of its addresses is a neighbour's
    [InlineData("http://public.contoso.com:1051", "10.1.2.3")]
    [InlineData("http://nowhere.contoso.com:1051", "10.1.2.3")]
    public async Task Any_other_callback_is_refused(string callback, string caller) =>
        Assert.Equal(Refusal.ForeignCallback, await Check(callback, caller));

    [Fact]
    public async Task A_wildcard_listener_guards_every_address_of_this_machine()
    {
        foreach (var own in await System.Net.Dns.GetHostAddressesAsync(System.Net.Dns.GetHostName()))
        {
            var url = new UriBuilder("http", own.ToString(), 8080).Uri;

            Assert.Equal(Refusal.ForeignCallback, await guard.CheckAsync(url, own, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_resolver_that_does_not_answer_is_a_refusal_after_a_bounded_time()
    {
        var checking = guard.CheckAsync(new Uri("http://slow.contoso.com:1051"), IPAddress.Parse("10.1.2.3"), CancellationToken.None).AsTask();
        Assert.False(checking.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(Refusal.ForeignCallback, await Deadline.For(checking, "a refusal", () => "nothing"));
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_later_is_not_dialled()
    {
        await using var jo = CallbackListener.Start();
        hosts["jo.contoso.com"] = ["203.0.113.9"];
        Assert.Null(await Check($"http://jo.contoso.com:{jo.Port}", "203.0.113.9"));

        hosts["jo.contoso.com"] = ["127.0.0.1"];
        clock.Advance(DnsCache.MinAge);

        Assert.Equal(SocketError.AccessDenied, await DialError("jo.contoso.com", jo.Port));
        Assert.Equal(0, jo.ConnectionCount);
    }

    [Fact]
    public async Task A_name_is_dialled_for_the_caller_it_was_admitted_for()
    {
        await using var jo = CallbackListener.Start();
        hosts["jo.adatum.com"] = ["127.0.0.1"];
        Assert.Null(await Check($"http://jo.adatum.com:{jo.Port}", "127.0.0.1"));

        Assert.Null(await DialError("jo.adatum.com", jo.Port));
    }

    [Fact]
    public async Task After_a_restart_a_name_leads_inside_only_when_its_caller_is_remembered()
    {
        await using var jo = CallbackListener.Start();
        hosts["jo.adatum.com"] = ["127.0.0.1"];
        hosts["pc.adatum.com"] = ["10.255.255.254"];

        Assert.Equal(SocketError.AccessDenied, await DialError("jo.adatum.com", jo.Port));
        Assert.Equal(SocketError.AccessDenied, await DialError("pc.adatum.com", 1051));
        guard.Remember(new Uri($"http://jo.adatum.com:{jo.Port}"), IPAddress.Loopback);

        Assert.Null(await DialError("jo.adatum.com", jo.Port));
    }

    [Theory]
    [InlineData("203.0.113.9", true)]
    [InlineData("172.20.0.9", true)]
    [InlineData("2001:db8::7", true)]
    [InlineData("10.0.0.1", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("169.254.169.254", false)]
    public void A_name_nobody_remembers_leads_outside_or_into_configured_ranges(string address, bool isAdmitted) =>
        Assert.Equal(isAdmitted, policy.Judge(IPAddress.Parse(address), 1051) == AddressVerdict.Allowed);

    [Theory]
    [InlineData("127.0.0.1", 8080)]
    [InlineData("127.0.0.1", 8081)]
    [InlineData("127.0.0.1", 22)]
    [InlineData("0.0.0.0", 1051)]
    [InlineData("169.254.169.254", 1051)]
    [InlineData("::ffff:169.254.169.254", 1051)]
    public async Task The_dialer_refuses_forbidden_addresses_by_itself(string address, int port) =>
        Assert.Equal(SocketError.AccessDenied, await DialError(address, port));

    private async Task<Refusal?> Check(string callback, string caller) =>
        await guard.CheckAsync(new Uri(callback), IPAddress.Parse(caller), CancellationToken.None);

    /// <summary>Null when the connection was made.</summary>
    private async Task<SocketError?> DialError(string host, int port)
    {
        var dialer = new Dialer(resolver, guard.MayDial, TimeProvider.System);
        try
        {
            await using var stream = await dialer.ConnectAsync(new DnsEndPoint(host, port), null, CancellationToken.None);
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    private Task<DnsAnswer> AskAsync(string name, QueryType type)
    {
        if (name == "slow.contoso.com") return new TaskCompletionSource<DnsAnswer>().Task;
        var family = type == QueryType.A ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var found = hosts.GetValueOrDefault(name, []).Select(IPAddress.Parse).Where(address => address.AddressFamily == family).ToArray();
        return Task.FromResult(found.Length == 0
            ? new DnsAnswer(DnsStatus.NoSuchName, [], TimeSpan.Zero)
            : new DnsAnswer(DnsStatus.Found, [.. found.Select(address => new DnsRecord.Address(address))], TimeSpan.Zero));
    }
}
