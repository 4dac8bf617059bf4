using Xunit.Abstractions;

namespace RvpServer.Interop.Networks;

[Collection(LabTests.Name)]
public sealed class NetworkReferralTests(Lab lab, ITestOutputHelper output) : NetworkPlay(lab, output)
{
    private LabOrganisation adatum = null!;

    public override async Task InitializeAsync() => adatum = await StartAsync(LabOrganisation.StartAdatumAsync(Lab));

    /// <summary>Scenario 1 of the white paper, as far as servers can see it.</summary>
    [Fact]
    public async Task Pidgin_finds_the_router_by_its_SRV_record_and_follows_it_to_the_home_server()
    {
        var jo = Pidgin(adatum, LabOrganisation.Jo, "adatum-client1");

        await jo.SignsIn();

        var referred = await adatum.HasAnswered("im", "SUBSCRIBE", "/instmsg/aliases/JoBrown", 302);
        var signedIn = await adatum.HasAnswered("imhomeserver1", "SUBSCRIBE", "/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown", 200);
        Assert.Equal(("10.1.0.101", "-"), (referred.Client, referred.User));
        Assert.Equal(("10.1.0.101", "JoBrown"), (signedIn.Client, signedIn.User));
    }
}
