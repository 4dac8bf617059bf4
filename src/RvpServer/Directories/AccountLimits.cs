using System.Collections.Frozen;
using System.Globalization;
using RvpServer.Configuration;

namespace RvpServer.Directories;

/// <summary>How many accounts an IM domain may have, enabled or not.</summary>
internal sealed class AccountLimits
{
    private readonly FrozenDictionary<string, int> most;

    private AccountLimits(FrozenDictionary<string, int> most) => this.most = most;

    /// <summary>Any number for all.</summary>
    public static AccountLimits None { get; } = new(FrozenDictionary<string, int>.Empty);

    /// <summary>Those of a configuration.</summary>
    public static AccountLimits Of(RvpSettings settings) => new(settings.Domains.Values.Where(domain => domain.Limits.MaxAccounts is not null)
        .ToFrozenDictionary(domain => domain.Name, domain => domain.Limits.MaxAccounts!.Value, StringComparer.OrdinalIgnoreCase));

    /// <summary>True if a domain may not have any number: then somebody has to count.</summary>
    public bool Include(string domain) => most.ContainsKey(domain);

    /// <summary>Throws <see cref="AccountException"/> if a domain with so many accounts may have no further one.</summary>
    public void Check(string domain, long count)
    {
        if (!most.TryGetValue(domain, out var allowed) || count < allowed) return;
        throw new AccountException(string.Create(CultureInfo.InvariantCulture,
            $"{domain} may have {allowed} accounts and has them: remove one that is not needed, or raise Rvp:Domains:{domain}:Limits:MaxAccounts."));
    }
}
