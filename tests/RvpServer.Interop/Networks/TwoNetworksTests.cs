using RvpServer.Interop.Curl;
using Xunit.Abstractions;

namespace RvpServer.Interop.Networks;

/// <summary>Jo Brown at A. Datum and Kari Hensien at Contoso: over the Internet, through both firewalls.</summary>
[Collection(LabTests.Name)]
public sealed class TwoNetworksTests(Lab lab, ITestOutputHelper output) : NetworkPlay(lab, output)
{
    private LabOrganisation adatum = null!;
    private LabOrganisation contoso = null!;

    public override async Task InitializeAsync()
    {
        adatum = await StartAsync(LabOrganisation.StartAdatumAsync(Lab));
        contoso = await StartAsync(LabOrganisation.StartContosoAsync(Lab));
    }

    [Fact]
    public async Task They_add_each_other_and_see_and_hear_each_other()
    {
        var jo = Pidgin(adatum, LabOrganisation.Jo, "adatum-client1");
        var kari = Pidgin(contoso, LabOrganisation.Kari, "contoso-client1");
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
        await jo.SignsIn();
        await kari.SeesStatus(jo, "online");
        await jo.SeesStatus(kari, "on-phone");
    }

    [Fact]
    public async Task A_message_to_someone_who_is_not_signed_in_is_refused()
    {
        var jo = Pidgin(adatum, LabOrganisation.Jo, "adatum-client1");
        await jo.SignsIn();

        await jo.Says(Pidgin(contoso, LabOrganisation.Kari, "contoso-client1"), "Are you there?");

        await IsRefused(contoso, "KariHensien");
    }

    [Fact]
    public async Task Who_is_blocked_sees_offline_and_cannot_write_until_unblocked()
    {
        var jo = Pidgin(adatum, LabOrganisation.Jo, "adatum-client1");
        var kari = Pidgin(contoso, LabOrganisation.Kari, "contoso-client1");
        await jo.SignsIn();
        await kari.SignsIn();
        await jo.Adds(kari);
        await kari.Adds(jo);
        await jo.SeesStatus(kari, "online");
        await kari.SeesStatus(jo, "online");
        // The plugin reads the list, then grants the new contact its rights on a connection of its own, which a block must not overtake. [client]
        await contoso.HasAnswered("imhomeserver1", "ACL", "/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien", 200, times: 2);

        await kari.Blocks(jo);
        await jo.SeesStatus(kari, "offline");
        await jo.Says(kari, "Why so silent?");
        await IsRefused(contoso, "KariHensien");

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
        var jo = Pidgin(adatum, LabOrganisation.Jo, "outsider");
        var kari = Pidgin(contoso, LabOrganisation.Kari, "contoso-client1");

        await jo.SignsIn();
        await kari.SignsIn();
        await kari.Adds(jo);
        await kari.SeesStatus(jo, "online");
        await kari.Says(jo, "Out of office?");
        // Who is not on one's list is called by the domain in the URL. [client]
        await jo.Hears("^received-im KariHensien@im.contoso.com .*Out of office\\?");

        var atRouter = await adatum.HasAnswered("im", "SUBSCRIBE", "/instmsg/aliases/JoBrown", 200);
        var atHome = await adatum.HasAnswered("imhomeserver1", "SUBSCRIBE", "/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown", 200);
        Assert.Equal("192.0.2.99", atRouter.Client);
        Assert.Equal(("192.0.2.99", "JoBrown"), (atHome.Client, atHome.User));
    }

    /// <summary>The source is Contoso's router, as for everybody there: so a callback cannot be reached, and Jo polls.</summary>
    [Fact]
    public async Task Jo_signs_in_from_a_desk_at_Contoso_by_Digest_and_no_other_scheme()
    {
        const string jo = "http://im.adatum.com/instmsg/aliases/JoBrown";
        string[] signIn = ["--request", "SUBSCRIBE", "--header", "Notification-Type: pragma/notify", "--header", "Subscription-Lifetime: 14400"];
        string[] proof = ["--digest", "--user", $"JoBrown:{LabOrganisation.Jo.Password}"];

        var challenge = await CurlAsync([.. signIn, jo]);
        var signedIn = await CurlAsync([.. proof, .. signIn, jo]);
        var poll = await CurlAsync([.. proof, "--request", "POLL", "--header", $"Subscription-Id: {signedIn.Header("Subscription-Id")}", jo]);

        Assert.Equal("HTTP/1.1 401 Unauthorized", challenge.StatusLine);
        // NTLM proves a connection, and the router's is not Jo's.
        Assert.StartsWith("Digest realm=\"im.adatum.com\"", challenge.Header("WWW-Authenticate"), StringComparison.Ordinal);
        Assert.Equal("HTTP/1.1 200 Successful", signedIn.StatusLine);
        Assert.Equal("HTTP/1.1 204 No Content", poll.StatusLine);
        var atHome = await adatum.HasAnswered("imhomeserver1", "POLL", "/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown", 204);
        Assert.Equal(("192.0.2.20", "JoBrown"), (atHome.Client, atHome.User));
    }

    private async Task<CurlAnswer> CurlAsync(params string[] arguments)
    {
        string[] common = ["--silent", "--show-error", "--include", "--noproxy", "*", "--max-time", "20", "--header", "RVP-Notifications-Version: 0.2"];
        var (exitCode, answer, errors) = await Lab["contoso-client1"].RunAsync("curl", [.. common, .. arguments]);
        Assert.True(exitCode == 0, $"curl: exit code {exitCode}\n{errors}{answer}");
        return CurlAnswer.ParseLast(answer);
    }

    /// <summary>The plugin shows a failure only where the recipient is of the sender's own domain, whatever the answer to it. [client]</summary>
    private static Task<LoggedRequest> IsRefused(LabOrganisation organisation, string recipient) =>
        organisation.HasAnswered("im", "NOTIFY", "/instmsg/aliases/" + recipient, 412);
}
