using System.Text;
using System.Xml.Linq;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Client.Messages;

/// <summary>A person on the stored contact list.</summary>
/// <param name="Address">The IM address.</param>
/// <param name="Url">The logical URL, as text.</param>
/// <param name="Name">The last known name; may be empty.</param>
/// <param name="Part">The property that has them; null for somebody new.</param>
/// <param name="More">What other clients have stored of them, as XML.</param>
internal sealed record ListedContact(ImAddress Address, string Url, string Name, int? Part = null, string More = "");

/// <summary>
/// The contact list in our own node's private properties: one <c>r:contact</c> per person with <c>d:href</c>, <c>r:email</c> and <c>r:description</c>. One
/// request has room for some five hundred, so a long list is in several properties, <c>contacts</c>, <c>contacts-2</c> and so on. Everybody stays in that where
/// they were found: a client that knows only the first takes nothing from the others. The web client uses the same form.
/// </summary>
internal static class ContactListXml
{
    private const int MaxContacts = 10_000;
    // Of the 128 KB of a request.
    private const int MaxPartBytes = 100_000;
    private static readonly XNamespace Dav = RvpXml.Dav;
    private static readonly XNamespace Rvp = RvpXml.Rvp;
    private static readonly XName[] Known = [Dav + "href", Rvp + "email", Rvp + "description"];

    /// <summary>The properties, the first one first.</summary>
    public static IReadOnlyList<PropertyName> Parts { get; } =
        [.. Enumerable.Range(1, 8).Select(part => new PropertyName(PropertyName.PrivateNamespace, part == 1 ? "contacts" : $"contacts-{part}"))];

    /// <param name="innerXml">Of each property; empty where it is not set.</param>
    public static IReadOnlyList<ListedContact> Read(IEnumerable<string> innerXml) =>
        [.. innerXml.SelectMany((xml, part) => (InnerText.Parse(xml)?.Elements(Rvp + "contact") ?? []).Select(element => ReadOne(element, part)))
            .OfType<ListedContact>().DistinctBy(contact => contact.Address).Take(MaxContacts)];

    /// <summary>What each property has to contain.</summary>
    /// <exception cref="RvpException">There is no room for so many.</exception>
    public static IReadOnlyList<string> Write(IEnumerable<ListedContact> contacts)
    {
        var texts = Parts.Select(_ => new StringBuilder()).ToList();
        var bytes = new int[Parts.Count];
        foreach (var contact in contacts.OrderBy(contact => contact.Part is null))
        {
            var item = WriteOne(contact);
            var size = Encoding.UTF8.GetByteCount(item);
            var part = contact.Part ?? Array.FindIndex(bytes, taken => taken + size <= MaxPartBytes);
            if (part < 0) throw new RvpException("There is no room for so many contacts.");
            texts[part].Append(item);
            bytes[part] += size;
        }
        return [.. texts.Select(text => text.ToString())];
    }

    private static string WriteOne(ListedContact contact) =>
        $"<r:contact><d:href>{RvpXml.Escape(contact.Url)}</d:href><r:email>{RvpXml.Escape(contact.Address.ToString())}</r:email>"
            + $"<r:description>{RvpXml.Escape(contact.Name)}</r:description>{contact.More}</r:contact>";

    private static ListedContact? ReadOne(XElement element, int part) =>
        ImAddress.TryParse(element.Element(Rvp + "email")?.Value, out var address)
            ? new ListedContact(address, element.Element(Dav + "href")?.Value ?? "", element.Element(Rvp + "description")?.Value ?? "", part,
                string.Concat(element.Elements().Where(child => !Known.Contains(child.Name)).Select(child => child.ToString(SaveOptions.DisableFormatting))))
            : null;
}
