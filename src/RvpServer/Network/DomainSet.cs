using System.Collections.Frozen;
using Rvp.Protocol;

namespace RvpServer.Network;

/// <summary>A set of domains, each with all its subdomains.</summary>
internal sealed class DomainSet(IEnumerable<string> domains)
{
    private readonly FrozenSet<string> names = domains.Select(InAscii).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static string InAscii(string domain) => DomainName.TryToAscii(domain.TrimEnd('.'), out var ascii) ? ascii : domain;

    /// <summary>True if there is no domain in it.</summary>
    public bool IsEmpty => names.Count == 0;

    /// <summary>True for one of the domains and for a host in one of them.</summary>
    public bool Covers(string host)
    {
        if (IsEmpty) return false;
        for (var name = host; ; name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            if (names.Contains(name)) return true;
            if (!name.Contains('.', StringComparison.Ordinal)) return false;
        }
    }
}
