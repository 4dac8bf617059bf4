namespace Rvp.Ldap;

/// <summary>What a server says about a request. [RFC 4511, appendix A]</summary>
public enum LdapResultCode
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>Out of order; Active Directory says so to who is not signed in.</summary>
    OperationsError = 1,

    /// <summary>The server could not read the request.</summary>
    ProtocolError = 2,

    /// <summary>It took longer than the request allowed.</summary>
    TimeLimitExceeded = 3,

    /// <summary>There is more than the request, or the server, allows.</summary>
    SizeLimitExceeded = 4,

    /// <summary>The server takes no such sign-in.</summary>
    AuthMethodNotSupported = 7,

    /// <summary>The server wants a safer sign-in, or encryption.</summary>
    StrongerAuthRequired = 8,

    /// <summary>Another server has it.</summary>
    Referral = 10,

    /// <summary>More than the server's administrator allows.</summary>
    AdminLimitExceeded = 11,

    /// <summary>The server does not know a control, such as paging.</summary>
    UnavailableCriticalExtension = 12,

    /// <summary>The server wants encryption first.</summary>
    ConfidentialityRequired = 13,

    /// <summary>The entry has no such attribute or value.</summary>
    NoSuchAttribute = 16,

    /// <summary>The schema has no such attribute.</summary>
    UndefinedAttributeType = 17,

    /// <summary>The schema forbids the value, or a second one.</summary>
    ConstraintViolation = 19,

    /// <summary>It is there already.</summary>
    AttributeOrValueExists = 20,

    /// <summary>The value is not of the attribute's kind.</summary>
    InvalidAttributeSyntax = 21,

    /// <summary>There is no such entry, or none that this account may see.</summary>
    NoSuchObject = 32,

    /// <summary>A distinguished name is none.</summary>
    InvalidDnSyntax = 34,

    /// <summary>The entry cannot sign in like this, for example without a password.</summary>
    InappropriateAuthentication = 48,

    /// <summary>Wrong password, or nobody of that name.</summary>
    InvalidCredentials = 49,

    /// <summary>This account may not do that.</summary>
    InsufficientAccessRights = 50,

    /// <summary>The server has too much to do; another may not.</summary>
    Busy = 51,

    /// <summary>The server is stopping or starting.</summary>
    Unavailable = 52,

    /// <summary>The server will not; its text may say why.</summary>
    UnwillingToPerform = 53,

    /// <summary>No class of the entry has the attribute.</summary>
    ObjectClassViolation = 65,

    /// <summary>Anything else.</summary>
    Other = 80,
}

/// <summary>A server's last word on a request.</summary>
/// <param name="Code">The result.</param>
/// <param name="Text">The server's explanation for an operator; often empty.</param>
/// <param name="PageCookie">Where the next page begins; empty on the last one, null where no paging was asked for.</param>
public sealed record LdapResult(LdapResultCode Code, string Text, byte[]? PageCookie = null);

/// <summary>The server answered, but not with success.</summary>
public sealed class LdapException(LdapResultCode code, string text, string what)
    : Exception($"{what}: {code} ({(int)code}){(text.Length == 0 ? "" : ": " + text)}")
{
    /// <summary>What it said.</summary>
    public LdapResultCode Code { get; } = code;
}

/// <summary>There is no usable connection any more (or never was): another one may do better.</summary>
public sealed class LdapConnectionException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>No server can tell at the moment; the message says of each why.</summary>
public sealed class LdapUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
