using FsCheck;
using FsCheck.Xunit;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using Property = Rvp.Protocol.Property;

namespace Rvp.Tests.Xml;

public class NotificationXmlTests
{
    private const string Jo = "http://im.adatum.com/instmsg/aliases/JoBrown";
    private const string Kari = "http://im.adatum.com/instmsg/aliases/KariHensien";

    [Fact]
    public void A_property_change_is_written_as_the_page_shows_it()
    {
        var bytes = NotificationXml.WritePropertyChange(Kari, Jo, [new Property(PropertyName.State, "<r:on-phone/>")]);

        Assert.Equal(
            "<?xml version=\"1.0\"?>" +
            "<r:notification xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'><r:propnotification>" +
            "<r:notification-from><r:contact><d:href>http://im.adatum.com/instmsg/aliases/KariHensien</d:href><r:description/></r:contact>"
                + "</r:notification-from>" +
            "<r:notification-to><r:contact><d:href>http://im.adatum.com/instmsg/aliases/JoBrown</d:href><r:description/></r:contact></r:notification-to>" +
            "<d:propertyupdate><d:set><d:prop><r:state><r:on-phone/></r:state></d:prop></d:set></d:propertyupdate>" +
            "</r:propnotification></r:notification>",
            Text.Of(bytes));
    }

    [Fact]
    public void Two_changes_become_one_that_tells_both_with_the_state_first()
    {
        var older = NotificationXml.WritePropertyChange(Kari, Jo,
            [new Property(PropertyName.State, "<r:busy/>"), new Property(PropertyName.DisplayName, "K. &amp; H."), new Property(PropertyName.Email, "k@x")]);
        var newer = NotificationXml.WritePropertyChange(Kari, Jo, [new Property(PropertyName.Email, "kari@x")]);

        var merged = NotificationXml.MergePropertyChanges(older, newer);

        var all = NotificationXml.WritePropertyChange(Kari, Jo,
            [new Property(PropertyName.State, "<r:busy/>"), new Property(PropertyName.Email, "kari@x"), new Property(PropertyName.DisplayName, "K. &amp; H.")]);
        Assert.Equal(Text.Of(all), Text.Of(merged.ToArray()));
        Assert.Equal(newer, NotificationXml.MergePropertyChanges(newer, newer));
        Assert.Equal(newer, NotificationXml.MergePropertyChanges("no document"u8.ToArray(), newer));
    }

    [Fact]
    public void A_message_is_written_as_the_page_shows_it()
    {
        const string mime =
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0\r\n" +
            "Session-Id: {79FC61B5-1234-1234-8A10-941F33CA4C90}\r\n\r\nLet's have lunch";

        var bytes = NotificationXml.WriteMessage(Jo, "Jo Brown", [(Kari, "Kari")], mime);

        Assert.Equal(
            "<?xml version=\"1.0\"?>" +
            "<r:notification xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'><r:message>" +
            "<r:notification-from><r:contact><d:href>http://im.adatum.com/instmsg/aliases/JoBrown</d:href><r:description>Jo Brown</r:description>"
                + "</r:contact></r:notification-from>" +
            "<r:notification-to><r:contact><d:href>http://im.adatum.com/instmsg/aliases/KariHensien</d:href><r:description>Kari</r:description></r:contact>"
                + "</r:notification-to>" +
            "<r:msgbody><r:mime-data><![CDATA[MIME-Version: 1.0\r\n" +
            "Content-Type: text/plain; charset=UTF-8\r\n" +
            "X-MMS-IM-Format: FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0\r\n" +
            "Session-Id: {79FC61B5-1234-1234-8A10-941F33CA4C90}\r\n\r\n" +
            "Let's have lunch]]></r:mime-data></r:msgbody></r:message></r:notification>",
            Text.Of(bytes));
    }

    [Fact]
    public void The_end_of_cdata_in_a_text_is_split()
    {
        var bytes = NotificationXml.WriteMessage(Jo, "", [(Kari, "")], "Session-Id: {1}\n\na]]>b & <c>");

        Assert.Contains("<![CDATA[Session-Id: {1}\n\na]]]]><![CDATA[>b & <c>]]>", Text.Of(bytes), StringComparison.Ordinal);
        Assert.Equal("Session-Id: {1}\n\na]]>b & <c>", Text.MessageIn(bytes).MimeData);
    }

