using System.Diagnostics.CodeAnalysis;
using Rvp.Protocol;

namespace RvpServer.Federation;

/// <summary>A URL to send a request to: the logical one of a node, or a physical one that somebody referred to.</summary>
/// <param name="Place">For the Host header and for telling origins apart.</param>
/// <param name="Path">As written.</param>
/// <param name="IsPhysical">True for a home server's: its host is looked up as a host. False for the domain's own, whose server SRV records may name.</param>
internal sealed record PeerUrl(HostAndPort Place, string Path, bool IsPhysical)
{
    /// <summary>Where the node's own domain is asked.</summary>
    public static PeerUrl Logical(RvpUrl node)
    {
        var authority = node.Spelling.IndexOf("//", StringComparison.Ordinal) + 2;
        var slash = node.Spelling.IndexOf('/', authority);
        return new PeerUrl(new HostAndPort(node.Host, node.Port), slash < 0 ? "/" : node.Spelling[slash..], IsPhysical: false);
    }

    /// <summary>The node on a home server that the directory names.</summary>
    public static PeerUrl OnHome(RvpUrl node, HostAndPort homeServer) =>
        new(homeServer, node.PhysicalOn(homeServer)[("http://".Length + homeServer.ToString().Length)..], IsPhysical: true);

    /// <summary>
    /// Where a referral leads. It must lead to the same node, so that nobody can make this server call other things; the port inside the path may
    /// be left out there.
    /// </summary>
    public static bool TryReadReferral(string? location, RvpUrl node, [NotNullWhen(true)] out PeerUrl? url)
    {
        url = null;
        if (!RvpUrl.TryParse(location, out var named) || named.Host != node.Host) return false;
        // The other server may know an account by the further name that was written.
        if (!IsSame(named, node) && !(RvpUrl.TryParse(node.Spelling, out var written) && IsSame(named, written))) return false;
        url = Parse(location!.Trim());
        return url is not null;
    }

    private static bool IsSame(RvpUrl one, RvpUrl other) => one.Path.Equals(other.Path, StringComparison.OrdinalIgnoreCase);

    private static PeerUrl? Parse(string text) =>
        Uri.TryCreate(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var uri) && uri.Scheme == Uri.UriSchemeHttp
            ? new PeerUrl(new HostAndPort(uri.IdnHost, uri.Port), uri.PathAndQuery, IsPhysical: true) : null;
}
