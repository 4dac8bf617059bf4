using System.Net;
using RvpServer.Network;

namespace RvpServer.Tests.Network;

public class SenderAddressTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", "192.0.2.0")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.0")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", "2001:db8:1::")]
    [InlineData("::1", "::", "::")]
    [InlineData("fe80::1%3", "fe80::", "fe80::")]
    public void A_sender_has_an_address_or_a_household_and_a_network_around_it(string address, string sender, string network)
    {
        Assert.Equal(IPAddress.Parse(sender), SenderAddress.Of(IPAddress.Parse(address)));
        Assert.Equal(IPAddress.Parse(network), SenderAddress.NetworkOf(IPAddress.Parse(address)));
    }

    [Fact]
    public void Neighbours_are_other_senders_of_one_network()
    {
        var one = SenderAddress.SharerAt(IPAddress.Parse("192.0.2.7"));
        var other = SenderAddress.SharerAt(IPAddress.Parse("192.0.2.8"));

        Assert.NotEqual(one.Key, other.Key);
        Assert.Equal(one.Group, other.Group);
    }
}
