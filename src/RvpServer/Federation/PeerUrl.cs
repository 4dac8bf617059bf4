using System.Diagnostics.CodeAnalysis;
using Rvp.Protocol;

namespace RvpServer.Federation;

/// <summary>A URL to send a request to: a node's logical URL, or a physical URL from a referral.</summary>
/// <param name="Place">For the Host header and for comparing origins.</param>
/// <param name="Path">As written.</param>
/// <param name="IsPhysical">
/// True for a URL on a home server: its host is looked up directly. False for one in the domain, for which SRV records may name another server.
/// </param>
internal sealed record PeerUrl(HostAndPort Place, string Path, bool IsPhysical)
{
    /// <summary>True for a home server that our own directory names, and where it refers to: it may be anywhere, also inside the organisation.</summary>
    public bool IsOurs { get; init; }

    /// <summary>The URL in the node's own domain.</summary>
    public static PeerUrl Logical(RvpUrl node)
    {
        var authority = node.Spelling.IndexOf("//", StringComparison.Ordinal) + 2;
        var slash = node.Spelling.IndexOf('/', authority);
        return new PeerUrl(new HostAndPort(node.Host, node.Port), slash < 0 ? "/" : node.Spelling[slash..], IsPhysical: false);
    }

    /// <summary>The URL of the node on a home server that the directory names.</summary>
    public static PeerUrl OnHome(RvpUrl node, HostAndPort homeServer) =>
        new(homeServer, node.PhysicalOn(homeServer)[("http://".Length + homeServer.ToString().Length)..], IsPhysical: true) { IsOurs = true };

    /// <summary>
    /// The target of a referral. It must be the same node and nothing else, so that nobody can make this server ask for anything else; the port inside the path
    /// may be left out.
    /// </summary>
    public bool TryReadReferral(string? location, RvpUrl node, [NotNullWhen(true)] out PeerUrl? url)
    {
        url = null;
        if (!RvpUrl.TryParse(location, out var named) || named.Host != node.Host) return false;
        // The other server may know the account by the further name that was written.
        if (!IsSame(named, node) && !(RvpUrl.TryParse(node.Spelling, out var written) && IsSame(named, written))) return false;
        url = Parse(location!.Trim()) is { } place ? place with { IsOurs = IsOurs } : null;
        return url is not null;
    }

    private static bool IsSame(RvpUrl one, RvpUrl other) => one.Path.Equals(other.Path, StringComparison.OrdinalIgnoreCase);

    private static PeerUrl? Parse(string text) =>
        Uri.TryCreate(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var uri)
        && uri.Scheme == Uri.UriSchemeHttp && uri.UserInfo.Length == 0 && !uri.PathAndQuery.AsSpan().ContainsAny('?', '#')
            ? new PeerUrl(new HostAndPort(uri.IdnHost, uri.Port), uri.PathAndQuery, IsPhysical: true) : null;
}
