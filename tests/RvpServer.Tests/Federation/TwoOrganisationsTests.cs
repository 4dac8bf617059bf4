using Microsoft.Extensions.DependencyInjection;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Federation;

namespace RvpServer.Tests.Federation;

/// <summary>Jo Brown of A. Datum and Kari Hensien of Contoso, each on the server of their own organisation.</summary>
public sealed class TwoOrganisationsTests : IAsyncDisposable
{
    private readonly Organisations organisations = new();

    public ValueTask DisposeAsync() => organisations.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_watch_each_other_and_talk(bool hasRouter)
    {
        var (jo, kari) = await SignedInAsync(hasRouter);

        var watched = await jo.Watches(kari);
        Assert.Equal("HTTP/1.1 207 Multi-Status", watched.StatusLine);
        Assert.Contains("<d:href>http://im.contoso.com/instmsg/aliases/KariHensien</d:href>", watched.Body, StringComparison.Ordinal);
        Assert.Equal("14400", watched["Subscription-Lifetime"]);
        Assert.Equal(207, (await kari.Watches(jo)).Status);

        await kari.SetsState("busy");
        await jo.Sees(kari, "busy");
        await jo.SetsState("on-phone");
        await kari.Sees(jo, "on-phone");

        Assert.Equal("HTTP/1.1 200 Successful", (await jo.Says(kari, "Let's have lunch")).StatusLine);
        var message = await kari.Callback.NextAsync();
        Assert.Equal(jo.MessageTo(kari, "Let's have lunch"), message.Body);
        Assert.Equal("http://im.adatum.com/instmsg/aliases/JoBrown", message["RVP-From-Principal"]);
        Assert.Equal("3", message["RVP-Hop-Count"]);
        Assert.Equal(200, (await kari.Says(jo, "At twelve")).Status);
        Assert.Equal(kari.MessageTo(jo, "At twelve"), (await jo.Callback.NextAsync()).Body);
    }

    [Fact]
    public async Task White_space_between_elements_is_taken_out_before_a_message_leaves()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        await using var contoso = organisations.Peer(CallbackReply.KeepAlive);
        var kari = organisations.Person(jo.Server, "KariHensien", "im.contoso.com");
        var compact = jo.MessageTo(kari, " <b> </b>\r\n\n");

        var answer = await jo.Asks("NOTIFY", jo.PathTo(kari), "RVP-Hop-Count: 1\r\n", compact.Replace("><r:", ">\r\n <r:", StringComparison.Ordinal) + "\n");

