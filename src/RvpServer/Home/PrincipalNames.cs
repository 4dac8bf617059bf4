using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Home;

/// <summary>One identity for all names of an account: the domain's canonical host and port, and the account's own name for its further addresses.</summary>
internal sealed class PrincipalNames(ImDomains domains, IDirectory directory)
{
    /// <summary>The canonical identity of a URL, in its own spelling. What is not hosted here stays as it is.</summary>
    public async ValueTask<RvpUrl> CanonicalAsync(RvpUrl url, CancellationToken stop)
    {
        if (!domains.IsLocal(url.Host)) return url;
        var canonical = domains.Canonical(url);
        if (canonical.AliasName is not { } name) return canonical;
        var account = await directory.FindAsync(canonical.Host, name, stop);
        return account is null || account.Name.Equals(name, StringComparison.OrdinalIgnoreCase) ? canonical : canonical.WithAlias(account.Name);
    }

    /// <summary>An account's logical URL.</summary>
    public RvpUrl UrlOf(Account account) => RvpUrl.ForAlias(account.Domain, domains.PortOf(account.Domain), account.Name);
}
