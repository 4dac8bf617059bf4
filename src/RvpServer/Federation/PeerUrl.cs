using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Rvp.Protocol;

namespace RvpServer.Federation;

/// <summary>A URL to send a request to: the logical one of a node, or a physical one that somebody referred to.</summary>
/// <param name="Host">Lower case.</param>
/// <param name="Port">80 where none is written.</param>
/// <param name="Path">As written.</param>
internal sealed record PeerUrl(string Host, int Port, string Path)
{
    /// <summary>For the Host header and for telling origins apart.</summary>
    public string Authority => Port == DomainResolver.DefaultPort ? Host : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Where the node's own domain is asked.</summary>
    public static PeerUrl Logical(RvpUrl node)
    {
        var authority = node.Spelling.IndexOf("//", StringComparison.Ordinal) + 2;
        var slash = node.Spelling.IndexOf('/', authority);
        return new PeerUrl(node.Host, node.Port, slash < 0 ? "/" : node.Spelling[slash..]);
    }

    /// <summary>The node on a home server that the directory names.</summary>
    public static PeerUrl? OnHome(RvpUrl node, string homeServer) => TryReadReferral(node.PhysicalOn(homeServer), node, out var url) ? url : null;

    /// <summary>
    /// Where a referral leads. It must lead to the same node, so that nobody can make this server call other things; the port inside the path may
    /// be left out there.
    /// </summary>
    public static bool TryReadReferral(string? location, RvpUrl node, [NotNullWhen(true)] out PeerUrl? url)
    {
        url = null;
        if (!RvpUrl.TryParse(location, out var named) || named.Host != node.Host || !named.Path.Equals(node.Path, StringComparison.OrdinalIgnoreCase)) return false;
        if (!Uri.TryCreate(location!.Trim(), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var uri) || uri.Scheme != Uri.UriSchemeHttp) return false;
        url = new PeerUrl(uri.IdnHost.ToLowerInvariant(), uri.Port, uri.PathAndQuery);
        return true;
    }
}
