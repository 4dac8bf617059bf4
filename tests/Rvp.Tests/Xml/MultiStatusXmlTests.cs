using FsCheck;
using FsCheck.Xunit;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using Property = Rvp.Protocol.Property;

namespace Rvp.Tests.Xml;

public class MultiStatusXmlTests
{
    private const string Kari = "http://im.adatum.com/instmsg/aliases/KariHensien";

    // The answer to a watch in docs/protocol.md.
    private const string Watched =
        "<?xml version=\"1.0\"?>" +
        "<d:multistatus xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'>" +
        "<d:response><d:href>http://im.adatum.com/instmsg/aliases/KariHensien</d:href><d:propstat><d:prop>" +
        "<d:displayname>Kari Hensien</d:displayname><r:email>KariHensien@adatum.com</r:email>" +
        "<r:mobile-state>0</r:mobile-state><r:mobile-description></r:mobile-description><r:state><r:online/></r:state>" +
        "</d:prop><d:status>HTTP/1.1 200 Successful</d:status></d:propstat></d:response></d:multistatus>";

    [Fact]
    public void The_answer_to_a_watch_is_written_as_the_page_shows_it()
    {
        PropStat found = new(200, "Successful",
        [
            new Property(PropertyName.DisplayName, "Kari Hensien"),
            new Property(PropertyName.Email, "KariHensien@adatum.com"),
            new Property(PropertyName.MobileState, "0"),
            new Property(PropertyName.MobileDescription, ""),
            new Property(PropertyName.State, "<r:online/>"),
        ]);

        Assert.Equal(Watched, Text.Of(MultiStatusXml.Write(Kari, [found])));
    }

    [Fact]
    public void Missing_properties_come_in_a_second_propstat()
    {
        var bytes = MultiStatusXml.Write("http://im.adatum.com/a&b",
        [
            new PropStat(200, "Successful", [new Property(PropertyName.DisplayName, "")]),
            new PropStat(404, "Not Found",
                [new Property(new PropertyName(RvpXml.Rvp, "x"), ""), new Property(new PropertyName("urn:o'n", "y"), "<z/>"),
                new Property(new PropertyName("", "w"), "")]),
        ]);

        Assert.Equal(
            "<?xml version=\"1.0\"?>" +
            "<d:multistatus xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'>" +
            "<d:response><d:href>http://im.adatum.com/a&amp;b</d:href>" +
            "<d:propstat><d:prop><d:displayname></d:displayname></d:prop><d:status>HTTP/1.1 200 Successful</d:status></d:propstat>" +
            "<d:propstat><d:prop><r:x></r:x><n:y xmlns:n='urn:o&apos;n'><z/></n:y><w></w></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>" +
            "</d:response></d:multistatus>",
            Text.Of(bytes));
    }

    [Fact]
    public void An_empty_propstat_is_not_written()
    {
        var bytes = MultiStatusXml.Write(Kari, [new PropStat(200, "Successful", []), new PropStat(404, "Not Found", [new Property(PropertyName.Email, "")])]);

        Assert.Equal(
            "<?xml version=\"1.0\"?>" +
            "<d:multistatus xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'>" +
            "<d:response><d:href>http://im.adatum.com/instmsg/aliases/KariHensien</d:href>" +
            "<d:propstat><d:prop><r:email></r:email></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response></d:multistatus>",
            Text.Of(bytes));
    }

    [Fact]
    public void A_foreign_207_with_white_space_and_other_prefixes_is_read()
    {
        var responses = MultiStatusXml.Read(Text.Bytes(
            "<multistatus xmlns='DAV:'>\n <response>\n <href>http://im.contoso.com/x</href>\n <propstat>\n <prop> <s:state "
                + "xmlns:s='http://schemas.microsoft.com/rvp/'> <s:busy/> </s:state> </prop>\n" +
            " <status>HTTP/1.1 200</status>\n </propstat>\n </response>\n <response><href>http://im.contoso.com/y</href></response>\n</multistatus>"));

        Assert.Equal(2, responses.Count);
        Assert.Equal("http://im.contoso.com/x", responses[0].Href);
        var found = Assert.Single(responses[0].PropStats);
        Assert.Equal((200, ""), (found.Status, found.Reason));
        Assert.Equal([new Property(PropertyName.State, "<r:busy/>")], found.Properties);
        Assert.Empty(responses[1].PropStats);
    }

    [Theory]
    [InlineData("<d:multistatus xmlns:d='urn:x'/>")]
    [InlineData("<d:propfind xmlns:d='DAV:'/>")]
    [InlineData("<d:multistatus xmlns:d='DAV:'><d:response/></d:multistatus>")]
    [InlineData("<d:multistatus xmlns:d='DAV:'><d:response><d:href>x</d:href><d:propstat/></d:response></d:multistatus>")]
    [InlineData("<d:multistatus xmlns:d='DAV:'><d:response><d:href>x</d:href><d:propstat><d:status>HTTP/1.1 fine</d:status></d:propstat></d:response>"
        + "</d:multistatus>")]
    [InlineData("<d:multistatus xmlns:d='DAV:'><d:response><d:href>x</d:href><d:propstat><d:status>200 Successful</d:status></d:propstat></d:response>"
        + "</d:multistatus>")]
    public void What_is_no_207_is_refused(string body) => Text.IsBadRequest(() => MultiStatusXml.Read(Text.Bytes(body)));

    [Property]
    public void What_is_written_is_read(NonNull<string> href, NonNull<string> reason, NonNull<string>[] values, ushort number)
    {
        string[] spaces = [RvpXml.Dav, RvpXml.Rvp, RvpXml.Acl, "", "urn:x", "urn:<'\">&"];
        var properties = values
            .Select((value, i) => new Property(new PropertyName(spaces[i % spaces.Length], "p" + i), RvpXml.Escape(Text.Writable(value.Get))))
            .Append(new Property(PropertyName.State, "<r:away/>"))
            .ToList();
        PropStat given = new(100 + number % 900, Text.Writable(reason.Get), properties);

        var (readHref, readStats) = Assert.Single(MultiStatusXml.Read(MultiStatusXml.Write(Text.Writable(href.Get), [given])));

        Assert.Equal(Text.Writable(href.Get), readHref);
        var read = Assert.Single(readStats);
        Assert.Equal((given.Status, given.Reason), (read.Status, read.Reason));
        Assert.Equal(given.Properties, read.Properties);
    }
}
