using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Xml;

/// <summary>Any bytes give a value or an <see cref="RvpException"/>: random ones, damaged documents, and pieces of documents glued together.</summary>
public class AnyBytesTests
{
    private static readonly Action<byte[]>[] Readers =
    [
        body => RvpXml.ReadDocument(body),
        body => PropFindXml.Read(body),
        body => PropertyUpdateXml.Read(body),
        body => MultiStatusXml.Read(body),
        body => AclXml.Read(body),
        body => SubscriptionsXml.Read(body),
        body => NotificationXml.ReadHead(body),
        body => NotificationsXml.Read(body),
        body => NotificationXml.Read(body),
    ];

    private const string Url = "http://a/instmsg/aliases/b";

    private static readonly string[] Documents =
    [
        $"<d:propfind {Text.Namespaces}><d:prop><d:displayname/></d:prop></d:propfind>",
        $"<?xml version=\"1.0\"?><d:propertyupdate {Text.Namespaces}><d:set><d:prop><r:state><r:leased-value><r:value><r:online/></r:value><r:default-value>"
            + "<r:offline/></r:default-value><d:timeout>1200</d:timeout></r:leased-value>"
            + "<r:view-id>5</r:view-id></r:state></d:prop></d:set></d:propertyupdate>",
        $"<d:multistatus {Text.Namespaces}><d:response><d:href>{Url}</d:href><d:propstat><d:prop><r:email>x</r:email></d:prop><d:status>HTTP/1.1 200 "
            + "Successful</d:status></d:propstat></d:response></d:multistatus>",
        $"<a:rvpacl {Text.Namespaces}><a:acl><a:ace><a:principal><a:rvp-principal>{Url}</a:rvp-principal><a:credentials><a:any/></a:credentials>"
            + "</a:principal><a:grant><a:list/></a:grant><a:deny/></a:ace></a:acl></a:rvpacl>",
        $"<r:subscriptions {Text.Namespaces}><r:subscription><r:subscription-id>4</r:subscription-id><d:href>{Url}</d:href><d:timeout>47</d:timeout>"
            + "</r:subscription></r:subscriptions>",
        $"<r:notification {Text.Namespaces}><r:propnotification><r:notification-from><r:contact><d:href>{Url}</d:href></r:contact>"
            + "</r:notification-from>"
            + "<d:propertyupdate><d:set><d:prop><r:state><r:busy/></r:state></d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>",
        NotificationHeadTests.Librvp,
        $"<r:notifications {Text.Namespaces}><r:notification><r:message><r:notification-from><r:contact><d:href>{Url}</d:href></r:contact>"
            + "</r:notification-from><r:msgbody><r:mime-data>x</r:mime-data></r:msgbody></r:message></r:notification></r:notifications>",
    ];

    private static readonly Gen<byte[]> Damaged =
        from document in Gen.Elements(Documents)
        from places in Gen.ArrayOf(Gen.Choose(0, 2000), 3)
        from bytes in Gen.ArrayOf(Gen.OneOf(Gen.Elements("<>/&\"'=:!?]x \n\0"u8.ToArray()), Gen.Choose(0, 255).Select(b => (byte)b)), 3)
        from cut in Gen.Choose(0, 4000)
        select Damage(document, places, bytes, cut);

    private static readonly Gen<byte[]> Glued =
        from pieces in Gen.ListOf(Gen.Elements(
            Documents.SelectMany(d => d.Split('>')).Select(piece => piece + ">").Append("<![CDATA[").Append("]]>").Append("<!DOCTYPE r>").ToArray()))
        select Text.Bytes(string.Concat(pieces));

    [Property(MaxTest = 300)]
    public void Random_bytes(byte[] body) => Assert.All(Readers, reader => Try(reader, body));

    [Property(MaxTest = 1000)]
    public FsCheck.Property Damaged_documents() => Prop.ForAll(Damaged.ToArbitrary(), body => Assert.All(Readers, reader => Try(reader, body)));

    [Property(MaxTest = 1000)]
    public FsCheck.Property Glued_documents() => Prop.ForAll(Glued.ToArbitrary(), body => Assert.All(Readers, reader => Try(reader, body)));

    [Fact]
    public void Undamaged_documents_are_read()
    {
        int[] readers = [1, 2, 3, 4, 5, 8, 8, 7];

        Assert.All(Documents.Zip(readers), pair => Assert.True(Try(Readers[pair.Second], Text.Bytes(pair.First))));
    }

    private static bool Try(Action<byte[]> reader, byte[] body)
    {
        try
        {
            reader(body);
            return true;
        }
        catch (RvpException e)
        {
            Assert.InRange(e.Refusal.Status, 400, 499);
            Assert.DoesNotContain('\n', e.Refusal.Line);
            return false;
        }
    }

    private static byte[] Damage(string document, int[] places, byte[] bytes, int cut)
    {
        var body = Text.Bytes(document);
        for (var i = 0; i < places.Length; i++) body[places[i] % body.Length] = bytes[i];
        return cut < body.Length ? body[..cut] : body;
    }
}
