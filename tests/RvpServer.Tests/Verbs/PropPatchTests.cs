using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>PROPPATCH.</summary>
public sealed class PropPatchTests : HomeServerTest
{
    private protected override FakeTimeProvider? Clock { get; } = new();

    [Fact]
    public async Task A_leased_state_comes_back_whole_with_the_view_id_made_for_it()
    {
        await Kari.SignsIn();

        var answer = await Kari.SetsState("online");

        AssertAnswer(Answered(Kari.Url, Leased("online", 1200, ViewIdIn(answer))), answer);
    }

    [Fact]
    public async Task The_view_id_is_kept_from_then_on()
    {
        await Kari.SignsIn();
        var view = ViewIdIn(await Kari.SetsState("online"));

        var answer = await Kari.SetsState("on-phone", lease: 3600);

        AssertAnswer(Answered(Kari.Url, Leased("on-phone", 3600, view)), answer);
    }

    [Theory]
    [InlineData("", 1200)]
    [InlineData("<d:timeout>600</d:timeout>", 600)]
    [InlineData("<r:timeout>14400</r:timeout>", 14400)]
    [InlineData("<d:timeout>99999999999</d:timeout>", 14400)]
    public async Task The_lease_may_be_asked_for_up_to_the_lifetime_of_a_subscription(string timeout, int granted)
    {
        await Kari.SignsIn();

        var answer = await Patches($"<d:set><d:prop><r:state><r:leased-value><r:value><r:busy/></r:value><r:default-value><r:offline/>"
            + $"</r:default-value>{timeout}</r:leased-value></r:state></d:prop></d:set>");

        AssertAnswer(Answered(Kari.Url, Leased("busy", granted, ViewIdIn(answer))), answer);
    }

