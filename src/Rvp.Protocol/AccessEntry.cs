namespace Rvp.Protocol;

/// <summary>One <c>a:ace</c>: what one principal, or everyone, may do and may not. Deny beats grant; nothing said is denied. [spec, ACL]</summary>
/// <param name="Principal">Whom it is about, in the owner's spelling; null for <c>a:allprincipals</c>.</param>
/// <param name="Credentials">How a caller must come to be meant by it.</param>
/// <param name="Grant">Rights given.</param>
/// <param name="Deny">Rights refused.</param>
public sealed record AccessEntry(RvpUrl? Principal, Credentials Credentials, Rights Grant, Rights Deny)
{
    /// <summary>An entry that says nothing asks to be removed. [client: pidgin-librvp]</summary>
    public bool IsEmpty => Grant == Rights.None && Deny == Rights.None;
}
