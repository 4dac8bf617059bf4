using System.Text;
using System.Xml.Linq;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Client.Messages;

/// <summary>Reads values in the form of <see cref="Property.InnerXml"/>.</summary>
internal static class InnerText
{
    /// <summary>Its text alone; empty for what cannot be read.</summary>
    public static string Of(string innerXml) => Parse(innerXml)?.Value ?? "";

    /// <summary>A tree around it; null for what cannot be read.</summary>
    public static XElement? Parse(string innerXml)
    {
        try
        {
            return RvpXml.ReadDocument(Encoding.UTF8.GetBytes($"<x {RvpXml.Declarations}>{innerXml}</x>"));
        }
        catch (RvpException)
        {
            return null;
        }
    }
}

/// <summary>The contact list in the own node's private property: one <c>contact</c> element per person, holding the IM address.</summary>
internal static class ContactListXml
{
    private const int MaxContacts = 1000;
    private static readonly XNamespace Private = PropertyName.PrivateNamespace;

    public static IReadOnlyList<ImAddress> Read(string innerXml) =>
        [.. (InnerText.Parse(innerXml)?.Elements(Private + "contact") ?? []).Take(MaxContacts)
            .Select(element => ImAddress.TryParse(element.Value, out var address) ? address : null).OfType<ImAddress>().Distinct()];

    public static string Write(IEnumerable<ImAddress> contacts) =>
        string.Concat(contacts.Distinct().Take(MaxContacts).Select(contact => $"<contact xmlns=\"{PropertyName.PrivateNamespace}\">{RvpXml.Escape(contact.ToString())}</contact>"));
}
