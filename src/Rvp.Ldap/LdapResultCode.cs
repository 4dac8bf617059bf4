namespace Rvp.Ldap;

/// <summary>What a server says about a request. [RFC 4511, appendix A]</summary>
public enum LdapResultCode
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>Wrong order; Active Directory says this to a client that is not signed in.</summary>
    OperationsError = 1,

    /// <summary>The server could not read the request.</summary>
    ProtocolError = 2,

    /// <summary>It took longer than the request allowed.</summary>
    TimeLimitExceeded = 3,

    /// <summary>There is more than the request, or the server, allows.</summary>
    SizeLimitExceeded = 4,

    /// <summary>The server does not accept this kind of sign-in.</summary>
    AuthMethodNotSupported = 7,

    /// <summary>The server requires a stronger sign-in, or encryption.</summary>
    StrongerAuthRequired = 8,

    /// <summary>Another server has the entry.</summary>
    Referral = 10,

    /// <summary>More than the server's administrator allows.</summary>
    AdminLimitExceeded = 11,

    /// <summary>The server does not support a control, such as paging.</summary>
    UnavailableCriticalExtension = 12,

    /// <summary>The server requires encryption.</summary>
    ConfidentialityRequired = 13,

    /// <summary>The entry has no such attribute or value.</summary>
    NoSuchAttribute = 16,

    /// <summary>The schema has no such attribute.</summary>
    UndefinedAttributeType = 17,

    /// <summary>The schema forbids the value, or a second one.</summary>
    ConstraintViolation = 19,

    /// <summary>It exists already.</summary>
    AttributeOrValueExists = 20,

    /// <summary>The value does not fit the attribute's syntax.</summary>
    InvalidAttributeSyntax = 21,

    /// <summary>The entry does not exist, or this account may not see it.</summary>
    NoSuchObject = 32,

    /// <summary>Not a valid distinguished name.</summary>
    InvalidDnSyntax = 34,

    /// <summary>The entry cannot sign in this way, for example because it has no password.</summary>
    InappropriateAuthentication = 48,

    /// <summary>Wrong password, or no such entry.</summary>
    InvalidCredentials = 49,

    /// <summary>This account may not do that.</summary>
    InsufficientAccessRights = 50,

    /// <summary>The server is overloaded; another one may not be.</summary>
    Busy = 51,

    /// <summary>The server is stopping or starting.</summary>
    Unavailable = 52,

    /// <summary>The server refuses; its text may say why.</summary>
    UnwillingToPerform = 53,

    /// <summary>No class of the entry allows the attribute.</summary>
    ObjectClassViolation = 65,

    /// <summary>Any other code.</summary>
    Other = 80,
}

/// <summary>A server's final answer to a request.</summary>
/// <param name="Code">The result.</param>
/// <param name="Text">The server's explanation for an operator; often empty.</param>
/// <param name="PageCookie">Where the next page begins; empty on the last one, null if paging was not requested.</param>
public sealed record LdapResult(LdapResultCode Code, string Text, byte[]? PageCookie = null)
{
    /// <summary>
    /// Where else to ask, as written by the server: instead of this one for the code <see cref="LdapResultCode.Referral"/>, else for more entries.
    /// </summary>
    public IReadOnlyList<string> Referrals { get; init; } = [];
}

/// <summary>The server answered with an error.</summary>
public sealed class LdapException(LdapResult result, string what)
    : Exception($"{what}: {result.Code} ({(int)result.Code}){(result.Text.Length == 0 ? "" : ": " + result.Text)}")
{
    /// <summary>The result code.</summary>
    public LdapResultCode Code => result.Code;

    /// <summary>For the code <see cref="LdapResultCode.Referral"/>: who can answer instead.</summary>
    public IReadOnlyList<string> Referrals => result.Referrals;
}

/// <summary>The connection failed or could not be made; another one may work.</summary>
public sealed class LdapConnectionException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>No server can answer at the moment; the message gives the reason for each.</summary>
public sealed class LdapUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
