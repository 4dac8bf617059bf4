using System.Net;
using RvpServer.Network;
using RvpServer.Outbound;

namespace RvpServer.Tests.Outbound;

public sealed class AddressPolicyTests
{
    private static readonly IPAddress[] Own = [IPAddress.Parse("192.0.2.10"), IPAddress.Parse("2001:db8::10")];

    [Theory]
    [InlineData("192.0.2.20", 80, AddressVerdict.Allowed)]
    [InlineData("192.0.2.20", 443, AddressVerdict.Allowed)]
    [InlineData("192.0.2.20", 1025, AddressVerdict.Allowed)]
    [InlineData("192.0.2.20", 22, AddressVerdict.ForbiddenPort)]
    [InlineData("192.0.2.20", 81, AddressVerdict.ForbiddenPort)]
    [InlineData("192.0.2.20", 1024, AddressVerdict.ForbiddenPort)]
    [InlineData("10.0.0.5", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("100.100.100.200", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("fd00:ec2::254", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("64:ff9b::a00:5", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("64:ff9b::192.0.2.10", 80, AddressVerdict.OwnEndpoint)]
    [InlineData("64:ff9b::192.0.2.20", 80, AddressVerdict.Allowed)]
    [InlineData("2001:db8::20", 80, AddressVerdict.Allowed)]
    [InlineData("192.0.2.10", 80, AddressVerdict.OwnEndpoint)]
    [InlineData("::ffff:192.0.2.10", 80, AddressVerdict.OwnEndpoint)]
    [InlineData("2001:db8::10", 80, AddressVerdict.OwnEndpoint)]
    [InlineData("192.0.2.10", 8080, AddressVerdict.Allowed)]
    [InlineData("127.0.0.1", 80, AddressVerdict.OwnEndpoint)]
    [InlineData("127.0.1.10", 80, AddressVerdict.OwnEndpoint)]
    [InlineData("0.0.0.0", 80, AddressVerdict.OwnEndpoint)]
    [InlineData("::1", 80, AddressVerdict.OwnEndpoint)]
    [InlineData("::", 80, AddressVerdict.OwnEndpoint)]
    [InlineData("127.0.0.1", 8081, AddressVerdict.ForbiddenKind)]
    [InlineData("127.255.255.254", 6379, AddressVerdict.ForbiddenKind)]
    [InlineData("::ffff:127.0.0.1", 6379, AddressVerdict.ForbiddenKind)]
    [InlineData("::1", 6379, AddressVerdict.ForbiddenKind)]
    [InlineData("0.0.0.0", 6379, AddressVerdict.ForbiddenKind)]
    [InlineData("0.1.2.3", 6379, AddressVerdict.ForbiddenKind)]
    [InlineData("::", 6379, AddressVerdict.ForbiddenKind)]
    [InlineData("169.254.169.254", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("::ffff:169.254.169.254", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("fe80::1", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("224.0.0.1", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("239.255.255.255", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("255.255.255.255", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("ff02::1", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("240.0.0.1", 80, AddressVerdict.ForbiddenKind)]
    internal void A_server_on_all_addresses_calls_neither_itself_nor_nobody(string address, int port, AddressVerdict expected)
    {
        var policy = Policy([new IPEndPoint(IPAddress.IPv6Any, 80)], []);

        Assert.Equal(expected, policy.Judge(IPAddress.Parse(address), port));
    }

    [Theory]
    [InlineData("127.0.1.10", 80, AddressVerdict.OwnEndpoint)]
    [InlineData("127.0.2.10", 80, AddressVerdict.Allowed)]
    [InlineData("127.0.2.10", 22, AddressVerdict.ForbiddenPort)]
    [InlineData("127.0.1.10", 8080, AddressVerdict.Allowed)]
    [InlineData("::ffff:127.0.2.10", 80, AddressVerdict.Allowed)]
    [InlineData("0.0.0.0", 80, AddressVerdict.OwnEndpoint)]
    [InlineData("169.254.7.7", 80, AddressVerdict.Allowed)]
    [InlineData("169.254.8.7", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("::1", 80, AddressVerdict.ForbiddenKind)]
    [InlineData("192.0.2.10", 80, AddressVerdict.Allowed)]
    internal void Callable_ranges_open_everything_but_our_own_endpoints_and_low_ports(string address, int port, AddressVerdict expected)
    {
        var policy = Policy([IPEndPoint.Parse("127.0.1.10:80")], [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.7.0/24")]);

        Assert.Equal(expected, policy.Judge(IPAddress.Parse(address), port));
    }

    [Theory]
    [InlineData("192.0.2.20", AddressKinds.Public)]
    [InlineData("2001:db8::20", AddressKinds.Public)]
    [InlineData("10.0.0.5", AddressKinds.Private)]
    [InlineData("172.31.255.255", AddressKinds.Private)]
    [InlineData("172.32.0.1", AddressKinds.Public)]
    [InlineData("192.168.1.1", AddressKinds.Private)]
    [InlineData("100.64.0.1", AddressKinds.Private)]
    [InlineData("fd00::1", AddressKinds.Private)]
    [InlineData("fec0::1", AddressKinds.Private)]
    [InlineData("127.0.0.1", AddressKinds.Loopback)]
    [InlineData("127.255.255.254", AddressKinds.Loopback)]
    [InlineData("::ffff:127.0.0.1", AddressKinds.Loopback)]
    [InlineData("::1", AddressKinds.Loopback)]
    [InlineData("0.0.0.0", AddressKinds.Unspecified)]
    [InlineData("0.1.2.3", AddressKinds.Unspecified)]
    [InlineData("::", AddressKinds.Unspecified)]
    [InlineData("169.254.169.254", AddressKinds.LinkLocal)]
    [InlineData("::ffff:169.254.169.254", AddressKinds.LinkLocal)]
    [InlineData("fe80::1", AddressKinds.LinkLocal)]
    [InlineData("224.0.0.1", AddressKinds.Multicast)]
    [InlineData("239.255.255.255", AddressKinds.Multicast)]
    [InlineData("255.255.255.255", AddressKinds.Multicast)]
    [InlineData("ff02::1", AddressKinds.Multicast)]
    [InlineData("240.0.0.1", AddressKinds.Reserved)]
    [InlineData("169.254.8.7", AddressKinds.LinkLocal)]
    [InlineData("192.0.0.8", AddressKinds.Private)]
    [InlineData("198.19.255.255", AddressKinds.Private)]
    [InlineData("198.20.0.1", AddressKinds.Public)]
    [InlineData("64:ff9b:1::1", AddressKinds.Private)]
    [InlineData("64:ff9b::7f00:1", AddressKinds.Loopback)]
    [InlineData("64:ff9b::a9fe:a9fe", AddressKinds.LinkLocal)]
    [InlineData("64:ff9b::8.8.8.8", AddressKinds.Public)]
    [InlineData("::ffff:0:10.0.0.5", AddressKinds.Private)]
    [InlineData("::10.0.0.5", AddressKinds.Private)]
    [InlineData("::127.0.0.1", AddressKinds.Loopback)]
    [InlineData("2002:a00:5::1", AddressKinds.Private)]
    [InlineData("2002:808:808::1", AddressKinds.Public)]
    [InlineData("2001:0:808:808:0:0:f5ff:fffa", AddressKinds.Private)]
    [InlineData("2001:0:a00:5:0:0:f7f7:f7f7", AddressKinds.Public)]
    [InlineData("2001:10::1", AddressKinds.Reserved)]
    [InlineData("100::1", AddressKinds.Reserved)]
    internal void Every_address_is_of_one_kind(string address, AddressKinds kind) => Assert.Equal(kind, AddressKind.Of(IPAddress.Parse(address)));

    [Fact]
    public void Where_the_processes_of_a_cluster_talk_nobody_is_called_on_any_machine()
    {
        var policy = new AddressPolicy(new OwnEndpoints(() => [], TimeProvider.System, () => [], clusterPort: 12000))
        {
            Ranges = [IPNetwork.Parse("10.0.0.0/8")],
        };

        Assert.NotEqual(AddressVerdict.Allowed, policy.Judge(IPAddress.Parse("10.1.0.22"), 12000));
        Assert.Equal(AddressVerdict.Allowed, policy.Judge(IPAddress.Parse("10.1.0.22"), 12001));
    }

    private static AddressPolicy Policy(IReadOnlyList<IPEndPoint> listening, IReadOnlyList<IPNetwork> callable) =>
        new(new OwnEndpoints(() => listening, TimeProvider.System, () => Own))
        {
            MinPort = 1025,
            LowPorts = [80, 443],
            Ranges = callable,
            Open = AddressKinds.Public,
        };
}
