using System.Diagnostics;
using Xunit.Abstractions;

namespace RvpServer.Interop.Networks;

/// <summary>Somebody digs through the cable between Contoso and the Internet.</summary>
[Collection(LabTests.Name)]
public sealed class CutOffTests(Lab lab, ITestOutputHelper output) : NetworkPlay(lab, output)
{
    /// <summary>Less than any time-out on the way to the other organisation.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(4);

    private LabOrganisation adatum = null!;
    private LabOrganisation contoso = null!;

    public override async Task InitializeAsync()
    {
        adatum = await StartAsync(LabOrganisation.StartAdatumAsync(Lab));
        contoso = await StartAsync(LabOrganisation.StartContosoAsync(Lab));
    }

    public override async Task DisposeAsync()
    {
        await Lab.MendAsync("contoso");
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Colleagues_notice_nothing_and_the_others_are_reached_again_when_it_is_mended()
    {
        var jo = Pidgin(adatum, LabOrganisation.Jo, "adatum-client1");
        var colleague = Pidgin(adatum, LabOrganisation.Kari, "adatum-client2");
        var kari = Pidgin(contoso, LabOrganisation.Kari, "contoso-client1");
        await jo.SignsIn();
        await colleague.SignsIn();
        await kari.SignsIn();
        await kari.Adds(jo);
        await colleague.Adds(jo);
        await kari.SeesStatus(jo, "online");
        await colleague.SeesStatus(jo, "online");

        await Lab.CutOffAsync("contoso");
        foreach (var status in new[] { "busy", "on-phone", "away" })
        {
            var watch = Stopwatch.StartNew();
            await jo.SetsStatus(status);
            await colleague.SeesStatus(jo, status);
            await jo.Says(colleague, $"I am {status}");
            await colleague.HearsMessage(jo, $"I am {status}");
            await colleague.Says(jo, $"You are {status}");
            await jo.HearsMessage(colleague, $"You are {status}");
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, AtOnce);
        }
        await Lab.MendAsync("contoso");
        await jo.Says(kari, "There you are again");
        await kari.HearsMessage(jo, "There you are again");
        await kari.Says(jo, "We were cut off");
        await jo.HearsMessage(kari, "We were cut off");
        await jo.SetsStatus("at-lunch");
        await kari.SeesStatus(jo, "at-lunch");
    }
}
