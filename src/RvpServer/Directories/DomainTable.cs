using System.Collections.Frozen;

namespace RvpServer.Directories;

/// <summary>One of something for each directory of this process, found by IM domain. A domain that is not configured belongs to the first.</summary>
internal sealed class DomainTable<T>
    where T : class
{
    private readonly FrozenDictionary<string, T> byDomain;

    /// <param name="parts">Each with the names of its domains.</param>
    public DomainTable(IReadOnlyList<(T Part, IReadOnlyList<string> Domains)> parts)
    {
        All = [.. parts.Select(part => part.Part)];
        byDomain = parts.SelectMany(part => part.Domains.Select(domain => KeyValuePair.Create(domain, part.Part)))
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Names = parts.ToDictionary(part => part.Part, part => string.Join(", ", part.Domains));
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<T> All { get; }

    /// <summary>Their domains, as they are told to people.</summary>
    public IReadOnlyDictionary<T, string> Names { get; }

    /// <summary>That of a domain.</summary>
    public T Of(string domain) => byDomain.GetValueOrDefault(domain, All[0]);
}
