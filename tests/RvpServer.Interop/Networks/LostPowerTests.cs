using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace RvpServer.Interop.Networks;

/// <summary>Somebody's machine loses its power: nothing on the network refuses or ends anything.</summary>
[Collection(LabTests.Name)]
public sealed class LostPowerTests(Lab lab, ITestOutputHelper output) : NetworkPlay(lab, output)
{
    private const string Laptop = "adatum-client2";

    private static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(45);

    private LabOrganisation adatum = null!;

    public override async Task InitializeAsync() => adatum = await StartAsync(LabOrganisation.StartAdatumAsync(Lab));

    public override async Task DisposeAsync()
    {
        await Lab.PlugInAsync(Laptop, "adatum");
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Who_writes_to_a_machine_without_power_is_told_and_contacts_see_it_offline()
    {
        var jo = Pidgin(adatum, LabOrganisation.Jo, "adatum-client1");
        var kari = Pidgin(adatum, LabOrganisation.Kari, Laptop);
        await jo.SignsIn();
        await kari.SignsIn();
        await jo.Adds(kari);
        await kari.Adds(jo);
        await jo.SeesStatus(kari, "online");
        await kari.SeesStatus(jo, "online");
        await jo.Says(kari, "Are you there?");
        await kari.HearsMessage(jo, "Are you there?");

        await Lab.UnplugAsync(Laptop, "adatum");
        await jo.Says(kari, "And now?");

        await jo.Hears($"^buddy-is {Regex.Escape(kari.Address)} offline$", SeenWithin);
        await jo.HearsThatItWasNotDelivered(kari, "And now?");
    }
}
