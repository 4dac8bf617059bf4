using System.Diagnostics;
using System.Globalization;
using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Reliability.Networks;

/// <summary>The way between two organisations is bad.</summary>
public sealed class ServerWireTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly int contosoPort = FreePort.Take();
    private readonly int adatumPort = FreePort.Take();
    private Wire wire = null!;
    private TestServer adatum = null!;
    private TestServer contoso = null!;
    private Member jo = null!;
    private Member lisa = null!;
    private Member kari = null!;

    public async Task InitializeAsync()
    {
        wire = Wire.To(() => contosoPort);
        var dns = ScriptedDns.Start(
            $"_rvp._tcp.im.adatum.com 60 SRV 0 0 {adatumPort} im.adatum.com", "im.adatum.com 60 A 127.0.0.1",
            $"_rvp._tcp.im.contoso.com 60 SRV 0 0 {wire.Port} im.contoso.com", "im.contoso.com 60 A 127.0.0.1");
        var neighbourly = new Dictionary<string, string?>
        {
            ["Federation:Trusted:0"] = "127.0.0.0/8",
            ["Federation:CallableRanges:0"] = "127.0.0.0/8",
            ["Dns:Servers:0"] = dns.EndPoint.ToString(),
        };
        adatum = await TestServer.StartAsync(
            neighbourly, accounts: [new("JoBrown@adatum.com", "Jo Brown"), new("Lisa@adatum.com", "Lisa")], port: adatumPort);
        contoso = await TestServer.StartAsync(
            new Dictionary<string, string?>(neighbourly)
            {
                ["MailDomains:adatum.com"] = null,
                ["MailDomains:contoso.com"] = "im.contoso.com",
                ["VirtualServers:0:Domain"] = "im.contoso.com",
                ["VirtualServers:0:HostNames:0"] = "im.contoso.com",
                ["VirtualServers:0:HostNames:1"] = null,
            },
            accounts: [new("KariHensien@contoso.com", "Kari Hensien", "im.contoso.com")], port: contosoPort);
        (jo, lisa) = (await SignInAsync("JoBrown", adatum), await SignInAsync("Lisa", adatum));
        kari = await SignInAsync("KariHensien", contoso, "im.contoso.com");
        Assert.Equal(207, (await kari.Watches(jo))?.Status);
        Assert.Equal(200, (await jo.Says(kari, "Hello"))?.Status);
    }

    public async Task DisposeAsync()
    {
        foreach (var person in new[] { jo, lisa, kari }) await person.DisposeAsync();
        await wire.DisposeAsync();
        await adatum.DisposeAsync();
        await contoso.DisposeAsync();
    }

    [Fact]
    public async Task Over_a_way_that_is_cut_again_and_again_order_holds_and_senders_learn_the_truth()
    {
        var random = new Random(Rounds.Seed);
        wire.FaultOf = _ => random.Next(100) switch { < 4 => Fault.Reset, < 8 => Fault.Close, < 10 => Fault.HalfClose, _ => Fault.None };
        List<string> promised = [];
        string[] states = ["busy", "away", "online"];
        for (var i = 0; i < Rounds.Or(60); i++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{i:000000}");
            if ((await jo.Says(kari, text))?.Status == 200) promised.Add(text);
            if (i % 4 == 0) Assert.Equal(207, (await jo.SetsState(states[i / 4 % 3]))?.Status);
        }
        wire.FaultOf = _ => Fault.None;

        var shown = kari.ShownInOrder.Where(text => text != "Hello").ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {Rounds.Seed}: {promised.Count} answered 200, {shown.Count} shown"));
        Assert.Empty(promised.Except(shown));
        Assert.Equal(shown.Distinct().Order(StringComparer.Ordinal), shown);
        var truth = await jo.LooksUp(jo);
        await Deadline.Until(() => kari.PictureOf(jo) == truth, truth!, () => kari.PictureOf(jo) ?? "nothing", TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task A_server_that_vanishes_in_the_middle_of_a_message_costs_colleagues_nothing_and_its_sender_is_told()
    {
        await wire.VanishAsync();
        var began = Stopwatch.GetTimestamp();
        var asking = jo.Says(kari, "Are you there?");
        for (var i = 0; i < 50; i++)
        {
            var one = Stopwatch.GetTimestamp();
            Assert.Equal(200, (await lisa.Says(lisa, "to myself"))?.Status);
            Assert.InRange(Stopwatch.GetElapsedTime(one), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        }
        Assert.Equal(412, (await asking)?.Status);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the sender knew after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));

        Assert.Equal(207, (await jo.SetsState("on-phone"))?.Status);
        wire.ComesBack();
        await Deadline.Until(() => kari.PictureOf(jo) == "on-phone", "on-phone", () => kari.PictureOf(jo) ?? "nothing", TimeSpan.FromSeconds(60));
        await Deadline.Until(
            async () => (await jo.Says(kari, "There you are again"))?.Status == 200, "an answer", () => "none", TimeSpan.FromSeconds(30));
    }

    private static async Task<Member> SignInAsync(string name, TestServer server, string domain = "im.adatum.com")
    {
        var person = new Member(name, () => server.Port, domain: domain) { KeepsOrder = true };
        Assert.Equal(200, (await person.SignsIn())?.Status);
        Assert.Equal(207, (await person.SetsState("online"))?.Status);
        return person;
    }
}
