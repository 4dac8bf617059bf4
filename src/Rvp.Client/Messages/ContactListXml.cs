using System.Xml.Linq;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Client.Messages;

/// <summary>A person on the stored contact list.</summary>
/// <param name="Address">The IM address.</param>
/// <param name="Url">The logical URL, as text.</param>
/// <param name="Name">The last known name; may be empty.</param>
internal sealed record ListedContact(ImAddress Address, string Url, string Name);

/// <summary>
/// The contact list in our own node's private property: one <c>r:contact</c> per person with <c>d:href</c>, <c>r:email</c> and <c>r:description</c>. The web
/// client uses the same form, so users see the same list everywhere.
/// </summary>
internal static class ContactListXml
{
    private const int MaxContacts = 1000;
    private static readonly XNamespace Dav = RvpXml.Dav;
    private static readonly XNamespace Rvp = RvpXml.Rvp;

    public static IReadOnlyList<ListedContact> Read(string innerXml) =>
        [.. (InnerText.Parse(innerXml)?.Elements(Rvp + "contact") ?? []).Take(MaxContacts).Select(ReadOne).OfType<ListedContact>()
            .DistinctBy(contact => contact.Address)];

    public static string Write(IEnumerable<ListedContact> contacts) => string.Concat(contacts.Take(MaxContacts).Select(contact =>
        $"<r:contact><d:href>{RvpXml.Escape(contact.Url)}</d:href><r:email>{RvpXml.Escape(contact.Address.ToString())}</r:email>"
            + $"<r:description>{RvpXml.Escape(contact.Name)}</r:description></r:contact>"));

    private static ListedContact? ReadOne(XElement element) =>
        ImAddress.TryParse(element.Element(Rvp + "email")?.Value, out var address)
            ? new ListedContact(address, element.Element(Dav + "href")?.Value ?? "", element.Element(Rvp + "description")?.Value ?? "")
            : null;
}
