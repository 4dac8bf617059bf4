namespace RvpServer.Authentication;

/// <summary>A way to prove who one is, as <c>Rvp:Authentication:Schemes</c> lists them.</summary>
internal enum Scheme
{
    /// <summary>RFC 2617; works through every proxy.</summary>
    Digest,

    /// <summary>Authenticates a connection, so it needs one that nobody else shares.</summary>
    Ntlm,

    /// <summary>Kerberos.</summary>
    Negotiate,
}
