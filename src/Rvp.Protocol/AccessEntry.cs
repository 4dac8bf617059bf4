namespace Rvp.Protocol;

/// <summary>
/// One <c>a:ace</c>: what one principal, one domain, or everyone may and may not do. Deny overrides grant; a right that is not mentioned is denied. [spec, ACL]
/// </summary>
/// <param name="Principal">The principal, in the owner's spelling, or the bare host of a domain; null for <c>a:allprincipals</c>.</param>
/// <param name="Credentials">How a caller must show its identity for the entry to apply.</param>
/// <param name="Grant">Granted rights.</param>
/// <param name="Deny">Denied rights.</param>
public sealed record AccessEntry(RvpUrl? Principal, Credentials Credentials, Rights Grant, Rights Deny)
{
    /// <summary>An entry without rights is a request to remove it. [client: pidgin-librvp]</summary>
    public bool IsEmpty => Grant == Rights.None && Deny == Rights.None;
}
