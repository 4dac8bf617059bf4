using Rvp.Protocol;
using RvpServer.Directories;

namespace RvpServer.Authentication;

/// <summary>The result of checking a request's credentials.</summary>
internal abstract record AuthenticationResult
{
    private AuthenticationResult()
    {
    }

    /// <summary>The account's password was proven, by this request or earlier on its NTLM connection.</summary>
    /// <param name="Account">The account.</param>
    /// <param name="Proof">How.</param>
    /// <param name="Stamp">The <see cref="PasswordStamp"/> of what was proven: what this request makes ends when the account has another.</param>
    internal sealed record Proven(Account Account, Credentials Proof, long Stamp) : AuthenticationResult;

    /// <summary>No credentials that could be checked: a 401 if the request needs proof, otherwise a request of a stranger.</summary>
    internal sealed record NoCredentials : AuthenticationResult;

    /// <summary>A 401. Stale: the password is right, but the nonce must be renewed.</summary>
    internal sealed record Failed(bool IsStale) : AuthenticationResult;

    /// <summary>A 401 with the NTLM Type 2 and nothing else, on a connection that stays open.</summary>
    /// <param name="Challenge">The whole header value, <c>NTLM TlRM…</c>.</param>
    internal sealed record Handshake(string Challenge) : AuthenticationResult;

    /// <summary>A 429; the password was not checked.</summary>
    internal sealed record Throttled(TimeSpan RetryAfter) : AuthenticationResult;

    /// <summary>A 400: the header is malformed.</summary>
    internal sealed record Malformed(Refusal Refusal) : AuthenticationResult;

    /// <summary>A 503: the directory does not answer.</summary>
    internal sealed record Unavailable : AuthenticationResult;
}
