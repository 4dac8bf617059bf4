using Xunit.Abstractions;

namespace RvpServer.Interop.Networks;

/// <summary>Jo Brown at A. Datum and Kari Hensien at Contoso: over the Internet, through both firewalls.</summary>
[Collection(LabTests.Name)]
public sealed class TwoOrganisationsTests(Lab lab, ITestOutputHelper output) : NetworkPlay(lab, output)
{
    private Organisation adatum = null!;
    private Organisation contoso = null!;

    public override async Task InitializeAsync()
    {
        adatum = await StartAsync(Organisation.StartAdatumAsync(Lab));
        contoso = await StartAsync(Organisation.StartContosoAsync(Lab));
    }

    [Fact]
    public async Task They_add_each_other_and_see_and_hear_each_other()
    {
        var jo = Pidgin(adatum, Organisation.Jo, "adatum-client1");
        var kari = Pidgin(contoso, Organisation.Kari, "contoso-client1");
        await jo.SignsIn();
        await kari.SignsIn();

        await jo.Adds(kari);
        await jo.SeesStatus(kari, "online");
        await kari.Adds(jo);
        await kari.SeesStatus(jo, "online");

        await jo.Types(kari);
        await kari.SeesTyping(jo);
        await jo.Says(kari, "How is the weather at Contoso?");
        await kari.HearsMessage(jo, "How is the weather at Contoso?");
        await kari.Says(jo, "]]> Grüße & 你好 🎉");
        await jo.HearsMessage(kari, "]]> Grüße & 你好 🎉");

        await jo.SetsStatus("busy");
        await kari.SeesStatus(jo, "busy");
        await kari.SetsStatus("on-phone");
        await jo.SeesStatus(kari, "on-phone");

        await jo.SignsOut();
        await kari.SeesStatus(jo, "offline");
        await kari.Says(jo, "Are you gone?");
        await kari.HearsThatItWasNotDelivered(jo, "Are you gone?");
        await jo.SignsIn();
        await kari.SeesStatus(jo, "online");
        await jo.SeesStatus(kari, "on-phone");
    }

    [Fact]
    public async Task Who_is_blocked_sees_offline_and_cannot_write_until_unblocked()
    {
        var jo = Pidgin(adatum, Organisation.Jo, "adatum-client1");
        var kari = Pidgin(contoso, Organisation.Kari, "contoso-client1");
        await jo.SignsIn();
        await kari.SignsIn();
        await jo.Adds(kari);
        await kari.Adds(jo);
        await jo.SeesStatus(kari, "online");
        await kari.SeesStatus(jo, "online");

        await kari.Blocks(jo);
        await jo.SeesStatus(kari, "offline");
        await jo.Says(kari, "Why so silent?");
        await jo.HearsThatItWasNotDelivered(kari, "Why so silent?");

        await kari.Unblocks(jo);
        await jo.SeesStatus(kari, "online");
        await jo.Says(kari, "There you are");
        await kari.HearsMessage(jo, "There you are");
        Assert.Equal(["There you are"], kari.Messages);
    }

    /// <summary>Referred to a home server, someone outside would stand before the firewall: the router asks it itself. [white paper]</summary>
    [Fact]
    public async Task Jo_signs_in_from_the_Internet_through_her_router()
    {
        var jo = Pidgin(adatum, Organisation.Jo, "outsider");
        var kari = Pidgin(contoso, Organisation.Kari, "contoso-client1");

        await jo.SignsIn();
        await kari.SignsIn();
        await jo.Adds(kari);
        await kari.Adds(jo);
        await kari.SeesStatus(jo, "online");
        await kari.Says(jo, "Out of office?");
        await jo.HearsMessage(kari, "Out of office?");

        var atRouter = await adatum.HasAnswered("im", "SUBSCRIBE", "/instmsg/aliases/JoBrown", 200);
        var atHome = await adatum.HasAnswered("imhomeserver1", "SUBSCRIBE", "/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown", 200);
        Assert.Equal("192.0.2.99", atRouter.Client);
        Assert.Equal(("192.0.2.99", "JoBrown"), (atHome.Client, atHome.User));
    }
}
