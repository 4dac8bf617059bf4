using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Xml;

public class NotificationHeadTests
{
    // [client: pidgin-librvp], as observed.
    internal const string Librvp =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
        "<r:notification xmlns:d=\"DAV:\" xmlns:r=\"http://schemas.microsoft.com/rvp/\" xmlns:a=\"http://schemas.microsoft.com/rvp/acl/\"><r:message>" +
        "<r:notification-from><r:contact><d:href>http://127.0.0.1/instmsg/aliases/jo</d:href><r:description>Jo</r:description></r:contact>"
            + "</r:notification-from>" +
        "<r:notification-to><r:contact><d:href>http://127.0.0.1/instmsg/aliases/kari</d:href><r:description>Kari</r:description></r:contact>"
            + "</r:notification-to>" +
        "<r:msgbody><r:mime-data><![CDATA[MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n" +
        "X-MMS-IM-Format: FN=MS%%20Shell%%20Dlg; EF=; CO=0; CS=0; PF=0\r\n" +
        "Session-Id: {ABBC2F83-FFAF-09D1-CCB4-328EE2A9DD04}\r\n\r\nhello]]></r:mime-data></r:msgbody></r:message></r:notification>\n";

    // [client: pidgin-librvp]: the typing notice differs in its MIME data only.
    private const string TypingNotice =
        "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol; charset=UTF-8\r\nTypingUser: jo@127.0.0.1\r\n"
            + "Session-Id: {ABBC2F83-FFAF-09D1-CCB4-328EE2A9DD04}\r\n\r\n";

    private const string From = "<r:notification-from><r:contact><d:href>http://a/jo</d:href></r:contact></r:notification-from>";
    private const string To = "<r:notification-to><r:contact><d:href>http://a/kari</d:href></r:contact></r:notification-to>";
    private const string Body = "<r:msgbody><r:mime-data>Session-Id: {1}\n\nhi</r:mime-data></r:msgbody>";

    [Fact]
    public void The_head_of_a_message_of_pidgin_librvp_is_read()
    {
        var head = NotificationXml.ReadHead(Text.Bytes(Librvp));

        Assert.False(head.IsPropertyChange);
        Assert.Equal("http://127.0.0.1/instmsg/aliases/jo", head.From.Spelling);
        Assert.Equal(["http://127.0.0.1/instmsg/aliases/kari"], head.To.Select(url => url.Spelling));
    }

    [Fact]
    public void A_chat_has_several_recipients()
    {
        var head = Read($"<r:message>{From}<r:notification-to><r:contact><d:href>http://a/x</d:href></r:contact><r:contact><r:description/><d:href>"
            + $"http://a/y</d:href></r:contact></r:notification-to>{Body}</r:message>");

        Assert.Equal(["http://a/instmsg/aliases/x", "http://a/instmsg/aliases/y"], head.To.Select(url => url.Spelling));
    }

    [Theory]
    [InlineData("<![CDATA[", "]]>")]
    [InlineData("", "")]
    public void A_message_is_taken_wherever_in_it_an_emoji_stands(string before, string after)
    {
        const string head = "Session-Id: {1}\n\n";

        for (var length = MimeHead.MaxLength - head.Length - 3; length <= MimeHead.MaxLength - head.Length; length++)
        {
            var text = head + new string('x', length) + string.Concat(Enumerable.Repeat("😀", 2000));
            Assert.False(Read($"<r:message>{From}{To}<r:msgbody><r:mime-data>{before}{text}{after}</r:mime-data></r:msgbody></r:message>").IsPropertyChange);
        }
    }

    [Fact]
    public void A_property_change_needs_no_recipient()
    {
        var head = Read($"<r:propnotification>{From}<d:propertyupdate><d:set><d:prop><r:state><r:busy/></r:state></d:prop></d:set></d:propertyupdate>"
            + "</r:propnotification>");

        Assert.True(head.IsPropertyChange);
        Assert.Equal("http://a/instmsg/aliases/jo", head.From.Spelling);
        Assert.Empty(head.To);
    }