    [Theory]
    [InlineData("<d:set><d:prop><x:note xmlns:x='urn:x' xml:lang='de'>für</x:note></d:prop></d:set>")]
    [InlineData("<d:set><d:prop xml:lang='de'><x:note xmlns:x='urn:x'>für</x:note></d:prop></d:set>")]
    [InlineData("<d:set xml:lang='de'><d:prop xml:lang='en'><x:note xmlns:x='urn:x' xml:lang='de'>für</x:note></d:prop></d:set>")]
    [InlineData("<d:set xml:lang='de'><d:prop><x:note xmlns:x='urn:x'><r:leased-value><r:value>für</r:value></r:leased-value></x:note></d:prop></d:set>")]
    public async Task The_language_of_a_property_is_kept_and_given_back(string set)
    {
        await Kari.SignsIn();

        Assert.Equal(207, (await Patches(set)).Status);
        await Server.StopAsync();
        await Server.StartAgainAsync();

        const string expected = "<d:prop><n:note xmlns:n='urn:x' xml:lang=\"de\">für</n:note></d:prop>";
        Assert.Contains(expected, (await Kari.LooksUp(Kari, "<x:note xmlns:x='urn:x'/>")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_looks_like_a_language_is_text()
    {
        await Kari.SignsIn();

        await Patches("<d:set><d:prop><x:note xmlns:x='urn:x'> xml:lang=\"de\"&gt;</x:note></d:prop></d:set>");

        var text = (await Kari.LooksUp(Kari, "<x:note xmlns:x='urn:x'/>")).Body;
        Assert.Contains("<n:note xmlns:n='urn:x'> xml:lang=\"de\"&gt;</n:note>", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_watchers_are_told_has_no_language()
    {
        await Kari.SignsIn();

        await Patches("<d:set xml:lang='de'><d:prop><d:displayname xml:lang='de'>Kári</d:displayname></d:prop></d:set>");

        Assert.Contains("<d:displayname>Kári</d:displayname>", (await Jo.LooksUp(Kari, "<d:displayname/>")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<r:state><r:idle/></r:state>", "idle")]
    [InlineData("<r:state> <back-soon xmlns=''/> </r:state>", "back-soon")]
    [InlineData("<r:state><r:invisible/></r:state>", "offline")]
    public async Task A_flat_state_holds_until_it_is_changed(string state, string seen)
    {
        await Kari.SignsIn();

        Assert.Equal(207, (await Patches($"<d:set><d:prop>{state}</d:prop></d:set>")).Status);
        await Passes(TimeSpan.FromHours(3));

        Assert.Equal(seen, StateIn(await Jo.LooksUp(Kari)));
    }

    [Fact]
    public async Task A_flat_good_bye_with_the_view_id_is_seen()
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        var view = ViewIdIn(await Kari.SetsState("online"));
        await Jo.Watches(Kari);

        var answer = await Patches($"<d:set><d:prop><r:state><r:offline/><r:view-id>{view}</r:view-id></r:state></d:prop></d:set>");

        AssertAnswer(Answered(Kari.Url, $"<r:state><r:offline/><r:view-id>{view}</r:view-id></r:state>"), answer);
        await Jo.Sees(Kari, "offline");
    }

    [Theory]
    [InlineData("2000000000")]
    [InlineData("-1")]
    [InlineData("nonsense")]
    public async Task An_unknown_view_id_is_refused(string view)
    {
        await Kari.SignsIn();

        AssertAnswer(Refused("412 Precondition Failed", "There is no such view."),
            await Patches($"<d:set><d:prop><r:state><r:online/><r:view-id>{view}</r:view-id></r:state></d:prop></d:set>"));
    }

    [Fact]
    public async Task When_all_leases_have_run_out_the_view_id_is_void()
    {
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Passes(TimeSpan.FromMinutes(20));
        await LeasesRunOut(Kari);

        AssertAnswer(Refused("412 Precondition Failed", "There is no such view."), await Kari.SetsState("online"));
    }

    [Fact]
    public async Task One_refused_property_makes_the_others_fail_and_nothing_is_set()
    {
        await Kari.SignsIn();

        var answer = await Patches("<d:set><d:prop><r:state><r:sleeping/></r:state><r:email>other@adatum.com</r:email><d:displayname>K.</d:displayname>"
            + "</d:prop></d:set>");

        AssertAnswer(
            Document("207 Multi-Status", $"<?xml version=\"1.0\"?><d:multistatus {Ns}><d:response><d:href>{Kari.Url}</d:href>"
                + "<d:propstat><d:prop><r:state></r:state></d:prop><d:status>HTTP/1.1 409 Conflict</d:status></d:propstat>"
                + "<d:propstat><d:prop><r:email></r:email></d:prop><d:status>HTTP/1.1 403 Forbidden</d:status></d:propstat>"
                + "<d:propstat><d:prop><d:displayname></d:displayname></d:prop><d:status>HTTP/1.1 424 Failed Dependency</d:status></d:propstat></d:response>"
                    + "</d:multistatus>"),
            answer);
        Assert.Contains("<d:displayname>Kari Hensien</d:displayname>", (await Kari.LooksUp(Kari, "<d:displayname/>")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("d:propertyupdate")]
    [InlineData("d:propupdate")]
    public async Task A_dead_property_is_kept_as_it_was_and_can_be_removed(string root)
    {
        const string value = "<x:who kind=\"team\" xmlns:x=\"urn:x\">Jo &amp; <b xmlns=\"\"> Kari </b></x:who>";
        var set = await Kari.Asks("PROPPATCH", Kari.Path, "",
            $"<{root} {Ns}><d:set><d:prop>{value}<f:pets xmlns:f='urn:f'>a <f:cat f:name='Tom'/></f:pets></d:prop></d:set></{root}>");
        Assert.Equal(207, set.Status);

        var found = await Jo.LooksUp(Kari, "<f:pets xmlns:f='urn:f'/>");
        var removed = await Kari.Asks("PROPPATCH", Kari.Path, "", $"<{root} {Ns}><d:remove><d:prop><f:pets xmlns:f='urn:f'/></d:prop></d:remove></{root}>");
        var gone = await Jo.LooksUp(Kari, "<f:pets xmlns:f='urn:f'/>");

        Assert.Matches("<([a-z0-9]+:)?pets xmlns(:[a-z0-9]+)?=['\"]urn:f['\"]>a <([a-z0-9]+:)?cat [^>]*['\"]Tom['\"]", found.Body);
        Assert.Contains("HTTP/1.1 200 Successful", removed.Body, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 404 Not Found", gone.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 200", gone.Body, StringComparison.Ordinal);
    }

    // [client]: several never send a view-id.
    [Fact]
    public async Task A_client_that_never_sends_a_view_id_comes_out_right()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsIn();

        foreach (var state in (string[])["busy", "online", "away", "offline"])
        {
            Assert.Equal(207, (await Patches(
                $"<d:set><d:prop><r:state><r:leased-value><r:value><r:{state}/></r:value><r:default-value><r:offline/></r:default-value>"
                    + "<d:timeout>1200</d:timeout></r:leased-value></r:state></d:prop></d:set>")).Status);
            await Jo.Sees(Kari, state);
        }
    }

    [Fact]
    public async Task Nobody_is_told_what_has_not_changed_for_them()
    {
        var laptop = Comes("KariHensien");
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Kari.SetsState("busy");
        await laptop.SignsIn();
        await Jo.Watches(Kari);

        await Kari.SetsState("busy");
        await laptop.SetsState("idle");
        await laptop.SetsState("online");

        await Jo.HearsNothing();
    }

    [Fact]
    public async Task A_new_name_is_told_after_the_state()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);

        await Patches("<d:set><d:prop><d:displayname>K. Hensien</d:displayname><r:mobile-state>1</r:mobile-state></d:prop></d:set>");

        var news = await Jo.Callback.NextAsync();
        Assert.EndsWith(
            "<d:propertyupdate><d:set><d:prop><r:state><r:offline/></r:state><d:displayname>K. Hensien</d:displayname><r:mobile-state>1</r:mobile-state>"
                + "</d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>",
            news.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_spelling_of_a_physical_url_is_answered_as_the_logical_one()
    {
        await Kari.SignsIn();
        Kari.Prefix = "/instmsg/local/im.adatum.com";

        var answer = await Kari.SetsState("online");

        AssertAnswer(Answered(Kari.Url, Leased("online", 1200, ViewIdIn(answer))), answer);
    }

    private static string Leased(string state, int lease, string view) =>
        $"<r:state><r:leased-value><r:value><r:{state}/></r:value><r:default-value><r:offline/></r:default-value><d:timeout>{lease}</d:timeout>"
            + $"</r:leased-value><r:view-id>{view}</r:view-id></r:state>";

    private static string Answered(string href, string properties) =>
        Document("207 Multi-Status", $"<?xml version=\"1.0\"?><d:multistatus {Ns}><d:response><d:href>{href}</d:href><d:propstat>"
            + $"<d:prop>{properties}</d:prop><d:status>HTTP/1.1 200 Successful</d:status></d:propstat></d:response></d:multistatus>");

    private Task<RawAnswer> Patches(string instructions) =>
        Kari.Asks("PROPPATCH", Kari.Path, "", $"<?xml version=\"1.0\"?><d:propertyupdate {Ns}>{instructions}</d:propertyupdate>");
}
