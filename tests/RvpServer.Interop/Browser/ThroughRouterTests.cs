using System.Globalization;
using Rvp.Testing;
using RvpServer.Configuration;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>Browsers outside reach the router alone: Jo Brown and Kari Hensien are on a home server each, processes of their own.</summary>
[Collection(Chrome.Name)]
public sealed class ThroughRouterTests(Chrome chrome) : IAsyncLifetime, IDisposable
{
    private readonly TempFolder folder = new();
    private readonly int[] ports = [FreePort.Take(), FreePort.Take(), FreePort.Take()];
    private readonly List<TestServer> servers = [];
    private string key = null!;

    private TestServer Router => servers[^1];

    public async Task InitializeAsync()
    {
        key = folder.WriteSecret("organisation.key", OrganisationKey.Make());
        servers.Add(await StartAsync("Home", "127.0.0.1", ports[0]));
        servers.Add(await StartAsync("Home", "127.0.0.1", ports[1]));
        servers.Add(await StartAsync("Router", "im.adatum.com", ports[2]));
    }

    public async Task DisposeAsync()
    {
        foreach (var server in servers) await server.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Two_people_talk_reload_and_come_back_after_the_router_was_away()
    {
        await using var jo = await WebUser.SignsInAsync(chrome, Router, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, Router, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Sees("Kari Hensien", "Online");
        await jo.Says("From outside");
        await kari.Opens("Jo Brown");
        await kari.Hears("From outside");

        await kari.SetsStatus("Busy");
        await jo.Sees("Kari Hensien", "Busy");
        await jo.Page.ReloadAsync();
        await jo.IsConnected();
        await kari.Says("Reloaded?");
        await Expect(jo.Entry("Kari Hensien").Locator(".unread")).ToContainTextAsync("1");

        await Router.StopAsync();
        await Expect(jo.Page.Locator(".connection")).ToContainTextAsync("Not connected");
        await Router.StartAgainAsync();
        await jo.IsConnected();
        await kari.IsConnected();
        await kari.Says("Here again");
        await jo.Opens("Kari Hensien");
        await jo.Hears("Here again");
        Assert.Empty(jo.Mistakes);
        Assert.Empty(kari.Mistakes);
    }

    private Task<TestServer> StartAsync(string role, string host, int port) => TestServer.StartAsync(
        new Dictionary<string, string?>
        {
            ["VirtualServers:0:Role"] = role,
            ["VirtualServers:0:HostNames:0"] = host,
            ["VirtualServers:0:HostNames:1"] = null,
            ["VirtualServers:0:Port"] = port.ToString(CultureInfo.InvariantCulture),
            ["Federation:Trusted:0"] = "127.0.0.1",
            ["OrganisationKeyFile"] = key,
        },
        accounts: [new("JoBrown@adatum.com", "Jo Brown", Home: HomeAt(0)), new("KariHensien@adatum.com", "Kari Hensien", Home: HomeAt(1))],
        port: port);

    private string HomeAt(int number) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports[number]}");
}
