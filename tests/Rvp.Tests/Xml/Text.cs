using System.Text;
using System.Xml;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Xml;

/// <summary>Text to bytes and back, for documents written by hand.</summary>
internal static class Text
{
    /// <summary>The declarations on our root elements, as docs/protocol.md has them.</summary>
    public const string Namespaces = "xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'";

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Of(byte[] bytes) => new UTF8Encoding(false, true).GetString(bytes);

    /// <summary>What XML can hold of a text, one by one; surrogates are left out.</summary>
    public static string Writable(string text) => string.Concat(text.Where(XmlConvert.IsXmlChar));

    /// <summary>The value of a property, given as an element, as a PROPPATCH that sets it is read.</summary>
    public static string ValueOf(string property) =>
        PropertyUpdateXml.Read(Bytes($"<d:propertyupdate {Namespaces}><d:set><d:prop>{property}</d:prop></d:set></d:propertyupdate>"))[0].InnerXml;

    public static MessageNotice MessageIn(ReadOnlyMemory<byte> document) => Assert.IsType<MessageNotice>(NotificationXml.Read(document));

    public static PropertyChangeNotice PropertyChangeIn(ReadOnlyMemory<byte> document) =>
        Assert.IsType<PropertyChangeNotice>(NotificationXml.Read(document));

    public static Refusal RefusalOf(Action read)
    {
        var refusal = Assert.Throws<RvpException>(read).Refusal;
        Assert.DoesNotContain('\n', refusal.Line);
        return refusal;
    }

    public static void IsBadRequest(Action read) => Assert.Equal(400, RefusalOf(read).Status);

    /// <summary>The same, said of a document that is too long to show.</summary>
    public static void IsBadRequest(string what, Action read) => Assert.Equal((what, 400), (what, RefusalOf(read).Status));
}
