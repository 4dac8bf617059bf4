using Rvp.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>PROPFIND.</summary>
public sealed class PropFindTests : HomeServerTest
{
    [Fact]
    public async Task Found_and_missing_properties_come_apart()
    {
        var answer = await Jo.LooksUp(Kari, "<d:displayname/><f:pets xmlns:f='urn:f'/><r:state/>");

        AssertAnswer(
            Found(Kari.Url, "<d:propstat><d:prop><d:displayname>Kari Hensien</d:displayname><r:state><r:offline/></r:state></d:prop><d:status>HTTP/1.1 200 "
                + "Successful</d:status></d:propstat>"
                + "<d:propstat><d:prop><n:pets xmlns:n='urn:f'></n:pets></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"),
            answer);
    }

    [Fact]
    public async Task Allprop_gives_every_property_of_a_user()
    {
        var answer = await Finds("<d:allprop/>");

        AssertAnswer(
            Found(Kari.Url, "<d:propstat><d:prop><d:displayname>Kari Hensien</d:displayname><r:email>KariHensien@adatum.com</r:email>"
                    + "<r:mobile-state>0</r:mobile-state>"
                    + "<r:mobile-description></r:mobile-description><r:state><r:offline/></r:state></d:prop><d:status>HTTP/1.1 200 Successful</d:status>"
                    + "</d:propstat>"),
            answer);
    }

    [Fact]
    public async Task Propname_gives_the_names()
    {
        var answer = await Finds("<d:propname/>");

        AssertAnswer(
            Found(Kari.Url, "<d:propstat><d:prop><d:displayname></d:displayname><r:email></r:email><r:mobile-state></r:mobile-state>"
                + "<r:mobile-description></r:mobile-description><r:state></r:state></d:prop><d:status>HTTP/1.1 200 Successful</d:status></d:propstat>"),
            answer);
    }

    [Theory]
    [InlineData("im.adatum.com", "/instmsg/aliases/karihensien/", "http://im.adatum.com/instmsg/aliases/karihensien/")]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/local/im.adatum.com/instmsg/aliases/KariHensien", "http://im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/aliases/local/im.adatum.com/instmsg/aliases/KariHensien",
        "http://im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/local/im.adatum.com/instmsg/KariHensien", "http://im.adatum.com/instmsg/aliases/KariHensien")]
    public async Task Everyone_is_answered_in_their_own_spelling(string host, string target, string href)
    {
        Jo.Host = host;

        var answer = await Jo.Asks("PROPFIND", target, "", $"<d:propfind {Ns}><d:prop><r:state/></d:prop></d:propfind>");

        AssertAnswer(Found(href, "<d:propstat><d:prop><r:state><r:offline/></r:state></d:prop><d:status>HTTP/1.1 200 Successful</d:status></d:propstat>"),
            answer);
    }

    [Theory]
    [InlineData("Depth: 1\r\n")]
    [InlineData("Depth: infinity\r\n")]
    [InlineData("X-Depth: 0\r\n")]
    public async Task Depth_must_be_zero(string depth)
    {
        var answer = await Jo.Asks("PROPFIND", Kari.Path, depth, $"<d:propfind {Ns}><d:allprop/></d:propfind>");

        AssertAnswer(Refused("412 Precondition Failed", "Depth must be 0."), answer);
    }

    // [RFC 4918, 9.1]
    [Theory]
    [InlineData("")]
    [InlineData("Content-Type: text/xml\r\n")]
    [InlineData("Content-Type: application/x-www-form-urlencoded\r\n")]
    public async Task An_empty_body_asks_for_all(string contentType) =>
        AssertAnswer(Document("207 Multi-Status", (await Finds("<d:allprop/>")).Body), await Jo.Asks("PROPFIND", Kari.Path, contentType));

    [Theory]
    [InlineData("text/plain", "<d:propfind xmlns:d='DAV:'><d:allprop/></d:propfind>", 415)]
    [InlineData("text/xml", " ", 400)]
    public async Task A_body_that_is_there_must_be_a_document(string contentType, string body, int status)
    {
        var answer = await Server.AskAsync(
            $"PROPFIND {Kari.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nDepth: 0\r\nRVP-From-Principal: {Jo.Url}\r\n"
                + $"{await Jo.Proof("PROPFIND", Kari.Path)}Content-Type: {contentType}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task The_owner_sees_itself_invisible_and_others_see_it_offline()
    {
        await Kari.SignsIn();
        await Kari.SetsState("invisible");

        Assert.Equal("invisible", StateIn(await Kari.LooksUp(Kari)));
        Assert.Equal("offline", StateIn(await Jo.LooksUp(Kari)));
    }

    private static string Found(string href, string propstats) =>
        Document("207 Multi-Status", $"<?xml version=\"1.0\"?><d:multistatus {Ns}><d:response><d:href>{href}</d:href>{propstats}</d:response></d:multistatus>");

    private Task<RawAnswer> Finds(string question) => Jo.Asks("PROPFIND", Kari.Path, "", $"<?xml version=\"1.0\"?><d:propfind {Ns}>{question}</d:propfind>");
}
