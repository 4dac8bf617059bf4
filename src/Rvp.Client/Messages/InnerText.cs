using System.Text;
using System.Xml.Linq;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Client.Messages;

/// <summary>Reads values in the form of <see cref="Property.InnerXml"/>.</summary>
internal static class InnerText
{
    /// <summary>The text of a value; empty if it cannot be read.</summary>
    public static string Of(string innerXml) => Parse(innerXml)?.Value ?? "";

    /// <summary>The value inside a root element; null if it cannot be read.</summary>
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
