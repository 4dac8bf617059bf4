using System.Net;
using RvpServer.Network;

namespace RvpServer.Tests.Network;

public class HostNameTests
{
    [Theory]
    [InlineData("im.adatum.com", "im.adatum.com")]
    [InlineData("IM.Adatum.COM.", "im.adatum.com")]
    [InlineData("imhomeserver1", "imhomeserver1")]
    [InlineData("_rvp._tcp.adatum.com", "_rvp._tcp.adatum.com")]
    [InlineData("10.2.0.192.in-addr.arpa.", "10.2.0.192.in-addr.arpa")]
    public void A_name_is_lower_case_without_the_dot(string text, string expected)
    {
        Assert.True(HostName.TryNormalize(text, out var name));
        Assert.Equal(expected, name);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("im..adatum.com")]
    [InlineData(".adatum.com")]
    [InlineData("im.adatum.com..")]
    [InlineData("im adatum.com")]
    [InlineData("im\\.adatum.com")]
    [InlineData("im.adatu\u0308m.com")]
    [InlineData("im.xn--.com")]
    [InlineData("10.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("127.0.0.0x1")]
    [InlineData("0x7f000001")]
    [InlineData("[::1]")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123.com")]
    public void What_no_host_can_be_called_is_no_name(string text) => Assert.False(HostName.TryNormalize(text, out _));

    [Fact]
    public void A_name_has_at_most_253_characters()
    {
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 63), 4))[..253];

        Assert.True(HostName.TryNormalize(longest, out _));
        Assert.False(HostName.TryNormalize(longest + "a", out _));
    }

    [Theory]
    [InlineData("192.0.2.10", "192.0.2.10")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("[::ffff:192.0.2.10]", "192.0.2.10")]
    public void An_address_is_an_address(string host, string expected)
    {
        Assert.True(HostName.TryParseAddress(host, out var address));
        Assert.Equal(IPAddress.Parse(expected), address);
    }

    [Theory]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("127.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("[127.0.0.1]")]
    [InlineData("im.adatum.com")]
    [InlineData("")]
    public void Old_spellings_of_addresses_are_none(string host) => Assert.False(HostName.TryParseAddress(host, out _));
}
