using Rvp.Protocol;
using RvpServer.Domains;

namespace RvpServer.Directories;

/// <summary>A node, according to the domains and the directory.</summary>
/// <param name="Url">Its canonical URL, in the spelling of the request.</param>
/// <param name="Account">Its account; null if there is none, or the node is elsewhere.</param>
/// <param name="Location">Where it is.</param>
internal readonly record struct NodeEntry(RvpUrl Url, Account? Account, NodeLocation Location);

/// <summary>Finds nodes: the account and the location, with one look-up in the directory. Keeps no state: several routers share one name.</summary>
internal sealed class NodeLocator(ImDomains domains, IDirectory directory)
{
    /// <summary>Finds the node for any spelling of its URL; never null. Throws <see cref="DirectoryException"/> when the directory does not answer.</summary>
    public async ValueTask<NodeEntry> LocateAsync(RvpUrl url, CancellationToken stop)
    {
        if (domains.Find(url.Host) is not { } domain) return new NodeEntry(url, null, NodeLocation.Foreign.Instance);
        var canonical = url.WithDomain(domain.Name, domain.Port);
        if (canonical.AliasName is not { } name) return new NodeEntry(canonical, null, NodeLocation.Nowhere.Instance);
        return await directory.FindAsync(domain.Name, name, stop) is { } account
            ? Of(account, domain, canonical)
            : new NodeEntry(canonical, null, NodeLocation.Nowhere.Instance);
    }

    /// <summary>The node of an account that is already known, under one of its names.</summary>
    public NodeEntry Of(Account account, RvpUrl url) =>
        domains.FindByName(account.Domain) is { } domain
            ? Of(account, domain, url.WithDomain(domain.Name, domain.Port))
            : new NodeEntry(url, account, NodeLocation.Nowhere.Instance);

    /// <summary>The node of an account, under its own name.</summary>
    public NodeEntry Of(Account account) => Of(account, UrlOf(account));

    /// <summary>An account's logical URL.</summary>
    public RvpUrl UrlOf(Account account) =>
        domains.FindByName(account.Domain)?.LogicalUrl(account.Name) ?? RvpUrl.ForAlias(account.Domain, HostAndPort.DefaultPort, account.Name);

    private static NodeEntry Of(Account account, ImDomain domain, RvpUrl canonical) => new(
        account.Name.Equals(canonical.AliasName, StringComparison.OrdinalIgnoreCase) ? canonical : canonical.WithAlias(account.Name),
        account,
        account.IsEnabled ? domain.LocationOf(account.HomeServer) : NodeLocation.Nowhere.Instance);
}
