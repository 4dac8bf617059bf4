namespace RvpServer.Directories.Ldap;

/// <summary>What a server says about a request. [RFC 4511, appendix A]</summary>
internal enum LdapResultCode
{
    Success = 0,
    OperationsError = 1,
    ProtocolError = 2,
    TimeLimitExceeded = 3,
    SizeLimitExceeded = 4,
    AuthMethodNotSupported = 7,
    StrongerAuthRequired = 8,
    Referral = 10,
    AdminLimitExceeded = 11,
    UnavailableCriticalExtension = 12,
    ConfidentialityRequired = 13,
    NoSuchAttribute = 16,
    UndefinedAttributeType = 17,
    ConstraintViolation = 19,
    AttributeOrValueExists = 20,
    InvalidAttributeSyntax = 21,
    NoSuchObject = 32,
    InvalidDnSyntax = 34,
    InappropriateAuthentication = 48,
    InvalidCredentials = 49,
    InsufficientAccessRights = 50,
    Busy = 51,
    Unavailable = 52,
    UnwillingToPerform = 53,
    ObjectClassViolation = 65,
    Other = 80,
}

/// <summary>A server's last word on a request.</summary>
/// <param name="Code">The result.</param>
/// <param name="Text">The server's explanation for an operator; often empty.</param>
/// <param name="PageCookie">Where the next page begins; empty on the last one, null where no paging was asked for.</param>
internal sealed record LdapResult(LdapResultCode Code, string Text, byte[]? PageCookie = null);

/// <summary>The server answered, but not with success.</summary>
internal sealed class LdapException(LdapResultCode code, string text, string what)
    : Exception($"{what}: {code} ({(int)code}){(text.Length == 0 ? "" : ": " + text)}")
{
    /// <summary>What it said.</summary>
    public LdapResultCode Code { get; } = code;
}

/// <summary>There is no usable connection any more (or never was): another one may do better.</summary>
internal sealed class LdapConnectionException(string message, Exception? cause = null) : Exception(message, cause);
