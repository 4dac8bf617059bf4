using System.Collections.Concurrent;
using Rvp.Protocol;

namespace RvpServer.Requests;

/// <summary>
/// Home servers in other processes that requests led to, by IM domain: one of them answers for a node that does not exist, as it would for one that does.
/// Bounded, and empty after a start; nothing depends on it but who answers.
/// </summary>
internal sealed class HomesElsewhere
{
    /// <summary>Of one domain. Decision: more than anybody has.</summary>
    private const int MaxHomes = 64;

    private readonly ConcurrentDictionary<string, HostAndPort[]> homes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The home servers of a domain, in the order in which they were met.</summary>
    public IReadOnlyList<HostAndPort> Of(string domain) => homes.GetValueOrDefault(domain) ?? [];

    /// <summary>A home server that the directory named.</summary>
    public void Remember(string domain, HostAndPort home)
    {
        if (homes.TryGetValue(domain, out var known) && (known.Length >= MaxHomes || known.Contains(home))) return;
        homes.AddOrUpdate(domain, static (_, home) => [home], static (_, before, home) => before.Contains(home) ? before : [.. before, home], home);
    }
}
