using Rvp.Protocol;
using Rvp.Protocol.Xml;
using RvpServer.Federation;

namespace RvpServer.Fuzz.Targets;

/// <summary>Every document: only <see cref="RvpException"/> leaves its reader, and what was read can be written and is then read as the same.</summary>
internal static class XmlTargets
{
    private static readonly RvpUrl Kari = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");

    private static readonly string[] Tokens =
    [
        "xmlns:d='DAV:'", "xmlns:r='http://schemas.microsoft.com/rvp/'", "xmlns:a='http://schemas.microsoft.com/rvp/acl/'", "xmlns='DAV:'", "xmlns=''",
        "xml:lang='en'", "<?xml version=\"1.0\" encoding=\"utf-8\"?>", "<![CDATA[", "]]>", "<!--x-->", "<?x y?>", "<!DOCTYPE x>", "&amp;", "&#13;", "&#x20;",
        "&#xD800;", "<d:propfind>", "<d:prop>", "</d:prop>", "<d:allprop/>", "<d:propname/>", "<d:propertyupdate>", "<d:set>", "<d:remove>", "<d:href>",
        "<d:timeout>", "<d:displayname/>", "<d:multistatus>", "<d:response>", "<d:propstat>", "<d:status>HTTP/1.1 200 OK</d:status>", "<r:state>",
        "<r:leased-value>", "<r:value>", "<r:default-value>", "<r:view-id>", "<r:online/>", "<r:offline/>", "<r:on-phone/>", "<r:email>", "<r:mobile-state>",
        "<r:mobile-description>", "<r:notification>", "<r:notifications>", "<r:message>", "<r:propnotification>", "<r:notification-from>",
        "<r:notification-to>", "<r:contact>", "<r:description>", "<r:msgbody>", "<r:mime-data>", "<r:subscriptions>", "<r:subscription>",
        "<r:subscription-id>", "<a:rvpacl>", "<a:acl>", "<a:ace>", "<a:principal>", "<a:rvp-principal>", "<a:allprincipals/>", "<a:credentials>", "<a:any/>",
        "<a:grant>", "<a:deny>", "<a:all/>", "<a:list/>", "http://im.adatum.com/instmsg/aliases/JoBrown", "Session-Id: {1}", "Invitation-Cookie: 1",
        "text/x-msmsgsinvite", "Invitation-Command: INVITE", "Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}", "\r\n\r\n",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("propfind", Reading(PropFind), Tokens),
        new("propertyupdate", Reading(PropertyUpdate), Tokens),
        new("multistatus", Reading(MultiStatus), Tokens),
        new("acl", Reading(Acl), Tokens),
        new("subscriptions", Reading(Subscriptions), Tokens),
        new("relayed", Reading(Relayed), Tokens),
        new("notification", Reading(Notification), Tokens),
        new("notifications", Reading(Notifications), Tokens),
    ];

    private static Action<byte[]> Reading(Action<byte[]> read) => body =>
    {
        try
        {
            read(body);
        }
        catch (RvpException refused)
        {
            Assert.InRange(refused.Refusal.Status, 400, 499);
            Assert.DoesNotContain('\n', refused.Refusal.Line);
        }
    };

    private static void PropFind(byte[] body)
    {
        var query = PropFindXml.Read(body);
        if (query.Kind != PropFindKind.Named) return;
        var again = Again(() => PropFindXml.Read(PropFindXml.Write(query.Names)));
        Assert.Equal(query.Names, again.Names);
    }

    private static void PropertyUpdate(byte[] body)
    {
        foreach (var edit in PropertyUpdateXml.Read(body).Where(edit => !edit.IsRemoval))
        {
            var value = edit.Lease is { } lease
                ? PropertyUpdateXml.LeasedInnerXml(edit.InnerXml, lease.Default, lease.Timeout ?? TimeSpan.Zero, edit.ViewId)
                : edit.InnerXml;
            // What is twice as long as a value may be is refused by whoever reads it again.
            if (value.Length > RvpXml.MaxInnerXmlLength / 2) continue;
            var again = Assert.Single(Again(() => PropertyUpdateXml.Read(PropertyUpdateXml.Write(new Property(edit.Name, value)))));
            Assert.Equal((edit.Name, edit.InnerXml, edit.Lease?.Default), (again.Name, again.InnerXml, again.Lease?.Default));
            if (edit.Lease is { Timeout: { } timeout }) Assert.Equal(timeout, again.Lease?.Timeout);
            if (edit is { Lease: not null, ViewId: > 0 }) Assert.Equal(edit.ViewId, PropertyUpdateXml.ViewIdIn(value));
        }
    }

