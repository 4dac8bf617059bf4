using Rvp.Testing;

namespace RvpServer.Tests.Router;

/// <summary>The white paper's organisation in one process: a router, and two home servers with Jo Brown on the first and Kari Hensien on the second.</summary>
internal static class RouterSite
{
    public static Task<TestServer> StartAsync(params (string Key, string? Value)[] overrides)
    {
        var configuration = new Dictionary<string, string?>
        {
            ["VirtualServers:0:Name"] = "imrouter1",
            ["VirtualServers:0:Role"] = "Router",
            ["VirtualServers:0:HostNames:1"] = "im",
            ["VirtualServers:1:Name"] = "imhomeserver1",
            ["VirtualServers:1:Domain"] = "im.adatum.com",
            ["VirtualServers:1:HostNames:0"] = "imhomeserver1.adatum.com",
            ["VirtualServers:2:Name"] = "imhomeserver2",
            ["VirtualServers:2:Domain"] = "im.adatum.com",
            ["VirtualServers:2:HostNames:0"] = "imhomeserver2.adatum.com",
            ["VirtualServers:2:Port"] = "8080",
        };
        foreach (var (key, value) in overrides) configuration[key] = value;
        return TestServer.StartAsync(configuration, accounts:
        [
            new TestAccount("JoBrown@adatum.com", "Jo Brown"),
            new TestAccount("KariHensien@adatum.com", "Kari Hensien", Home: "imhomeserver2"),
            new TestAccount("Lost@adatum.com", "Lost", Home: "imrouter1"),
        ]);
    }
}