    [Theory]
    [InlineData("<![CDATA[" + TypingNotice + "]]>")]
    [InlineData(TypingNotice)]
    [InlineData("\n<![CDATA[Session-Id: {1}\n\n]]>")]
    [InlineData("<![CDATA[A: 1\n continued\nSession-Id: {1}\r\n]]><![CDATA[\r\nhi]]>")]
    [InlineData("A: 1&#13;\nSession-Id: {1}&#13;\n&#13;\nhi")]
    [InlineData("<![CDATA[A: 1\nSess]]><![CDATA[ion-Id: {1}\n\nhi]]>")]
    [InlineData("session-id:1\n\n")]
    [InlineData("A: &amp;\nSession-Id: {1}\n\n&lt;b>]]&gt;")]
    public void A_mime_head_with_a_session_is_passed(string mime) => Assert.Single(ReadMime(mime).To);

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData("hello")]
    [InlineData("MIME-Version: 1.0\r\n\r\nSession-Id: {1}")]
    [InlineData("MIME-Version: 1.0\n&#13;\nSession-Id: {1}")]
    [InlineData("X-Session-Id: {1}")]
    [InlineData("A: Session-Id: {1}")]
    [InlineData("A: 1\u2028Session-Id: {1}")]
    [InlineData("Session-Id {1}")]
    [InlineData("<x>Session-Id: {1}</x>")]
    [InlineData("Session-Id: {1}<x/>")]
    [InlineData("Session-<!-- -->Id: {1}\n\n")]
    [InlineData("Session-Id: {1}")]
    [InlineData("Session-Id: {1}\n")]
    [InlineData("Session-Id: {1}\n \nhi")]
    [InlineData("Session-Id: {1}\n&#13;\nhi")]
    [InlineData("\n  Session-Id: {1}\n\nhi")]
    [InlineData("A: 1\n Session-Id: {1}\n\nhi")]
    [InlineData("Session-Id : {1}\n\nhi")]
    [InlineData("\n\nSession-Id: {1}\n\nhi")]
    public void A_message_without_a_whole_head_is_refused(string mime) => Text.IsBadRequest(() => ReadMime(mime));

    [Theory]
    [InlineData(4000, true)]
    [InlineData(5000, false)]
    public void The_session_must_come_early(int length, bool isRead)
    {
        var mime = "A: " + new string('x', length) + "\nSession-Id: {1}\n\n";

        if (isRead) Assert.Single(ReadMime(mime).To);
        else Text.IsBadRequest(() => ReadMime(mime));
    }

    [Fact]
    public void A_long_message_is_read_to_its_end()
    {
        var text = "<![CDATA[Session-Id: {1}\n\n" + new string('x', 100_000) + "]]>";

        Assert.Single(ReadMime(text).To);
        Text.IsBadRequest(() => ReadMime(text + "\u0001"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<r:other/>")]
    [InlineData("<r:message/>")]
    [InlineData("<r:propnotification/>")]
    [InlineData("<r:propnotification>" + To + "</r:propnotification>")]
    [InlineData("<r:message>" + To + Body + "</r:message>")]
    [InlineData("<r:message>" + From + Body + "</r:message>")]
    [InlineData("<r:message>" + From + "<r:notification-to/>" + Body + "</r:message>")]
    [InlineData("<r:message>" + From + To + "</r:message>")]
    [InlineData("<r:message>" + From + To + "<r:msgbody/></r:message>")]
    [InlineData("<r:message>" + From + To + "<r:msgbody><r:mime-data/></r:msgbody></r:message>")]
    [InlineData("<r:message>" + From + "<r:notification-to><r:contact/></r:notification-to>" + Body + "</r:message>")]
    [InlineData("<r:message>" + From + "<r:notification-to><r:contact><d:href/></r:contact></r:notification-to>" + Body + "</r:message>")]
    [InlineData("<r:message>" + From + "<r:notification-to><r:contact><d:href>mailto:x</d:href></r:contact></r:notification-to>" + Body + "</r:message>")]
    [InlineData("<r:message>" + From + "<r:notification-to><r:contact/><r:contact><d:href>http://a/kari</d:href></r:contact></r:notification-to>" + Body
        + "</r:message>")]
    [InlineData("<r:wrap><r:message>" + From + To + Body + "</r:message></r:wrap>")]
    public void An_incomplete_notification_is_refused(string inner) => Text.IsBadRequest(() => Read(inner));

    [Theory]
    [InlineData("<r:message>" + From + From + To + Body + "</r:message>")]
    [InlineData("<r:message>" + From + To + To + Body + "</r:message>")]
    [InlineData("<r:message>" + From + To + Body + Body + "</r:message>")]
    [InlineData("<r:message>" + From + To + Body + "</r:message><r:message/>")]
    [InlineData("<r:message>" + From + To + Body + "</r:message><x xmlns='urn:x'/>")]
    [InlineData("<r:message><x:notification-from xmlns:x='urn:x'><r:contact><d:href>http://a/other</d:href></r:contact></x:notification-from>" + From + To
        + Body + "</r:message>")]
    [InlineData("<r:message><r:notification-from><r:contact><d:href>http://a/jo</d:href></r:contact><r:contact><d:href>http://a/other</d:href></r:contact>"
        + "</r:notification-from>" + To + Body + "</r:message>")]
    [InlineData("<r:message><r:notification-from><contact><d:href>http://a/other</d:href></contact><r:contact><d:href>http://a/jo</d:href></r:contact>"
        + "</r:notification-from>" + To + Body + "</r:message>")]
    [InlineData("<r:message><r:notification-from><r:contact><d:href>http://a/jo</d:href><d:href>http://a/other</d:href></r:contact></r:notification-from>" + To
        + Body + "</r:message>")]
    [InlineData("<r:message><r:notification-from><r:contact><r:href>http://a/other</r:href><d:href>http://a/jo</d:href></r:contact></r:notification-from>" + To
        + Body + "</r:message>")]
    [InlineData("<r:message><r:notification-from><r:contact><d:href>http://a/j<!-- -->o</d:href></r:contact></r:notification-from>" + To + Body
        + "</r:message>")]
    [InlineData("<r:message><r:notification-from><r:contact><d:href>http://a/j<![CDATA[o]]></d:href></r:contact></r:notification-from>" + To + Body
        + "</r:message>")]
    [InlineData("<r:message><r:notification-from><r:contact><d:href>http://a/j<x/>o</d:href></r:contact></r:notification-from>" + To + Body + "</r:message>")]
    [InlineData("<r:message><?p i?>" + From + To + Body + "</r:message>")]
    [InlineData("<r:message><r:other/>" + From + To + Body + "</r:message>")]
    [InlineData("<r:message>" + From + To + Body + "<d:propertyupdate/></r:message>")]
    [InlineData("<r:message>" + From + To + "<r:msgbody><r:other/><r:mime-data>Session-Id: {1}\n\nhi</r:mime-data></r:msgbody></r:message>")]
    [InlineData("<r:message>" + From + "<r:notification-to><r:contact><d:href>http://a/kari</d:href><r:other/></r:contact></r:notification-to>"
        + Body + "</r:message>")]
    [InlineData("<r:message>" + From + "<r:notification-to><r:contact><d:href>http://a/kari</d:href><r:description/><r:description/>"
        + "</r:contact></r:notification-to>" + Body + "</r:message>")]
    [InlineData("<r:message>" + From + "<r:notification-to><r:contact><d:href>http://a/kari</d:href><r:description><x/></r:description>"
        + "</r:contact></r:notification-to>" + Body + "</r:message>")]
    [InlineData("<r:message id='1'>" + From + To + Body + "</r:message>")]
    [InlineData("<r:message xml:space='preserve'>" + From + To + Body + "</r:message>")]
    [InlineData("<r:message>" + From + To + "<r:msgbody><r:mime-data r:encoding='base64'>Session-Id: {1}\n\nhi</r:mime-data></r:msgbody></r:message>")]
    [InlineData("<r:propnotification>" + From + "<d:propertyupdate/><r:msgbody/></r:propnotification>")]
    [InlineData("<r:propnotification>" + From + "<d:propertyupdate><!-- --></d:propertyupdate></r:propnotification>")]
    public void What_another_reader_could_take_for_another_sender_is_refused(string inner) => Text.IsBadRequest(() => Read(inner));

    // [client: pidgin-librvp]: takes the first child, whatever it is, for the element that belongs there.
    [Theory]
    [InlineData("x<r:message>" + From + To + Body + "</r:message>")]
    [InlineData("<r:message>x" + From + To + Body + "</r:message>")]
    [InlineData("<r:message><![CDATA[ ]]>" + From + To + Body + "</r:message>")]
    [InlineData("<r:message><![CDATA[]]>" + From + To + Body + "</r:message>")]
    [InlineData("<r:message>" + From + "&#160;" + To + Body + "</r:message>")]
    [InlineData("<r:message>" + From + To + "<r:msgbody>x<r:mime-data>Session-Id: {1}\n\nhi</r:mime-data></r:msgbody></r:message>")]
    [InlineData("<r:message><r:notification-from><r:contact>x<d:href>http://a/jo</d:href></r:contact></r:notification-from>" + To + Body + "</r:message>")]
    [InlineData("<r:message><r:notification-from><r:contact><d:href>http://a/jo</d:href>x</r:contact></r:notification-from>" + To + Body + "</r:message>")]
    [InlineData("<r:propnotification>x" + From + "</r:propnotification>")]
    public void Text_between_elements_is_refused(string inner) => Text.IsBadRequest(() => Read(inner));

    [Theory]
    [InlineData(" \r\n\t")]
    [InlineData("&#32;&#x0a;")]
    public void White_space_between_elements_is_passed(string space) =>
        Assert.Single(Read(space + "<r:message>" + space + From + space + To + space + Body + space + "</r:message>" + space).To);

    [Theory]
    [InlineData("<!-- --><r:notification N>B</r:notification>")]
    [InlineData("<?p i?><r:notification N>B</r:notification>")]
    [InlineData("<r:notification N>B</r:notification><!-- -->")]
    [InlineData("<r:notification N>B</r:notification>\n<?p i?>")]
    [InlineData("<r:notification N a:b='c'>B</r:notification>")]
    public void Nothing_but_the_declaration_may_stand_around_a_notification(string document)
    {
        var message = $"<r:message>{From}{To}{Body}</r:message>";
        var whole = document.Replace("N", Text.Namespaces, StringComparison.Ordinal).Replace("B", message, StringComparison.Ordinal);

        Text.IsBadRequest(() => NotificationXml.ReadHead(Text.Bytes(WithWholeUrls(whole))));
    }

    [Fact]
    public void Declarations_of_namespaces_are_no_attributes() =>
        Assert.Single(Read($"<x:message xmlns:x='{RvpXml.Rvp}' xmlns='urn:x'>{From}{To}{Body}</x:message>").To);

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void A_description_is_bounded(int length, bool isRead)
    {
        var description = $"<r:description>{new string('x', length)}</r:description></r:contact>";
        var message = $"<r:message>{From.Replace("</r:contact>", description, StringComparison.Ordinal)}{To}{Body}</r:message>";

        if (isRead) Assert.Single(Read(message).To);
        else Text.IsBadRequest(() => Read(message));
    }

    // [client: pidgin-librvp]: crashes on each of these.
    [Theory]
    [InlineData("")]
    [InlineData("Invitation-Command: INVITE")]
    [InlineData("Invitation-Command: INVITE\nInvitation-Cookie: 1")]
    [InlineData("Invitation-Command: INVITE\nInvitation-Cookie: 1\nApplication-GUID: {5d3e02ab-6190-11D3-BBBB-00C04F795683}\nApplication-File: a")]
    [InlineData("Invitation-Command: INVITE\nInvitation-Cookie: 1\nApplication-GUID:{5D3E02AB-6190-11d3-BBBB-00C04F795683} \nApplication-File: a\n"
        + " Application-FileSize: 1")]
    [InlineData("Invitation-Command:  INVITE\nInvitation-Cookie: 1\nApplication-GUID : x")]
    [InlineData("Invitation-Command: ACCEPT")]
    [InlineData("Invitation-Command: ACCEPT\nInvitation-Cookie: 1")]
    [InlineData("Invitation-Command: ACCEPT\nInvitation-Cookie: 1\nIP-Address: 127.0.0.1\nAuthCookie: 1")]
    [InlineData("Invitation-Cookie: 1\nApplication-GUID: x")]
    public void An_invitation_without_its_fields_is_refused(string fields)
    {
        Text.IsBadRequest(() => ReadMime($"Content-Type: text/x-msmsgsinvite; charset=UTF-8\nSession-Id: {{1}}\n\n{fields}\n\n"));
        Text.IsBadRequest(() => ReadMime($"Content-Type:   Text/X-MsmsgsInvite\nContent-Type: text/plain\nSession-Id: {{1}}\n\n{fields}"));
    }

    [Theory]
    [InlineData("Invitation-Command: INVITE\nInvitation-Cookie: 1\nApplication-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\nApplication-File: a.txt\n"
        + "Application-FileSize: 12")]
    [InlineData("Application-Name: NetMeeting\nApplication-GUID: {44BBA842-CC51-11CF-AAFA-00AA00B6015C}\nInvitation-Command: INVITE\nInvitation-Cookie: 1")]
    [InlineData("Invitation-Command: ACCEPT\nInvitation-Cookie: 1\nLaunch-Application: FALSE\nRequest-Data: IP-Address:")]
    [InlineData("Invitation-Command: ACCEPT\nInvitation-Cookie: 1\nIP-Address: 127.0.0.1\nPort: 6891\nAuthCookie: 7")]
    [InlineData("Invitation-Command: CANCEL\nInvitation-Cookie: 1\nCancel-Code: REJECT")]
    public void A_whole_invitation_is_passed(string fields) =>
        Assert.Single(ReadMime($"Content-Type: text/x-msmsgsinvite; charset=UTF-8\nSession-Id: {{1}}\n\n{fields}\n\n").To);

    [Fact]
    public void Of_a_property_change_the_known_properties_are_read_presence_first()
    {
        var changes = ReadChange("<d:set><d:prop><n:x xmlns:n='urn:n'>1</n:x><d:displayname>Jo &amp; <![CDATA[<b>]]></d:displayname></d:prop></d:set>"
            + "<d:remove><d:prop><r:email/></d:prop></d:remove>\n<d:set><d:prop><r:mobile-state>1</r:mobile-state><r:state><r:leased-value>"
            + "<r:value> <r:invisible/> </r:value><d:timeout>5</d:timeout></r:leased-value><r:view-id>7</r:view-id></r:state></d:prop></d:set>");

        Assert.Equal(
            [
                new Property(PropertyName.State, "<r:offline/>"), new(PropertyName.DisplayName, "Jo &amp; &lt;b&gt;"), new(PropertyName.MobileState, "1"),
            ],
            changes);
    }

    [Theory]
    [InlineData("<r:state/>")]
    [InlineData("<r:state></r:state>")]
    [InlineData("<r:state>busy</r:state>")]
    [InlineData("<r:state><r:sleeping/></r:state>")]
    [InlineData("<r:state><r:busy/><r:away/></r:state>")]
    [InlineData("<r:state><r:busy/></r:state><r:state><r:away/></r:state>")]
    [InlineData("<r:state><r:leased-value/></r:state>")]
    [InlineData("<r:mobile-state>2</r:mobile-state>")]
    [InlineData("<d:displayname><b xmlns=''/></d:displayname>")]
    [InlineData("<r:email>LONG</r:email>")]
    [InlineData("<d:displayname>LONG</d:displayname>")]
    [InlineData("<r:mobile-description>LONG</r:mobile-description>")]
    public void A_property_change_to_what_a_property_cannot_be_is_refused(string property) => Text.IsBadRequest(
        () => ReadChange($"<d:set><d:prop>{property.Replace("LONG", new string('x', 1025), StringComparison.Ordinal)}</d:prop></d:set>"));

    [Theory]
    [InlineData("")]
    [InlineData("<d:set><d:prop><n:x xmlns:n='urn:n'>1</n:x></d:prop></d:set>")]
    [InlineData("<d:remove><d:prop><r:state/></d:prop></d:remove>")]
    public void A_property_change_may_tell_nothing_that_receivers_know(string update) => Assert.Empty(ReadChange(update));

    [Theory]
    [InlineData("<notification/>")]
    [InlineData("<r:message xmlns:r='http://schemas.microsoft.com/rvp/'/>")]
    [InlineData("<r:notification xmlns:r='urn:x'/>")]
    public void Another_document_is_refused(string body) => Text.IsBadRequest(() => NotificationXml.ReadHead(Text.Bytes(body)));

    [Theory]
    [MemberData(nameof(RvpXmlTests.Malformed), MemberType = typeof(RvpXmlTests))]
    public void A_malformed_body_is_a_bad_request(string what, byte[] body) => Text.IsBadRequest(what, () => NotificationXml.ReadHead(body));

    [Theory]
    [InlineData("<x>")]
    [InlineData("</r:message></r:notification><x/>")]
    [InlineData("&e;")]
    [InlineData("\u0001")]
    public void What_stands_behind_the_head_must_be_well_formed_too(string tail)
    {
        Text.IsBadRequest(() => Read($"<r:message>{From}{To}{Body}{tail}</r:message>"));
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Text.IsBadRequest(() => Read($"<r:message>{From}{To}{Body}" + string.Concat(Enumerable.Repeat("<a>", 70))
            + string.Concat(Enumerable.Repeat("</a>", 70)) + "</r:message>"));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void The_number_of_recipients_is_bounded(int count, bool isRead)
    {
        var contacts = string.Concat(Enumerable.Range(0, count).Select(i => $"<r:contact><d:href>http://a/n{i}</d:href></r:contact>"));
        var message = $"<r:message>{From}<r:notification-to>{contacts}</r:notification-to>{Body}</r:message>";

        if (isRead) Assert.Equal(count, Read(message).To.Count);
        else Text.IsBadRequest(() => Read(message));
    }

    private static IReadOnlyList<Property> ReadChange(string update) =>
        Read($"<r:propnotification>{From}<d:propertyupdate>{update}</d:propertyupdate></r:propnotification>").Changes!;

    private static NotificationHead ReadMime(string mime) => Read($"<r:message>{From}{To}<r:msgbody><r:mime-data>{mime}</r:mime-data></r:msgbody></r:message>");

    private static NotificationHead Read(string inner) =>
        NotificationXml.ReadHead(Text.Bytes(WithWholeUrls($"<?xml version=\"1.0\"?>\n<r:notification {Text.Namespaces}>{inner}</r:notification>\n")));

    // http://a/jo is short for Jo's URL.
    private static string WithWholeUrls(string document) => document.Replace("http://a/", "http://a/instmsg/aliases/", StringComparison.Ordinal);
}
