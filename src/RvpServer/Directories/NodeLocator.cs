using Rvp.Engine;
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
    public ValueTask<NodeEntry> LocateAsync(RvpUrl url, CancellationToken stop) => LocateAsync(url, known: null, stop);

    /// <summary>The same; nothing is looked up where it is the node of an account that is known already.</summary>
    public async ValueTask<NodeEntry> LocateAsync(RvpUrl url, Account? known, CancellationToken stop)
    {
        if (domains.Find(url.Host) is not { } domain) return new NodeEntry(url, null, NodeLocation.Foreign.Instance);
        var canonical = url.WithDomain(domain.Name, domain.Port);
        if (canonical.AliasName is not { } name) return new NodeEntry(canonical, null, NodeLocation.Nowhere.Instance);
        return await directory.FindAsync(domain.Name, name, known, stop) is { } account
            ? Of(account, domain, canonical)
            : new NodeEntry(canonical, null, NodeLocation.Nowhere.Instance);
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

    private static NodeEntry Of(Account account, ImDomain domain, RvpUrl canonical) => new(
        account.Name.Equals(canonical.AliasName, StringComparison.OrdinalIgnoreCase) ? canonical : canonical.WithAlias(account.Name),
        account,
        account.IsEnabled ? domain.LocationOf(account.HomeServer) : NodeLocation.Nowhere.Instance);
}
