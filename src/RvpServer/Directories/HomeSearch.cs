using Rvp.Protocol;
using RvpServer.Dns;
using RvpServer.Domains;

namespace RvpServer.Directories;

/// <summary>Asks whether a home server of the organisation answers there; throws <see cref="AccountException"/> if none does.</summary>
internal delegate Task GreetHome(HostAndPort home, CancellationToken stop);

/// <summary>
/// Whether a home server that an administrator names is one: a mistyped host would leave a person without any. Servers of this process are known; of others,
/// DNS must have an address and, where the organisation has a key to ask with, they must answer.
/// </summary>
/// <param name="domains">The IM domains of this process.</param>
/// <param name="resolver">Finds addresses.</param>
/// <param name="greet">Asks there; null: the organisation has no key.</param>
internal sealed class HomeSearch(ImDomains domains, DomainResolver resolver, GreetHome? greet)
{
    private const string Cure =
        "Is it spelt right? For a server that is not there yet, --unchecked sets it all the same (in the API, \"unchecked\": true).";

    /// <summary>Throws <see cref="AccountException"/> if there is no such home server.</summary>
    /// <param name="home">As <see cref="UserHomes.GetHome"/> gives it; null: any of the domain.</param>
    /// <param name="stop">Ends the search.</param>
    public async Task RequireAsync(string? home, CancellationToken stop)
    {
        var locations = domains.All.Select(domain => domain.LocationOf(home)).ToList();
        if (home is null || locations.Exists(location => location is NodeLocation.Here)) return;
        if (locations.OfType<NodeLocation.AtHome>().FirstOrDefault() is not { Host: var host }) throw new AccountException($"{home} is no home server. {Cure}");
        var found = await resolver.ResolveHostAsync(host.Host, host.Port, stop);
        if (found.Status == ResolveStatus.NoSuchDomain) throw new AccountException($"DNS has no address for the home server {host.Host}. {Cure}");
        if (found.Status != ResolveStatus.Found) throw new AccountException($"DNS did not answer for the home server {host.Host}. {Cure}");
        if (greet is null) return;
        try
        {
            await greet(host, stop);
        }
        catch (AccountException failure)
        {
            throw new AccountException($"{failure.Message} {Cure}", failure);
        }
    }

    /// <summary>
    /// The same for many accounts, before the first of them is stored. What comes back are the accounts; at the first whose home server is none, and where
    /// <paramref name="source"/> throws <see cref="AccountException"/>, it throws that.
    /// </summary>
    public async Task<IEnumerable<(int Line, NewAccount Account)>> RequireAsync(
        IEnumerable<(int Line, NewAccount Account)> source, CancellationToken stop)
    {
        var rows = new List<(int Line, NewAccount Account)>();
        AccountException? wrong = null;
        try
        {
            rows.AddRange(source);
        }
        catch (AccountException failure)
        {
            wrong = failure;
        }
        foreach (var first in rows.Where(row => !row.Account.IsHomeUnchecked).DistinctBy(row => row.Account.Home, StringComparer.OrdinalIgnoreCase)
            .ToList())
        {
            try
            {
                await RequireAsync(first.Account.Home, stop);
            }
            catch (AccountException failure)
            {
                wrong = new AccountException(string.Create(null, $"Line {first.Line}: {failure.Message}"), failure);
                rows.RemoveRange(rows.IndexOf(first), rows.Count - rows.IndexOf(first));
                break;
            }
        }
        return Rows();

        IEnumerable<(int Line, NewAccount Account)> Rows()
        {
            foreach (var row in rows) yield return row;
            if (wrong is not null) throw wrong;
        }
    }
}