    private static void MultiStatus(byte[] body)
    {
        PeerDocument.Rewrite(body, Kari);
        foreach (var (href, all) in MultiStatusXml.Read(body))
        {
            var propStats = all.Where(propStat => propStat.Properties.Count > 0).ToList();
            var (hrefAgain, again) = Assert.Single(Again(() => MultiStatusXml.Read(MultiStatusXml.Write(href, propStats))));
            Assert.Equal(href, hrefAgain);
            Assert.Equal(propStats.Select(propStat => (propStat.Status, propStat.Reason)), again.Select(propStat => (propStat.Status, propStat.Reason)));
            Assert.Equal(propStats.SelectMany(propStat => propStat.Properties), again.SelectMany(propStat => propStat.Properties));
        }
    }

    private static void Acl(byte[] body)
    {
        var written = AclXml.Write(AclXml.Read(body));
        var again = Again(() => AclXml.ReadAnswer(written));
        Assert.Equal(written, AclXml.Write(again));
    }

    private static void Subscriptions(byte[] body)
    {
        var list = SubscriptionsXml.Read(body);
        Assert.Equal(list, Again(() => SubscriptionsXml.Read(SubscriptionsXml.Write(list))));
    }

    // What is passed on says the same to whoever gets it.
    private static void Relayed(byte[] body)
    {
        ScannedAsRead(body);
        var head = NotificationXml.ReadHead(body);
        var passedOn = NotificationXml.WithoutWhitespace(body);
        var again = Again(() => NotificationXml.ReadHead(passedOn));
        Assert.Equal(head.From.Spelling, again.From.Spelling);
        Assert.Equal(head.To.Select(to => to.Spelling), again.To.Select(to => to.Spelling));
        Assert.Equal(head.Changes, again.Changes);
        Assert.True(passedOn.Span.SequenceEqual(NotificationXml.WithoutWhitespace(passedOn).Span));
        // A property change is written again for its receivers.
        if (head.IsPropertyChange) return;
        var before = (MessageNotice)Again(() => NotificationXml.Read(body));
        var after = (MessageNotice)Again(() => NotificationXml.Read(passedOn));
        Assert.Equal((head.From.Spelling, before.MimeData), (after.From, after.MimeData));
        Assert.Equal(head.To.Select(to => to.Spelling), after.To.Select(to => to.Url));
        if (!NotificationsXml.CanContain(passedOn.Span)) return;
        Assert.Equal(after.MimeData, ((MessageNotice)Assert.Single(Again(() => NotificationsXml.Read(NotificationsXml.Write([passedOn]))))).MimeData);
    }

    // The scanner reads what the reader reads, and takes nothing that the reader refuses.
    private static void ScannedAsRead(byte[] body)
    {
        RvpException? lacking = null;
        NotificationHead? scanned = null;
        try
        {
            scanned = MessageHeadScanner.TryRead(body);
        }
        catch (RvpException refused)
        {
            lacking = refused;
        }
        if (lacking is not null) Assert.Equal(lacking.Refusal.Line, Assert.Throws<RvpException>(() => NotificationXml.ReadAnyHead(body)).Refusal.Line);
        if (scanned is null) return;
        var read = Again(() => NotificationXml.ReadAnyHead(body));
        Assert.Equal((read.From.Spelling, read.Changes, read.IsFleeting), (scanned.From.Spelling, scanned.Changes, scanned.IsFleeting));
        Assert.Equal(read.To.Select(to => to.Spelling), scanned.To.Select(to => to.Spelling));
    }

    private static void Notification(byte[] body)
    {
        switch (NotificationXml.Read(body))
        {
            case MessageNotice message:
                var written = NotificationXml.WriteMessage(message.From, message.FromName, message.To, message.MimeData);
                var said = (MessageNotice)Again(() => NotificationXml.Read(written));
                // A carriage return survives only outside CDATA, and clients do not write one.
                Assert.Equal((message.From, message.FromName, message.MimeData.ReplaceLineEndings("\n")), (said.From, said.FromName, said.MimeData));
                Assert.Equal(message.To, said.To);
                break;
            case PropertyChangeNotice change:
                var told = (PropertyChangeNotice)Again(() => NotificationXml.Read(NotificationXml.WritePropertyChange(change.From, "x", change.Properties)));
                Assert.Equal(change.From, told.From);
                Assert.Equal(change.Properties, told.Properties);
                break;
        }
    }

    private static void Notifications(byte[] body)
    {
        foreach (var notice in NotificationsXml.Read(body)) Assert.NotNull(notice.From);
    }

    // Our own writing is never refused.
    private static T Again<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (RvpException refused)
        {
            throw new InvalidDataException(refused.Message, refused);
        }
    }
}
