using RvpServer.Directories;

namespace RvpServer.Authentication.Ntlm;

/// <summary>How far a connection has come with NTLM. Kept in the connection's items, replaced whole, gone with the connection.</summary>
internal abstract record NtlmConnection(string Domain)
{
    private static readonly object Key = new();

    /// <summary>The state of a connection for this IM domain; null where it has none: virtual servers of other domains share connections, not proofs.</summary>
    public static NtlmConnection? Of(IDictionary<object, object?> items, string domain) =>
        items.TryGetValue(Key, out var value) && value is NtlmConnection state && state.Domain == domain ? state : null;

    public static void Set(IDictionary<object, object?> items, NtlmConnection state) => items[Key] = state;

    public static void Clear(IDictionary<object, object?> items) => items.Remove(Key);

    /// <summary>Takes back a challenge that the next request did not answer; a proof stays.</summary>
    public static void EndExchange(IDictionary<object, object?> items)
    {
        if (items.TryGetValue(Key, out var value) && value is Challenged) items.Remove(Key);
    }

    /// <summary>A Type 2 was sent; the next request must bring its Type 3.</summary>
    internal sealed record Challenged(string Domain, byte[] Challenge, NtlmFlags Agreed) : NtlmConnection(Domain);

    /// <summary>Every request is this account's, as long as its password and the account stay what they were.</summary>
    /// <param name="Domain">IM domain.</param>
    /// <param name="Account">Whose.</param>
    /// <param name="ProvenHash">The hash that the proof was made with; null where the domain judged it.</param>
    /// <param name="ProvenAt">When.</param>
    /// <param name="DirectoryVersion">When account and hash were last looked at.</param>
    internal sealed record Authenticated(string Domain, Account Account, byte[]? ProvenHash, DateTimeOffset ProvenAt, long DirectoryVersion)
        : NtlmConnection(Domain);
}
