using Rvp.Protocol;
using RvpServer.Directories;

namespace RvpServer.Authentication;

/// <summary>What came of looking at a request's credentials.</summary>
internal abstract record AuthenticationResult
{
    private AuthenticationResult()
    {
    }

    /// <summary>The account's password was proven, by this request or earlier on its NTLM connection.</summary>
    internal sealed record Proven(Account Account, Credentials Proof) : AuthenticationResult;

    /// <summary>Nothing was shown that could be judged: a 401 if the request needs proof, else the request of a stranger.</summary>
    internal sealed record NoCredentials : AuthenticationResult;

    /// <summary>A 401. Stale: the password is right, the nonce has to be renewed.</summary>
    internal sealed record Failed(bool IsStale) : AuthenticationResult;

    /// <summary>A 401 that carries the NTLM Type 2 and nothing else, on a connection that stays open.</summary>
    /// <param name="Challenge">The whole header value, <c>NTLM TlRM…</c>.</param>
    internal sealed record Handshake(string Challenge) : AuthenticationResult;

    /// <summary>A 429; the password was not looked at.</summary>
    internal sealed record Throttled(TimeSpan RetryAfter) : AuthenticationResult;

    /// <summary>A 400: the header is broken.</summary>
    internal sealed record Malformed(Refusal Refusal) : AuthenticationResult;

    /// <summary>A 503: the directory cannot tell.</summary>
    internal sealed record Unavailable : AuthenticationResult;
}