    [Fact]
    public void A_message_of_pidgin_librvp_is_read()
    {
        var message = Text.MessageIn(Text.Bytes(NotificationHeadTests.Librvp));

        Assert.Equal("http://127.0.0.1/instmsg/aliases/jo", message.From);
        Assert.Equal("Jo", message.FromName);
        Assert.Equal([("http://127.0.0.1/instmsg/aliases/kari", "Kari")], message.To);
        Assert.Equal(
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nX-MMS-IM-Format: FN=MS%%20Shell%%20Dlg; EF=; CO=0; CS=0; PF=0\n" +
            "Session-Id: {ABBC2F83-FFAF-09D1-CCB4-328EE2A9DD04}\n\nhello",
            message.MimeData);
    }

    [Fact]
    public void A_contact_may_lack_its_description()
    {
        var message = Text.MessageIn(Text.Bytes(
            $"<r:notification {Text.Namespaces}><r:message><r:notification-from><r:contact><d:href>{Jo}</d:href></r:contact></r:notification-from>" +
            $"<r:notification-to><r:contact><d:href>{Kari}</d:href></r:contact></r:notification-to><r:msgbody><r:mime-data>x</r:mime-data></r:msgbody>"
                + "</r:message></r:notification>"));

        Assert.Equal("", message.FromName);
        Assert.Equal([(Kari, "")], message.To);
    }

    [Theory]
    [InlineData("<r:other/>")]
    [InlineData("<r:message/>")]
    [InlineData("<r:message><r:notification-from><r:contact/></r:notification-from></r:message>")]
    [InlineData("<r:message><r:notification-from><r:contact><d:href>x</d:href></r:contact></r:notification-from></r:message>")]
    [InlineData("<r:propnotification/>")]
    [InlineData("<r:propnotification><r:notification-from><r:contact><d:href>x</d:href></r:contact></r:notification-from></r:propnotification>")]
    [InlineData("<r:propnotification><d:propertyupdate/></r:propnotification>")]
    public void An_incomplete_notification_is_refused(string inner)
    {
        var body = Text.Bytes($"<r:notification {Text.Namespaces}>{inner}</r:notification>");

        Text.IsBadRequest(() => NotificationXml.Read(body));
    }

    [Fact]
    public void Another_document_is_refused() => Text.IsBadRequest(() => NotificationXml.Read(Text.Bytes("<notification/>")));

    [Property]
    public void A_property_change_written_is_read(NonNull<string> given)
    {
        Property[] properties = [new(PropertyName.State, "<r:busy/>"), new(PropertyName.DisplayName, RvpXml.Escape(Text.Writable(given.Get))),
            new(new("urn:x", "y"), "<z/>")];

        var bytes = NotificationXml.WritePropertyChange(Kari, Jo, properties);

        var notice = Text.PropertyChangeIn(bytes);
        Assert.Equal(Kari, notice.From);
        Assert.Equal(properties, notice.Properties);
        Assert.True(NotificationXml.ReadHead(bytes).IsPropertyChange);
    }

    [Property]
    public void A_message_written_is_read(NonNull<string> name, NonNull<string> given)
    {
        var text = "Session-Id: {1}\n\n" + Text.Writable(given.Get).Replace('\r', ' ');

        var bytes = NotificationXml.WriteMessage(Jo, Text.Writable(name.Get), [(Kari, Text.Writable(name.Get)), (Jo, "")], text);

        var message = Text.MessageIn(bytes);
        Assert.Equal((Jo, Text.Writable(name.Get), text), (message.From, message.FromName, message.MimeData));
        Assert.Equal([(Kari, Text.Writable(name.Get)), (Jo, "")], message.To);
        Assert.Equal([Kari, Jo], NotificationXml.ReadHead(bytes).To.Select(url => url.Spelling));
    }
}
