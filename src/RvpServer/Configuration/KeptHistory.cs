using System.Collections.Frozen;

namespace RvpServer.Configuration;

/// <summary>In which IM domains messages are kept as history, and for how long.</summary>
internal sealed class KeptHistory(RvpSettings settings)
{
    private readonly FrozenSet<string> domains = settings.Domains.Values.Where(domain => domain.KeepsHistory).Select(domain => domain.Name).ToFrozenSet();

    /// <summary>True if any domain has one.</summary>
    public bool IsAny => domains.Count > 0;

    /// <summary>How long a message is kept.</summary>
    public TimeSpan Lifetime { get; } = settings.Messages.ArchiveLifetime;

    /// <summary>The same in days, as people are told.</summary>
    public int Days => (int)Math.Ceiling(Lifetime.TotalDays);

    /// <summary>Messages that one account keeps at most.</summary>
    public int MaxPerAccount { get; } = settings.Messages.ArchiveMaxMessages;

    /// <summary>Whether people of this domain have one.</summary>
    public bool IsKeptIn(string domain) => domains.Count > 0 && domains.Contains(domain);
}
