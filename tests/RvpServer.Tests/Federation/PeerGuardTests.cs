using System.Net;
using RvpServer.Federation;

namespace RvpServer.Tests.Federation;

public class PeerGuardTests
{
    private static readonly IPAddress[] Own = [IPAddress.Parse("192.0.2.10"), IPAddress.Parse("2001:db8::10")];

    [Theory]
    [InlineData("192.0.2.20", 80, PeerVerdict.Allowed)]
    [InlineData("10.0.0.5", 80, PeerVerdict.Allowed)]
    [InlineData("2001:db8::20", 80, PeerVerdict.Allowed)]
    [InlineData("192.0.2.10", 80, PeerVerdict.OwnEndpoint)]
    [InlineData("::ffff:192.0.2.10", 80, PeerVerdict.OwnEndpoint)]
    [InlineData("2001:db8::10", 80, PeerVerdict.OwnEndpoint)]
    [InlineData("192.0.2.10", 8080, PeerVerdict.Allowed)]
    [InlineData("127.0.0.1", 80, PeerVerdict.OwnEndpoint)]
    [InlineData("127.0.1.10", 80, PeerVerdict.OwnEndpoint)]
    [InlineData("0.0.0.0", 80, PeerVerdict.OwnEndpoint)]
    [InlineData("::1", 80, PeerVerdict.OwnEndpoint)]
    [InlineData("::", 80, PeerVerdict.OwnEndpoint)]
    [InlineData("127.0.0.1", 8081, PeerVerdict.Loopback)]
    [InlineData("127.255.255.254", 6379, PeerVerdict.Loopback)]
    [InlineData("::ffff:127.0.0.1", 6379, PeerVerdict.Loopback)]
    [InlineData("::1", 6379, PeerVerdict.Loopback)]
    [InlineData("0.0.0.0", 6379, PeerVerdict.Unspecified)]
    [InlineData("0.1.2.3", 6379, PeerVerdict.Unspecified)]
    [InlineData("::", 6379, PeerVerdict.Unspecified)]
    [InlineData("169.254.169.254", 80, PeerVerdict.LinkLocal)]
    [InlineData("::ffff:169.254.169.254", 80, PeerVerdict.LinkLocal)]
    [InlineData("fe80::1", 80, PeerVerdict.LinkLocal)]
    [InlineData("224.0.0.1", 80, PeerVerdict.Multicast)]
    [InlineData("239.255.255.255", 80, PeerVerdict.Multicast)]
    [InlineData("255.255.255.255", 80, PeerVerdict.Multicast)]
    [InlineData("ff02::1", 80, PeerVerdict.Multicast)]
    [InlineData("240.0.0.1", 80, PeerVerdict.Reserved)]
    internal void A_server_on_all_addresses_calls_neither_itself_nor_nobody(string address, int port, PeerVerdict expected)
    {
        var guard = new PeerGuard([new IPEndPoint(IPAddress.IPv6Any, 80)], Own, []);

        Assert.Equal(expected, guard.Judge(IPAddress.Parse(address), port));
    }

    [Theory]
    [InlineData("127.0.1.10", 80, PeerVerdict.OwnEndpoint)]
    [InlineData("127.0.2.10", 80, PeerVerdict.Allowed)]
    [InlineData("127.0.1.10", 8080, PeerVerdict.Allowed)]
    [InlineData("::ffff:127.0.2.10", 80, PeerVerdict.Allowed)]
    [InlineData("0.0.0.0", 80, PeerVerdict.OwnEndpoint)]
    [InlineData("169.254.7.7", 80, PeerVerdict.Allowed)]
    [InlineData("169.254.8.7", 80, PeerVerdict.LinkLocal)]
    [InlineData("::1", 80, PeerVerdict.Loopback)]
    [InlineData("192.0.2.10", 80, PeerVerdict.Allowed)]
    internal void Trusted_ranges_open_everything_but_our_own_endpoints(string address, int port, PeerVerdict expected)
    {
        var guard = new PeerGuard([IPEndPoint.Parse("127.0.1.10:80")], Own, [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.7.0/24")]);

        Assert.Equal(expected, guard.Judge(IPAddress.Parse(address), port));
    }
}
