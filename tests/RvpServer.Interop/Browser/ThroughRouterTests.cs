using System.Globalization;
using Microsoft.Playwright;
using Rvp.Testing;
using RvpServer.Configuration;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>Browsers outside reach the router alone: Jo Brown and Kari Hensien are on a home server each, with a store of its own.</summary>
[Collection(Chrome.Name)]
public sealed class ThroughRouterTests(Chrome chrome) : IAsyncLifetime, IDisposable
{
    private static readonly string[] Homes = ["imhomeserver1", "imhomeserver2"];

    private readonly FakeDns dns = new FakeDns().HasAddress("imhomeserver1.adatum.com", "127.0.0.1").HasAddress("imhomeserver2.adatum.com", "127.0.0.1");
    private readonly TempFolder folder = new();
    private readonly int[] ports = [FreePort.Take(), FreePort.Take()];
    private readonly List<TestServer> servers = [];
    private string key = null!;

    private TestServer Router => servers[^1];

    public async Task InitializeAsync()
    {
        key = folder.WriteSecret("organisation.key", OrganisationKey.Make());
        for (var i = 0; i < Homes.Length; i++) servers.Add(await StartAsync("Home", Homes[i], Homes[i] + ".adatum.com", ports[i]));
        servers.Add(await StartAsync("Router", "imrouter1", "im.adatum.com", port: 0));
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
        await jo.Opens("Kari Hensien");
        await jo.Hears("Reloaded?");

        await Router.StopAsync();
        await Expect(jo.Page.Locator(".connection")).ToContainTextAsync("Not connected");
        await Router.StartAgainAsync();
        await jo.IsConnected();
        await kari.IsConnected();
        await kari.Says("Here again");
        await jo.Hears("Here again");
        Assert.Empty(jo.Mistakes);
        Assert.Empty(kari.Mistakes);
    }

    [Fact]
    public async Task A_program_writes_by_a_URL_that_was_made_outside()
    {
        await using var jo = await WebUser.SignsInAsync(chrome, Router, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, Router, "KariHensien");
        var hooks = await jo.Settings("Webhooks");
        await hooks.GetByLabel("To whom, if not to yourself").FillAsync("KariHensien@adatum.com");
        await hooks.GetByLabel("Name").FillAsync("CI");
        await hooks.GetByRole(AriaRole.Button, new() { Name = "Make" }).ClickAsync();
        var url = new Uri(await hooks.GetByLabel("The URL, which is shown only now").InputValueAsync());

        var answer = await Router.AskAsync($"POST {url.AbsolutePath} HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Length: 14\r\n\r\nbuild is green");

        Assert.Equal((200, "im.adatum.com"), (answer.Status, url.Host));
        await Expect(kari.Entry("JoBrown")).ToContainTextAsync("build is green");
        await Router.StopAsync();
        foreach (var file in Directory.EnumerateFiles(Router.Folder, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(url.Segments[^1], await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.Empty(jo.Mistakes);
    }

    private Task<TestServer> StartAsync(string role, string name, string host, int port) => TestServer.StartAsync(
        new Dictionary<string, string?>
        {
            ["VirtualServers:0:Name"] = name,
            ["VirtualServers:0:Role"] = role,
            ["VirtualServers:0:HostNames:0"] = host,
            ["VirtualServers:0:HostNames:1"] = null,
            ["Federation:Trusted:0"] = "127.0.0.1",
            ["OrganisationKeyFile"] = key,
        },
        accounts: [new("JoBrown@adatum.com", "Jo Brown", Home: HomeFor(name, 0)), new("KariHensien@adatum.com", "Kari Hensien", Home: HomeFor(name, 1))],
        replace: dns.Replace, port: port);

    // By its name for itself, and by its address for others.
    private string HomeFor(string server, int number) => server == Homes[number]
        ? server : string.Create(CultureInfo.InvariantCulture, $"{Homes[number]}.adatum.com:{ports[number]}");
}
