using Rvp.Protocol;

namespace Rvp.Tests;

public class HostZoneTests
{
    [Theory]
    [InlineData("im.contoso.com", "contoso.com")]
    [InlineData("contoso.com", "contoso.com")]
    [InlineData("n17.a.b.evil.example", "evil.example")]
    [InlineData("localhost", "localhost")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    [InlineData("[2001:db8::7]", "[2001:db8::7]")]
    [InlineData("", "")]
    [InlineData(".com", ".com")]
    public void All_names_in_a_domain_are_one_zone(string host, string zone) => Assert.Equal(zone, HostZone.Of(host));
}
