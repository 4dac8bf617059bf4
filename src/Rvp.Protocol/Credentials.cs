namespace Rvp.Protocol;

/// <summary>How a caller showed who it is, and what an access entry asks for. <see cref="Any"/> also admits someone who showed nothing. [spec, ACL]</summary>
[Flags]
public enum Credentials
{
    /// <summary>Nothing shown.</summary>
    None = 0,

    /// <summary>NTLM or Kerberos.</summary>
    Ntlm = 1,

    /// <summary>HTTP Digest.</summary>
    Digest = 2,

    /// <summary>RVP-From-Principal alone, unproven.</summary>
    Assertion = 4,

    /// <summary>A session of the server's own (the web client's cookie), or the server itself.</summary>
    Internal = 8,

    /// <summary>Whatever was shown, nothing included.</summary>
    Any = 16,

    /// <summary>The kinds that prove something.</summary>
    Proven = Ntlm | Digest | Internal,
}
