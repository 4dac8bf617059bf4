using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>
/// Who may do what with a node. Immutable. A principal's own entry is used before the entry for everyone; within an entry deny overrides grant; a right that is
/// not mentioned is denied; the proven owner may do everything. [spec, ACL]
/// </summary>
public sealed class AccessList
{
    private static readonly AccessEntry NewAccountsEveryone =
        new(null, Credentials.Any, Rights.List | Rights.Read | Rights.SendTo | Rights.Presence, Rights.None);

    private readonly RvpUrl owner;
    private readonly AccessEntry[] entries;
    private readonly AccessEntry everyone;

    private AccessList(RvpUrl owner, AccessEntry[] entries, AccessEntry everyone)
    {
        this.owner = owner;
        this.entries = entries;
        this.everyone = everyone;
    }

    /// <summary>The access list of a new account: everyone may list, read, send and see presence.</summary>
    public static AccessList ForNewAccount(RvpUrl owner) => new(owner, [], NewAccountsEveryone);

    /// <summary>Number of entries for single principals; owner and everyone do not count.</summary>
    public int Count => entries.Length;

    /// <summary>True if the caller has the right.</summary>
    public bool Allows(Caller caller, Rights right)
    {
        if (caller.IsProvenAs(owner)) return true;
        var entry = OwnEntry(caller) ?? (IsMeant(everyone, caller) ? everyone : null);
        return entry is not null && (entry.Deny & right) == 0 && (entry.Grant & right) == right;
    }

    /// <summary>True if a proof would give an unproven caller the right.</summary>
    public bool WouldAllowProven(Caller caller, Rights right) =>
        !caller.IsProven && caller.Principal is not null && Allows(caller with { Proof = Credentials.Proven }, right);

    /// <summary>True if the owner put this caller on the block list.</summary>
    public bool Blocks(Caller caller) => OwnEntry(caller) is { } entry && (entry.Deny & (Rights.Presence | Rights.Read)) != 0;

    /// <summary>The entry that the owner wrote for a principal, or for everyone; null if there is none.</summary>
    public AccessEntry? Find(RvpUrl? principal)
    {
        if (principal is null) return everyone;
        foreach (var entry in entries)
            if (principal.Equals(entry.Principal)) return entry;
        return null;
    }

    /// <summary>The list with this entry; it replaces an earlier one for the same principal.</summary>
    public AccessList With(AccessEntry entry)
    {
        if (entry.Principal is null) return new AccessList(owner, entries, entry);
        var index = Array.FindIndex(entries, other => entry.Principal.Equals(other.Principal));
        return index < 0
            ? new AccessList(owner, [.. entries, entry], everyone)
            : new AccessList(owner, [.. entries[..index], entry, .. entries[(index + 1)..]], everyone);
    }

    /// <summary>
    /// The list without this principal's entry. Removing the entry for everyone restores that of a new account, since clients that find none misbehave.
    /// [client]
    /// </summary>
    public AccessList Without(RvpUrl? principal) =>
        principal is null
            ? new AccessList(owner, entries, NewAccountsEveryone)
            : new AccessList(owner, [.. entries.Where(entry => !principal.Equals(entry.Principal))], everyone);

    /// <summary>What a reader sees: the owner with each right listed (clients do not know <c>a:all</c>), single principals, everyone.</summary>
    /// <param name="ownerAsWritten">The owner in the reader's spelling.</param>
    public IReadOnlyList<AccessEntry> ToEntries(RvpUrl ownerAsWritten) =>
        [new AccessEntry(ownerAsWritten, Credentials.Digest | Credentials.Ntlm | Credentials.Internal, Rights.All, Rights.None), .. entries, everyone];

    private AccessEntry? OwnEntry(Caller caller)
    {
        if (caller.Principal is null) return null;
        foreach (var entry in entries)
            if (caller.Principal.Equals(entry.Principal) && IsMeant(entry, caller)) return entry;
        return null;
    }

    // A session of this server began with a password, so it counts like Digest and NTLM; otherwise a block that lists those would not apply to it.
    private static bool IsMeant(AccessEntry entry, Caller caller)
    {
        var proof = (caller.Proof & Credentials.Internal) != 0 ? caller.Proof | Credentials.Digest | Credentials.Ntlm : caller.Proof;
        return (entry.Credentials & Credentials.Any) != 0 || (entry.Credentials & proof) != 0;
    }
}
