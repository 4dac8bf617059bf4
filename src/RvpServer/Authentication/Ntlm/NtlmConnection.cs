using RvpServer.Directories;

namespace RvpServer.Authentication.Ntlm;

/// <summary>The NTLM state of a connection. Kept in the connection's items, replaced as a whole, and dropped with the connection.</summary>
internal abstract record NtlmConnection(string Domain)
{
    private static readonly object Key = new();

    /// <summary>
    /// The state of a connection for this IM domain; null if there is none: virtual servers of different domains share connections but not proofs.
    /// </summary>
    public static NtlmConnection? Of(IDictionary<object, object?> items, string domain) =>
        items.TryGetValue(Key, out var value) && value is NtlmConnection state && state.Domain == domain ? state : null;

    public static void Set(IDictionary<object, object?> items, NtlmConnection state) => items[Key] = state;

    public static void Clear(IDictionary<object, object?> items) => items.Remove(Key);

    /// <summary>Drops a challenge that the next request did not answer; a proof stays.</summary>
    public static void EndExchange(IDictionary<object, object?> items)
    {
        if (items.TryGetValue(Key, out var value) && value is Challenged) items.Remove(Key);
    }

    /// <summary>A Type 2 was sent; the next request must contain its Type 3.</summary>
    internal sealed record Challenged(string Domain, byte[] Challenge, NtlmFlags Agreed) : NtlmConnection(Domain);

    /// <summary>Every request is from this account, as long as its password and the account stay the same.</summary>
    /// <param name="Domain">IM domain.</param>
    /// <param name="Account">The account.</param>
    /// <param name="Stamp">The <see cref="PasswordStamp"/> of the password that was proven.</param>
    /// <param name="EndsAt">When it must be proven again; null: as long as all stays the same.</param>
    /// <param name="DirectoryVersion">The directory's version when account and stamp were last checked.</param>
    internal sealed record Authenticated(string Domain, Account Account, long Stamp, DateTimeOffset? EndsAt, long DirectoryVersion)
        : NtlmConnection(Domain);
}