        Assert.Equal(200, answer.Status);
        Assert.Equal(compact, (await contoso.NextAsync()).Body);
    }

    [Fact]
    public async Task White_space_between_elements_is_taken_out_of_what_another_server_sends()
    {
        var adatum = await organisations.AdatumAsync();
        var jo = organisations.Person(adatum, "JoBrown");
        var kari = organisations.Person(adatum, "KariHensien", "im.contoso.com");
        await jo.SignsIn();
        await jo.Unblocks(kari);
        var tablet = organisations.Person(adatum, "JoBrown");
        await tablet.SignsInToPoll();
        var change = $"<r:notification {Person.Namespaces}><r:propnotification><r:notification-from><r:contact><d:href>{kari.Url}</d:href><r:description/>"
            + "</r:contact></r:notification-from>"
            + $"<r:notification-to><r:contact><d:href>{jo.Url}</d:href><r:description/></r:contact></r:notification-to>"
            + "<d:propertyupdate><d:set><d:prop><r:state><r:busy/></r:state></d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>";

        foreach (var compact in new[] { kari.MessageTo(jo, " Hello\n"), "<?xml version=\"1.0\"?>" + change })
        {
            var airy = compact.Replace("><r:", ">\r\n <r:", StringComparison.Ordinal).Replace("><d:", ">\t<d:", StringComparison.Ordinal) + "\n";
            var answer = await adatum.AskAsync(
                $"NOTIFY {jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: {kari.Url}\r\nRVP-Hop-Count: 2\r\nContent-Type: text/xml\r\n"
                    + $"Content-Length: {airy.Length}\r\n\r\n{airy}");

            Assert.Equal(200, answer.Status);
            Assert.Equal(compact, (await jo.Callback.NextAsync()).Body);
        }
        var polled = await tablet.Polls();
        Assert.EndsWith($"Hello\n]]></r:mime-data></r:msgbody></r:message></r:notification>{change}</r:notifications>", polled.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_is_renewed_and_ended_through_ones_own_server()
    {
        var (jo, kari) = await SignedInAsync(hasRouter: false);
        var id = int.Parse((await jo.Watches(kari))["Subscription-Id"]!);

        var renewed = await jo.Renews(id, kari);
        var ended = await jo.Asks("UNSUBSCRIBE", jo.PathTo(kari), $"Subscription-Id: {id}\r\n");
        var again = await jo.Renews(id, kari);

        Assert.Equal(("HTTP/1.1 200 Successful", id.ToString(), "14400"), (renewed.StatusLine, renewed["Subscription-Id"], renewed["Subscription-Lifetime"]));
        Assert.Equal("HTTP/1.1 200 Successful", ended.StatusLine);
        Assert.Equal("HTTP/1.1 412 Precondition Failed", again.StatusLine);
    }

    [Fact]
    public async Task Properties_are_read_through_ones_own_server()
    {
        var (jo, kari) = await SignedInAsync(hasRouter: false);

        var answer = await jo.Asks("PROPFIND", jo.PathTo(kari), "",
            $"<?xml version=\"1.0\"?><d:propfind {Person.Namespaces}><d:prop><d:displayname/></d:prop></d:propfind>");

        Assert.Equal("HTTP/1.1 207 Multi-Status", answer.StatusLine);
        Assert.Equal("text/xml", answer["Content-Type"]);
        Assert.Equal(
            $"<?xml version=\"1.0\"?><d:multistatus {Person.Namespaces}><d:response><d:href>http://im.contoso.com/instmsg/aliases/KariHensien</d:href>"
                + "<d:propstat><d:prop><d:displayname>Kari Hensien</d:displayname></d:prop>"
                + "<d:status>HTTP/1.1 200 Successful</d:status></d:propstat></d:response></d:multistatus>",
            answer.Body);
    }

    [Fact]
    public async Task A_blocked_stranger_cannot_tell()
    {
        var (jo, kari) = await SignedInAsync(hasRouter: false);
        await kari.Blocks(jo);

        Assert.Equal(412, (await jo.Says(kari, "Hello?")).Status);
        Assert.Equal(207, (await jo.Watches(kari)).Status);
    }

    [Theory]
    [InlineData("DeepOr", 200, 200, 200)]
    [InlineData("DeepOr", 500, 200, 200)]
    [InlineData("DeepOr", 500, 500, 500)]
    [InlineData("DeepAnd", 200, 200, 200)]
    [InlineData("DeepAnd", 500, 200, 500)]
    [InlineData("SingleHop", 500, 500, 200)]
    public async Task The_acknowledgement_of_a_message_comes_back(string ackType, int first, int second, int expected)
    {
        var (jo, kari) = await SignedInAsync(hasRouter: false);
        var elsewhere = organisations.Person(kari.Server, "KariHensien", "im.contoso.com");
        await elsewhere.SignsIn();
        kari.Callback.Reply = CallbackReply.Status(first, "As Told");
        elsewhere.Callback.Reply = CallbackReply.Status(second, "As Told");

        var answer = await jo.Says(kari, "Are you there?", ackType: ackType);

        Assert.Equal(expected, answer.Status);
    }

    [Fact]
    public async Task Someone_who_is_not_signed_in_is_not_available()
    {
        var adatum = await organisations.AdatumAsync();
        var contoso = await organisations.ContosoAsync();
        var jo = organisations.Person(adatum, "JoBrown");
        var kari = organisations.Person(contoso, "KariHensien", "im.contoso.com");
        var nobody = organisations.Person(contoso, "Nobody", "im.contoso.com");

        Assert.Equal(412, (await jo.Says(kari, "Are you there?")).Status);
        Assert.Equal(404, (await jo.Says(nobody, "Are you there?")).Status);
        Assert.Equal(404, (await jo.Watches(nobody)).Status);
    }

    [Fact]
    public async Task A_physical_url_that_worked_is_kept_and_one_that_fails_is_forgotten()
    {
        var (jo, kari) = await SignedInAsync(hasRouter: true);
        var kept = jo.Server.Services.GetRequiredService<ReferralCache>();
        var node = RvpUrl.ForAlias("im.contoso.com", 80, "KariHensien");

        await jo.Watches(kari);
        Assert.Equal("imhomeserver1.contoso.com", kept.Find(node)?.Place.Host);
        kept.Keep(node, new PeerUrl(new HostAndPort("gone.contoso.com", 80), "/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien", IsPhysical: true));

        Assert.Equal(200, (await jo.Says(kari, "Still there?")).Status);
        Assert.Equal("imhomeserver1.contoso.com", kept.Find(node)?.Place.Host);
    }

    private async Task<(Person Jo, Person Kari)> SignedInAsync(bool hasRouter)
    {
        var adatum = await organisations.AdatumAsync();
        var contoso = hasRouter ? await organisations.ContosoWithRouterAsync() : await organisations.ContosoAsync();
        var jo = organisations.Person(adatum, "JoBrown");
        var kari = organisations.Person(contoso, "KariHensien", "im.contoso.com");
        await jo.SignsIn();
        await kari.SignsIn();
        return (jo, kari);
    }
}
