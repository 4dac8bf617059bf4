using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>
/// Who may do what with a node. Immutable. A principal's own entry is used before that of its domain (a bare host, which stands for all its principals and
/// subdomains; the longest one), and that before the entry for everyone; within an entry deny overrides grant; a right that is not mentioned is denied; the
/// proven owner may do everything. [spec, ACL] Entries for domains are a Decision.
/// </summary>
/// <remarks>Made when it is asked for: what a node keeps is <see cref="WrittenAccess"/>, which nodes share whose owners have written nothing.</remarks>
public readonly record struct AccessList
{
    private const Rights Usual = Rights.List | Rights.Read | Rights.SendTo | Rights.Presence;

    // Also what an owner reads who has not written such an entry, whatever it means then: clients that find none, or one without send-to and presence, drop
    // messages or write their own at every sign-in. [client]
    private static readonly AccessEntry NewAccountsEveryone = new(null, Credentials.Any, Usual, Rights.None);

    private readonly RvpUrl owner;
    private readonly WrittenAccess written;

    internal AccessList(RvpUrl owner, WrittenAccess written) => (this.owner, this.written) = (owner, written);

    private AccessEntry[] Entries => written.Entries;

    private AccessEntry? Everyone => written.Everyone;

    /// <summary>Number of entries for single principals and domains; owner and everyone do not count.</summary>
    public int Count => Entries.Length;

    /// <summary>The entries that the owner has written.</summary>
    public IReadOnlyList<AccessEntry> Written => Everyone is null ? Entries : [.. Entries, Everyone];

    /// <summary>True if the caller has the right.</summary>
    public bool Allows(Caller caller, Rights right)
    {
        if (caller.IsProvenAs(owner)) return true;
        var entry = ListedEntry(caller) ?? (Everyone is { } everyone && IsMeant(everyone, caller) ? everyone : null);
        if (entry is not null) return (entry.Deny & right) == 0 && (entry.Grant & right) == right;
        return Everyone is null && (GrantOfNewAccount(caller) & right) == right;
    }

    /// <summary>True if a proof would give an unproven caller the right.</summary>
    public bool WouldAllowProven(Caller caller, Rights right) =>
        !caller.IsProven && caller.Principal is not null && Allows(caller with { Proof = Credentials.Proven }, right);

    /// <summary>True if the owner put this caller, or its domain, on the block list.</summary>
    public bool Blocks(Caller caller) => ListedEntry(caller) is { } entry && (entry.Deny & (Rights.Presence | Rights.Read)) != 0;

    /// <summary>The entry that the owner wrote for a principal, or for everyone; null if there is none.</summary>
    public AccessEntry? Find(RvpUrl? principal)
    {
        if (principal is null) return Everyone;
        foreach (var entry in Entries)
            if (principal.Equals(entry.Principal)) return entry;
        return null;
    }

    /// <summary>The list with this entry; it replaces an earlier one for the same principal.</summary>
    public AccessList With(AccessEntry entry) => new(owner, written.With(entry));

    /// <summary>The list without this principal's entry. Without the entry for everyone it is that of a new account again.</summary>
    public AccessList Without(RvpUrl? principal) => new(owner, written.Without(principal));

    /// <summary>What a reader sees: the owner with each right listed (clients do not know <c>a:all</c>), principals and domains, everyone.</summary>
    /// <param name="ownerAsWritten">The owner in the reader's spelling.</param>
    public IReadOnlyList<AccessEntry> ToEntries(RvpUrl ownerAsWritten) =>
    [
        new AccessEntry(ownerAsWritten, Credentials.Digest | Credentials.Ntlm | Credentials.Internal, Rights.All, Rights.None), .. Entries,
        Everyone ?? NewAccountsEveryone,
    ];

    private AccessEntry? ListedEntry(Caller caller)
    {
        if (caller.Principal is not { } principal) return null;
        foreach (var entry in Entries)
            if (principal.Equals(entry.Principal) && IsMeant(entry, caller)) return entry;
        return written.HasDomains ? DomainEntry(principal.Host, caller) : null;
    }

    private AccessEntry? DomainEntry(string host, Caller caller)
    {
        AccessEntry? closest = null;
        foreach (var entry in Entries)
        {
            if (!entry.Principal!.IsBareHost || !IsWithin(host, entry.Principal.Host) || !IsMeant(entry, caller)) continue;
            if (closest is null || entry.Principal.Host.Length > closest.Principal!.Host.Length) closest = entry;
        }
        return closest;
    }

    private static bool IsWithin(string host, string domain) =>
        host.EndsWith(domain, StringComparison.Ordinal) && (host.Length == domain.Length || host[host.Length - domain.Length - 1] == '.');

    private Rights GrantOfNewAccount(Caller caller) => written.NewAccount switch
    {
        NewAccountAccess.Domain => caller.Principal?.Host == owner.Host ? Usual : Rights.None,
        NewAccountAccess.Contacts => Usual & ~Rights.Presence,
        _ => Usual,
    };

    // A session of this server began with a password, so it counts like Digest and NTLM; otherwise a block that lists those would not apply to it.
    private static bool IsMeant(AccessEntry entry, Caller caller)
    {
        var proof = (caller.Proof & Credentials.Internal) != 0 ? caller.Proof | Credentials.Digest | Credentials.Ntlm : caller.Proof;
        return (entry.Credentials & Credentials.Any) != 0 || (entry.Credentials & proof) != 0;
    }
}
