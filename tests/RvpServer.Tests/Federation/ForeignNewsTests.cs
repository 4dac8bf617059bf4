using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;

namespace RvpServer.Tests.Federation;

/// <summary>Property changes that another organisation's server sends: only of people whom the recipient watches, and in our own words.</summary>
public sealed class ForeignNewsTests : IAsyncDisposable
{
    private readonly Organisations organisations = new();

    public ValueTask DisposeAsync() => organisations.DisposeAsync();

    [Fact]
    public async Task Changes_of_somebody_whom_nobody_watches_are_dropped_without_a_word()
    {
        var (jo, kari) = await SignedInAsync();

        Assert.Equal("HTTP/1.1 200 Successful", (await Tells(kari, jo, "<r:state><r:busy/></r:state>")).StatusLine);

        await jo.HearsNothing();
    }

    [Fact]
    public async Task A_watch_through_ones_own_server_lets_changes_in_also_after_a_restart_until_it_ends()
    {
        var clock = new FakeTimeProvider();
        var (jo, kari) = await SignedInAsync(clock);
        await using var contoso = Contoso(kari);

        Assert.Equal(207, (await jo.Watches(kari)).Status);
        await Tells(kari, jo, "<r:state><r:busy/></r:state>");
        await jo.Sees(kari, "busy");

        await using var after = await jo.Server.AfterPowerCutAsync();
        jo.Server = after;
        await Tells(kari, jo, "<r:state><r:away/></r:state>");
        await jo.Sees(kari, "away");

        clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(200, (await jo.Renews(7, kari)).Status);
        Assert.Equal(200, (await jo.Renews(jo.SignIn)).Status);
        clock.Advance(TimeSpan.FromHours(3));
        await Tells(kari, jo, "<r:state><r:online/></r:state>");
        await jo.Sees(kari, "online");

        Assert.Equal(200, (await jo.Renews(jo.SignIn)).Status);
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(200, (await Tells(kari, jo, "<r:state><r:busy/></r:state>")).Status);
        await jo.HearsNothing();
    }

    // [client: pidgin-librvp]: watches at the other server itself, and writes an entry for each contact.
    [Fact]
    public async Task An_entry_for_the_contact_lets_changes_in()
    {
        var (jo, kari) = await SignedInAsync();
        await jo.Unblocks(kari);

        await Tells(kari, jo, "<r:state><r:busy/></r:state>");

        await jo.Sees(kari, "busy");
    }

    [Fact]
    public async Task What_is_passed_on_is_written_by_this_server()
    {
        var (jo, kari) = await SignedInAsync();
        await jo.Unblocks(kari);
        var written = $"<x:notification xmlns:x='http://schemas.microsoft.com/rvp/' xmlns='DAV:'>\n <x:propnotification><x:notification-from><x:contact>"
            + $"<href>{kari.Url.ToUpperInvariant().Replace("HTTP", "http", StringComparison.Ordinal)}</href></x:contact></x:notification-from>"
            + "<propertyupdate><set><prop><y:junk xmlns:y='urn:y'>1</y:junk><displayname>K. <![CDATA[<Hensien>]]></displayname></prop></set>"
            + "<set><prop><x:state><x:leased-value><x:value><x:invisible/></x:value></x:leased-value></x:state></prop></set></propertyupdate>"
            + "</x:propnotification></x:notification>";

        Assert.Equal(200, (await Notifies(kari, jo, written)).Status);

        Assert.Equal(
            $"<?xml version=\"1.0\"?><r:notification {Person.Namespaces}><r:propnotification><r:notification-from><r:contact>"
                + "<d:href>http://IM.CONTOSO.COM/INSTMSG/ALIASES/KARIHENSIEN</d:href><r:description/></r:contact></r:notification-from>"
                + $"<r:notification-to><r:contact><d:href>{jo.Url}</d:href><r:description/></r:contact></r:notification-to>"
                + "<d:propertyupdate><d:set><d:prop><r:state><r:offline/></r:state><d:displayname>K. &lt;Hensien&gt;</d:displayname></d:prop></d:set>"
                + "</d:propertyupdate></r:propnotification></r:notification>",
            (await jo.Callback.NextAsync()).Body);
    }

    [Theory]
    [InlineData("<r:state/>", 400)]
    [InlineData("<r:state><r:sleeping/></r:state>", 400)]
    [InlineData("<r:mobile-state>5</r:mobile-state>", 400)]
    [InlineData("<y:junk xmlns:y='urn:y'>1</y:junk>", 200)]
    public async Task What_receivers_do_not_know_is_not_passed_on(string property, int status)
    {
        var (jo, kari) = await SignedInAsync();
        await jo.Unblocks(kari);

        Assert.Equal(status, (await Tells(kari, jo, property)).Status);

        await jo.HearsNothing();
    }

    [Fact]
    public async Task A_watch_that_the_other_server_does_not_want_any_more_ends()
    {
        var (jo, kari) = await SignedInAsync();
        await using var contoso = organisations.Peer(CallbackReply.Of("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
        var watch = $"SUBSCRIBE {jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nNotification-Type: update/propchange\r\nRVP-From-Principal: {kari.Url}\r\n"
            + $"Call-Back: {kari.Url}\r\nContent-Length: 0\r\n\r\n";
        Assert.Equal(207, (await jo.Server.AskAsync(watch)).Status);
        Assert.Equal(207, (await jo.Server.AskAsync(watch)).Status);

        foreach (var state in (string[])["busy", "away"])
        {
            await jo.SetsState(state);
            await contoso.NextAsync();
        }

        await Deadline.Until(
            async () => !(await jo.ListsWatchers()).Body.Contains(kari.Url, StringComparison.Ordinal), "no watcher left", () => "there is one");
        await jo.SetsState("online");
        Assert.Equal(2, contoso.All.Count);
    }

    private async Task<(Person Jo, Person Kari)> SignedInAsync(FakeTimeProvider? clock = null)
    {
        var adatum = await organisations.AdatumAsync(clock);
        var jo = organisations.Person(adatum, "JoBrown");
        await jo.SignsIn();
        return (jo, organisations.Person(adatum, "KariHensien", "im.contoso.com"));
    }

    // A server that grants every watch.
    private CallbackListener Contoso(Person kari)
    {
        var body = $"<?xml version=\"1.0\"?><d:multistatus {Person.Namespaces}><d:response><d:href>{kari.Url}</d:href><d:propstat><d:prop>"
            + "<r:state><r:online/></r:state></d:prop><d:status>HTTP/1.1 200 Successful</d:status></d:propstat></d:response></d:multistatus>";
        return organisations.Peer(CallbackReply.Of(
            $"HTTP/1.1 207 Multi-Status\r\nSubscription-Id: 7\r\nSubscription-Lifetime: 14400\r\nContent-Type: text/xml\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n{body}"));
    }

    private static Task<RawAnswer> Tells(Person from, Person to, string property) => Notifies(from, to,
        $"<?xml version=\"1.0\"?><r:notification {Person.Namespaces}><r:propnotification><r:notification-from><r:contact><d:href>{from.Url}</d:href>"
            + $"<r:description/></r:contact></r:notification-from><r:notification-to><r:contact><d:href>{to.Url}</d:href><r:description/></r:contact>"
            + $"</r:notification-to><d:propertyupdate><d:set><d:prop>{property}</d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>");

    private static Task<RawAnswer> Notifies(Person from, Person to, string body) => to.Server.AskAsync(
        $"NOTIFY {to.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: {from.Url}\r\nRVP-Hop-Count: 2\r\nContent-Type: text/xml\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}");
}
