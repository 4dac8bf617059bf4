using RvpServer.Configuration;
using RvpServer.Http;

namespace RvpServer.Tests.Http;

public class VirtualServerTableTests
{
    private static readonly VirtualServer Adatum = new("imhomeserver1", Role.Home, "im.adatum.com", ["imhomeserver1.adatum.com", "127.0.0.1", "[::1]"], 8080);
    private static readonly VirtualServer Contoso = new("contoso", Role.Home, "im.contoso.com", ["im.contoso.com"], 80);

    [Theory]
    [InlineData("imhomeserver1.adatum.com", "imhomeserver1")]
    [InlineData("IMHomeServer1.Adatum.com", "imhomeserver1")]
    [InlineData("imhomeserver1.adatum.com:8080", "imhomeserver1")]
    [InlineData("imhomeserver1.adatum.com:80", "imhomeserver1")]
    [InlineData("imhomeserver1.adatum.com.", "imhomeserver1")]
    [InlineData("im.contoso.com.:80", "contoso")]
    [InlineData("127.0.0.1", "imhomeserver1")]
    [InlineData("[::1]:8080", "imhomeserver1")]
    [InlineData("im.adatum.com", null)]
    [InlineData("contoso", null)]
    [InlineData("", null)]
    public void The_host_name_alone_leads_to_the_virtual_server(string host, string? name) =>
        Assert.Equal(name, new VirtualServerTable([Adatum, Contoso]).Find(new HostHeader(host))?.Name);

    [Fact]
    public void A_request_without_host_is_for_the_only_virtual_server() =>
        Assert.Equal(Contoso, new VirtualServerTable([Contoso]).Find(new HostHeader("")));
}
