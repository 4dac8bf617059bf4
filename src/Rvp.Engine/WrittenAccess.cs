using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>What the owner of a node has written into its <see cref="AccessList"/>, and what holds without it. Immutable.</summary>
internal sealed class WrittenAccess
{
    private static readonly WrittenAccess[] Nothing = [.. Enum.GetValues<NewAccountAccess>().Select(access => new WrittenAccess(access, [], null))];

    private WrittenAccess(NewAccountAccess newAccount, AccessEntry[] entries, AccessEntry? everyone)
    {
        (NewAccount, Entries, Everyone) = (newAccount, entries, everyone);
        HasDomains = Array.Exists(entries, entry => entry.Principal!.IsBareHost);
    }

    /// <summary>What strangers may do with a new account.</summary>
    public NewAccountAccess NewAccount { get; }

    /// <summary>The entries for single principals and domains.</summary>
    public AccessEntry[] Entries { get; }

    /// <summary>The entry for everyone.</summary>
    public AccessEntry? Everyone { get; }

    /// <summary>True if some entry is for a domain.</summary>
    public bool HasDomains { get; }

    /// <summary>That of a new account, one object for all.</summary>
    public static WrittenAccess OfNewAccount(NewAccountAccess access) => Nothing[(int)access];

    public WrittenAccess With(AccessEntry entry)
    {
        if (entry.Principal is null) return new WrittenAccess(NewAccount, Entries, entry);
        var index = Array.FindIndex(Entries, other => entry.Principal.Equals(other.Principal));
        return index < 0
            ? new WrittenAccess(NewAccount, [.. Entries, entry], Everyone)
            : new WrittenAccess(NewAccount, [.. Entries[..index], entry, .. Entries[(index + 1)..]], Everyone);
    }

    public WrittenAccess Without(RvpUrl? principal) =>
        principal is null
            ? new WrittenAccess(NewAccount, Entries, null)
            : new WrittenAccess(NewAccount, [.. Entries.Where(entry => !principal.Equals(entry.Principal))], Everyone);
}
