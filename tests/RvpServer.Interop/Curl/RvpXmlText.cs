using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RvpServer.Interop.Curl;

/// <summary>Documents written by hand from the specification, and the comparison with what the server wrote.</summary>
internal static partial class RvpXmlText
{
    public static string Leased(string state) =>
        $"<r:leased-value><r:value><r:{state}/></r:value><r:default-value><r:offline/></r:default-value><d:timeout>1200</d:timeout></r:leased-value>";

    /// <summary>
    /// Equal up to what no client can tell apart: quotes around attribute values, how an empty element is written, and a line break after
    /// the XML declaration. Prefixes, their declarations, order and white space count, since clients match them literally. [client]
    /// </summary>
    public static void AssertSame(string expected, string actual)
    {
        Assert.StartsWith("<?xml version=\"1.0\"", actual, StringComparison.Ordinal);
        Assert.Equal(Normalize(expected), Normalize(actual));
    }

    private static string Normalize(string xml)
    {
        var text = XElement.Parse(xml, LoadOptions.PreserveWhitespace).ToString(SaveOptions.DisableFormatting);
        return EmptyElement().Replace(text, "<$1></$1>");
    }

    [GeneratedRegex(@"<([\w:.-]+) ?/>")]
    private static partial Regex EmptyElement();
}
