using Microsoft.AspNetCore.WebUtilities;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace RvpServer.Federation;

/// <summary>
/// The document in another server's answer about a node. Nothing of it is handed on as it came: what was understood is written again, and only what our own
/// nodes could say as well. An address that belongs to somebody else can thus not be read through this server.
/// </summary>
internal static class PeerDocument
{
    /// <summary>Properties of one answer: as many as a node of ours may have, and as many names that it does not know.</summary>
    private const int MaxProperties = 256;

    /// <summary>Characters of all values together.</summary>
    private const int MaxCharacters = 131_072;

    /// <summary>A 207 about exactly this node in our own words; null if that is not what it is.</summary>
    public static byte[]? Rewrite(ReadOnlyMemory<byte> body, RvpUrl node)
    {
        try
        {
            if (MultiStatusXml.Read(body) is not [var (href, propStats)] || !Names(href, node)) return null;
            if (propStats.Sum(propStat => propStat.Properties.Count) > MaxProperties) return null;
            if (propStats.Sum(propStat => propStat.Properties.Sum(property => (long)property.InnerXml.Length)) > MaxCharacters) return null;
            return MultiStatusXml.Write(node.Spelling, [.. propStats.Select(Readable)]);
        }
        catch (RvpException)
        {
            return null;
        }
    }

    // The other server may answer with the account's own name, or with the further name that was written.
    private static bool Names(string href, RvpUrl node) =>
        RvpUrl.TryParseIdentity(href.Trim(), out var named)
        && (named.Equals(node) || (RvpUrl.TryParse(node.Spelling, out var written) && named.Equals(written)));

    private static PropStat Readable(PropStat propStat) => propStat.Status == StatusCodes.Status200OK
        ? new PropStat(200, "Successful", [.. propStat.Properties.Where(IsReadable)])
        : new PropStat(propStat.Status, ReasonPhrases.GetReasonPhrase(propStat.Status),
            [.. propStat.Properties.Select(property => property with { InnerXml = "" })]);

    private static bool IsReadable(Property property) => KnownProperties.IsValid(property.Name, property.InnerXml) && !property.Name.IsPrivate;
}
