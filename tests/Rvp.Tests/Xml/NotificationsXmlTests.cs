using System.Text;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Xml;

public sealed class NotificationsXmlTests
{
    private static readonly byte[] Message =
        NotificationXml.WriteMessage("http://im.adatum.com/instmsg/aliases/JoBrown", "Jo Brown", [("http://im.adatum.com/instmsg/aliases/KariHensien", "")],
        "Session-Id: {1}\n\nhello");
    private static readonly byte[] Change =
        NotificationXml.WritePropertyChange(
        "http://im.adatum.com/instmsg/aliases/JoBrown", "http://im.adatum.com/instmsg/aliases/KariHensien", [new Property(PropertyName.State, "<r:busy/>")]);

    [Fact]
    public void Both_kinds_are_read_in_order()
    {
        var notices = NotificationsXml.Read(NotificationsXml.Write([Message, Change]));

        Assert.Equal("Session-Id: {1}\n\nhello", Assert.IsType<MessageNotice>(notices[0]).MimeData);
        Assert.Equal([new Property(PropertyName.State, "<r:busy/>")], Assert.IsType<PropertyChangeNotice>(notices[1]).Properties);
        Assert.Equal(2, notices.Count);
    }

    [Theory]
    [InlineData("<r:notification xmlns:r='http://schemas.microsoft.com/rvp/'><r:message/></r:notification>")]
    [InlineData("<r:notification xmlns:r='http://schemas.microsoft.com/rvp/'/>")]
    [InlineData("<other>text<deep/></other>")]
    public void A_malformed_one_is_left_out_and_the_others_stay(string malformed)
    {
        var notices = NotificationsXml.Read(NotificationsXml.Write([Message, Encoding.UTF8.GetBytes(malformed), Change]));

        Assert.Equal([typeof(MessageNotice), typeof(PropertyChangeNotice)], notices.Select(notice => notice.GetType()));
    }

    [Fact]
    public void One_that_is_too_deep_or_too_large_is_left_out_and_the_others_stay()
    {
        var deep = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<a>", 100)) + string.Concat(Enumerable.Repeat("</a>", 100)));
        var large = Encoding.UTF8.GetBytes("<a>" + string.Concat(Enumerable.Repeat("<b/>", RvpXml.MaxElements + 1)) + "</a>");

        var notices = NotificationsXml.Read(NotificationsXml.Write([deep, large, Message]));

        Assert.IsType<MessageNotice>(Assert.Single(notices));
    }

    [Theory]
    [InlineData("<r:notification xmlns:r='http://schemas.microsoft.com/rvp/'/>")]
    [InlineData("<notifications/>")]
    [InlineData("<r:notifications xmlns:r='http://schemas.microsoft.com/rvp/'><r:notification></r:notifications>")]
    [InlineData("")]
    public void What_is_no_such_document_is_refused(string document) =>
        Assert.Throws<RvpException>(() => NotificationsXml.Read(Encoding.UTF8.GetBytes(document)));

    [Fact]
    public void More_than_were_asked_for_are_refused()
    {
        var document = NotificationsXml.Write([Message, Message, Message]);

        Assert.Throws<RvpException>(() => NotificationsXml.Read(document, maxCount: 2));
    }

    [Fact]
    public void A_question_and_an_update_are_read_as_they_were_written()
    {
        var note = new PropertyName("urn:x", "note");
        var leased = PropertyUpdateXml.LeasedInnerXml("<r:busy/>", "<r:offline/>", TimeSpan.FromMinutes(20), 7);

        Assert.Equal([PropertyName.State, note], PropFindXml.Read(PropFindXml.Write([PropertyName.State, note])).Names);
        var edit = Assert.Single(PropertyUpdateXml.Read(PropertyUpdateXml.Write(new Property(PropertyName.State, leased))));
        Assert.Equal(("<r:busy/>", "<r:offline/>", TimeSpan.FromMinutes(20), 7), (edit.InnerXml, edit.Lease!.Default, edit.Lease.Timeout, edit.ViewId));
        Assert.Equal(7, PropertyUpdateXml.ViewIdIn(leased));
        Assert.Null(PropertyUpdateXml.ViewIdIn("<r:busy/>"));
    }
}
