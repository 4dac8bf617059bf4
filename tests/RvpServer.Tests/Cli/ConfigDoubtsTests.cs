using System.Net;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Configuration;

namespace RvpServer.Tests.Cli;

/// <summary>What starts, and is hardly what was meant.</summary>
public sealed class ConfigDoubtsTests : IDisposable
{
    private static readonly IPAddress Own = IPAddress.Parse("192.0.2.20");
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task One_box_in_order_leaves_no_doubt() => Assert.Empty(await FindAsync([], Own.ToString()));

    [Fact]
    public async Task A_public_port_where_nobody_listens_is_doubted_unless_a_proxy_is_in_front()
    {
        var doubt = Assert.Single(await FindAsync(new() { ["VirtualServers:0:Port"] = "8080" }, Own.ToString()));

        Assert.Equal("Rvp:VirtualServers: imhomeserver1 has the public Port 8080, and this server does not listen there: write one of 80, or name the proxy in "
            + "front of it in Rvp:Proxies", doubt);
        Assert.Empty(await FindAsync(new() { ["VirtualServers:0:Port"] = "8080", ["Proxies:0"] = "192.0.2.1" }, Own.ToString()));
    }

    [Fact]
    public async Task An_admin_url_that_others_reach_is_doubted() =>
        Assert.StartsWith(
            "Rvp:Admin:Url is \"https://192.0.2.20:8081/\", which other machines can reach: ",
            Assert.Single(await FindAsync(new() { ["Admin:Url"] = "https://192.0.2.20:8081" }, Own.ToString())), StringComparison.Ordinal);

    [Fact]
    public async Task Nobody_under_the_name_of_the_domain_is_doubted()
    {
        Assert.Equal("Nobody answers under im.adatum.com: no virtual server here has that name among its HostNames, and DNS has no address for it",
            Assert.Single(await FindAsync(new(BehindRouter))));
        Assert.StartsWith("Nobody answers under im.adatum.com: DNS leads to this machine (192.0.2.20)",
            Assert.Single(await FindAsync(new(BehindRouter), Own.ToString())), StringComparison.Ordinal);
        Assert.Empty(await FindAsync(new(BehindRouter), "192.0.2.10"));
    }

    [Fact]
    public async Task A_router_that_is_not_in_Proxies_is_doubted()
    {
        var doubt = Assert.Single(await FindAsync(new(BehindRouter), "192.0.2.10", "192.0.2.11"));

        Assert.StartsWith("Rvp:Proxies lacks 192.0.2.11, which DNS names for im.adatum.com: ", doubt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_home_server_that_knows_no_router_is_doubted_without_any_network()
    {
        var settings = new Dictionary<string, string?>(BehindRouter) { ["Proxies:0"] = null };

        var doubt = Assert.Single(await Doubts(settings).FindAsync(null, _ => false));

        Assert.StartsWith("Rvp:VirtualServers: imhomeserver1 hosts accounts of im.adatum.com, does not answer to that name, and knows no router: ", doubt,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_router_that_does_not_answer_to_its_domain_is_doubted()
    {
        var settings = new Dictionary<string, string?>(BehindRouter)
        {
            ["VirtualServers:0:Role"] = "Router",
            ["VirtualServers:0:HostNames:0"] = "imrouter1.adatum.com",
        };

        var doubt = Assert.Single(await Doubts(settings).FindAsync(null, _ => false));

        Assert.Equal("Rvp:VirtualServers: imhomeserver1 is a router of im.adatum.com and does not answer to that name, under which clients come: add it to "
            + "HostNames", doubt);
    }

    [Fact]
    public async Task Callbacks_to_the_ports_of_the_system_and_data_below_etc_are_doubted()
    {
        var doubts = await FindAsync(new() { ["Delivery:MinCallbackPort"] = "80", ["DataDirectory"] = "/etc/rvpserver/data" }, Own.ToString());

        Assert.Collection(doubts,
            doubt => Assert.StartsWith("Rvp:Delivery:MinCallbackPort is \"80\": ", doubt, StringComparison.Ordinal),
            doubt => Assert.StartsWith("Rvp:DataDirectory is \"/etc/rvpserver/data\": ", doubt, StringComparison.Ordinal));
    }

    private static readonly Dictionary<string, string?> BehindRouter = new()
    {
        ["VirtualServers:0:HostNames:0"] = "imhomeserver1.adatum.com",
        ["VirtualServers:0:HostNames:1"] = null,
        ["Proxies:0"] = "192.0.2.10",
    };

    private Task<IReadOnlyList<string>> FindAsync(Dictionary<string, string?> overrides, params string[] addresses) =>
        Doubts(overrides).FindAsync(_ => new([.. addresses.Select(IPAddress.Parse)]), Own.Equals);

    private ConfigDoubts Doubts(Dictionary<string, string?> overrides) =>
        new(RvpSettings.Read(TestConfiguration.Root(TestConfiguration.Make(folder.Path, overrides)), folder.Path), new HashSet<int> { 80 });
}
