using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Domains;

namespace RvpServer.Directories;

/// <summary>A node, according to the domains and the directory.</summary>
/// <param name="Url">Its canonical URL, in the spelling of the request.</param>
/// <param name="Account">Its account; null if there is none, or the node is elsewhere.</param>
/// <param name="Location">Where it is.</param>
internal readonly record struct NodeEntry(RvpUrl Url, Account? Account, NodeLocation Location);

/// <summary>
/// Finds nodes: the account and the location, with one look-up in the directory. Keeps no state, since several routers share one name; what has just moved is
/// known to the two home servers alone.
/// </summary>
internal sealed class NodeLocator(ImDomains domains, IDirectory directory, MovedHomes moved)
{
    /// <summary>Finds the node for any spelling of its URL; never null. Throws <see cref="DirectoryException"/> when the directory does not answer.</summary>
    public ValueTask<NodeEntry> LocateAsync(RvpUrl url, CancellationToken stop) => LocateAsync(url, known: null, stop);

    /// <summary>The same; nothing is looked up where it is the node of an account that is known already.</summary>
    public ValueTask<NodeEntry> LocateAsync(RvpUrl url, Account? known, CancellationToken stop)
    {
        if (domains.Find(url.Host) is not { } domain) return new(new NodeEntry(url, null, NodeLocation.Foreign.Instance));
        var canonical = url.WithDomain(domain.Name, domain.Port);
        if (known is not null && known.Domain == domain.Name && canonical.IsAliasOf(known.Name)) return new(Of(known, domain, canonical));
        return canonical.AliasName is { } name ? SearchAsync(domain, name, canonical, stop) : new(Of(null, domain, canonical));
    }

    /// <summary>The node of an account that is known already, under its own name.</summary>
    public NodeEntry Of(Account account) =>
        domains.FindByName(account.Domain) is { } domain
            ? Of(account, domain, UrlOf(account))
            : new NodeEntry(UrlOf(account), account, NodeLocation.Nowhere.Instance);

    /// <summary>An account's logical URL.</summary>
    public RvpUrl UrlOf(Account account) => domains.LogicalUrl(account.Domain, account.Name);

    /// <summary>The account's data that its node needs.</summary>
    public static NodeOwner OwnerOf(Account account) => new(account.DisplayName, account.Email, account.Id);

    private async ValueTask<NodeEntry> SearchAsync(ImDomain domain, string name, RvpUrl canonical, CancellationToken stop) =>
        Of(await directory.FindAsync(domain.Name, name, stop), domain, canonical);

    private NodeEntry Of(Account? account, ImDomain domain, RvpUrl canonical)
    {
        if (account is null) return new(canonical, null, NodeLocation.Nowhere.Instance);
        var url = canonical.IsAliasOf(account.Name) ? canonical : canonical.WithAlias(account.Name);
        return new(
            url, account, account.IsEnabled ? moved.LocationOf(url, domain, domain.LocationOf(account.HomeServer)) : NodeLocation.Nowhere.Instance);
    }
}
