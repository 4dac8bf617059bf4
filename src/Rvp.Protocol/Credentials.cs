namespace Rvp.Protocol;

/// <summary>
/// How a caller showed its identity, and what an access entry requires. <see cref="Any"/> also accepts a caller that showed nothing. [spec, ACL]
/// </summary>
[Flags]
public enum Credentials
{
    /// <summary>Nothing shown.</summary>
    None = 0,

    /// <summary>NTLM or Kerberos.</summary>
    Ntlm = 1,

    /// <summary>HTTP Digest.</summary>
    Digest = 2,

    /// <summary>Only RVP-From-Principal, unproven.</summary>
    Assertion = 4,

    /// <summary>A session of this server (the web client's cookie), or the server itself.</summary>
    Internal = 8,

    /// <summary>Anything, or nothing.</summary>
    Any = 16,

    /// <summary>The kinds that prove something.</summary>
    Proven = Ntlm | Digest | Internal,
}
