namespace RvpServer.Interop.Networks;

/// <summary>That the lab's firewalls do what the other tests here rely on: without this, they could pass with no firewall at all.</summary>
[Collection(LabTests.Name)]
public sealed class FirewallTests(Lab lab) : IAsyncLifetime
{
    private const string Connected = "connected";
    private const string Refused = "refused";
    private const string Silence = "silence";

    private readonly List<WebListener> listeners = [];

    public async Task InitializeAsync()
    {
        foreach (var host in new[] { "adatum-router", "adatum-home1", "contoso-router", "contoso-home1" })
        {
            listeners.Add(await WebListener.StartAsync(lab[host]));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var listener in listeners) await listener.DisposeAsync();
        await lab.SetFirewallsAsync(Passage.Drop);
    }

    [Theory]
    [InlineData("outsider", "im.adatum.com", Connected)]
    [InlineData("outsider", "im.contoso.com", Connected)]
    [InlineData("outsider", "imhomeserver1.adatum.com", Silence)]
    [InlineData("outsider", "imhomeserver1.contoso.com", Silence)]
    [InlineData("contoso-client1", "im.adatum.com", Connected)]
    [InlineData("contoso-client1", "imhomeserver1.adatum.com", Silence)]
    [InlineData("contoso-client1", "imhomeserver1.contoso.com", Connected)]
    [InlineData("adatum-client1", "imhomeserver1.adatum.com", Connected)]
    [InlineData("adatum-client1", "im.adatum.com", Connected)]
    [InlineData("adatum-home1", "im.contoso.com", Connected)]
    [InlineData("adatum-home1", "imhomeserver1.contoso.com", Silence)]
    public async Task Only_the_routers_are_exposed(string from, string to, string result)
    {
        Assert.Equal(result, await ConnectAsync(from, to));
    }

    [Theory]
    [InlineData("Reject", Refused)]
    [InlineData("Open", Connected)]
    public async Task It_is_the_firewall_that_keeps_outsiders_out(string passage, string result)
    {
        await lab.SetFirewallsAsync(Enum.Parse<Passage>(passage));

        Assert.Equal(result, await ConnectAsync("outsider", "imhomeserver1.adatum.com"));
    }

    [Fact]
    public async Task An_organisation_that_is_cut_off_hears_silence_until_the_cable_is_mended()
    {
        await lab.CutOffAsync("contoso");
        var cut = await ConnectAsync("contoso-client1", "im.adatum.com");
        await lab.MendAsync("contoso");
        var mended = await ConnectAsync("contoso-client1", "im.adatum.com");

        Assert.Equal((Silence, Connected), (cut, mended));
    }

    private async Task<string> ConnectAsync(string from, string to)
    {
        var (exitCode, output, errors) = await lab[from]
            .RunAsync("curl", "--silent", "--show-error", "--noproxy", "*", "--connect-timeout", "2", "--max-time", "10", $"http://{to}/");
        return exitCode switch
        {
            0 => Connected,
            7 => Refused,
            28 => Silence,
            _ => $"curl: exit code {exitCode}\n{output}{errors}",
        };
    }
}
