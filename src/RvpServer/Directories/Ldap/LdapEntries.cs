using System.Runtime.CompilerServices;
using Rvp.Ldap;
using RvpServer.Configuration;

namespace RvpServer.Directories.Ldap;

/// <summary>
/// Entries of the directory for administrators: found, and changed. Throws <see cref="AccountException"/> with advice for what the directory refuses,
/// <see cref="DirectoryException"/> when it does not answer.
/// </summary>
internal sealed class LdapEntries(LdapClient client, LdapAccountSettings settings)
{
    // Active Directory returns at most 1000 entries at a time.
    private const int PageSize = 500;

    // See deploy/ldap/openldap: there the attributes need their own class. Active Directory has them on every user.
    private const string AuxiliaryClass = "msExchIMRecipient";

    private readonly LdapAttributeOptions names = settings.Attributes;

    /// <summary>The first page of what is at or below a base.</summary>
    public async Task<IReadOnlyList<LdapEntry>> SearchAsync(
        LdapScope scope, string baseDn, LdapFilter filter, IReadOnlyList<string> attributes, CancellationToken stop) =>
        (await AskAsync(new LdapSearch(baseDn, scope, filter, attributes, PageSize), stop)).Entries;

    /// <summary>The entry of a distinguished name; null if there is none, or it does not match the filter.</summary>
    public async Task<LdapEntry?> FindAsync(string dn, LdapFilter filter, IReadOnlyList<string> attributes, CancellationToken stop)
    {
        try
        {
            return await SearchAsync(LdapScope.BaseObject, dn, filter, attributes, stop) is [var entry, ..] ? entry : null;
        }
        catch (AccountException e) when (e.InnerException is LdapException { Code: LdapResultCode.NoSuchObject })
        {
            return null;
        }
    }

    /// <summary>All that is below a base, one page after the other, in the directory's order.</summary>
    public async IAsyncEnumerable<LdapEntry> ReadAllAsync(
        string baseDn, LdapFilter filter, IReadOnlyList<string> attributes, [EnumeratorCancellation] CancellationToken stop)
    {
        byte[]? cookie = [];
        while (cookie is not null)
        {
            var (entries, result) = await AskAsync(new LdapSearch(baseDn, LdapScope.WholeSubtree, filter, attributes, PageSize, cookie), stop);
            foreach (var entry in entries) yield return entry;
            if (result.Code == LdapResultCode.SizeLimitExceeded)
                throw new AccountException($"The directory gives {settings.Connection.BindDn} only a part of the list: raise its size limit for that account");
            cookie = result.PageCookie is { Length: > 0 } next ? next : null;
        }
    }

    /// <summary>Changes an entry, all or nothing. What the change adds may be there already, and what it takes away may be gone.</summary>
    public Task ChangeAsync(string dn, IReadOnlyList<LdapModification> changes, CancellationToken stop) => ExplainAsync(() => client.CallAsync(
        async (connection, limit) =>
        {
            try
            {
                await connection.ModifyAsync(dn, changes, limit);
            }
            catch (LdapException e) when (e.Code == LdapResultCode.ObjectClassViolation && changes.Any(change => change.Values.Count > 0))
            {
                await connection.ModifyAsync(dn, [new("objectClass", [AuxiliaryClass], LdapChange.Add), .. changes], limit);
            }
            catch (LdapException e) when (e.Code == LdapResultCode.ConstraintViolation && changes.Any(change => change.Values.Count > 1))
            {
                // Exchange's own schema allows one IM address per person: the new one replaces the old one.
                await connection.ModifyAsync(dn, [.. changes.Select(change => change with { Values = [.. change.Values.Take(1)] })], limit);
            }
            catch (LdapException e) when (IsDone(e.Code, changes))
            {
                // By this very request, before the connection broke, or by somebody else.
            }
            return true;
        },
        stop));

    private static bool IsDone(LdapResultCode code, IReadOnlyList<LdapModification> changes) => changes is [var only]
        && (code == LdapResultCode.AttributeOrValueExists && only.Change == LdapChange.Add
            || code == LdapResultCode.NoSuchAttribute && only.Change == LdapChange.Delete);

    private Task<(IReadOnlyList<LdapEntry> Entries, LdapResult Result)> AskAsync(LdapSearch search, CancellationToken stop) =>
        ExplainAsync(() => client.SearchAsync(search, stop));

    private async Task<T> ExplainAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (LdapException e)
        {
            throw new AccountException(Explain(e), e);
        }
        catch (LdapUnavailableException e)
        {
            throw new DirectoryException(e.Message, e);
        }
    }

    private string Explain(LdapException e) => e.Code switch
    {
        LdapResultCode.InsufficientAccessRights => $"{settings.Connection.BindDn} may not do that ({e.Message}): grant it write access to {Written}",
        LdapResultCode.NoSuchObject => $"The directory has no such entry, or does not show it to {settings.Connection.BindDn} ({e.Message})",
        LdapResultCode.ObjectClassViolation or LdapResultCode.UndefinedAttributeType =>
            $"The directory's schema has no {Written} for this entry ({e.Message}): see deploy/ldap",
        LdapResultCode.ConstraintViolation =>
            $"The directory's schema does not allow that ({e.Message}): Active Directory's {names.ImAddress} has room for one address",
        // The global catalogue knows a part of every domain of the forest, to be read only.
        LdapResultCode.Referral => $"Another server of the directory has that ({e.Message}{string.Concat(e.Referrals.Select(url => ", " + url))}): name it in "
            + "Rvp:Directory:Ldap:Referrals, at port 389 or 636, since 3268 and 3269 are for reading",
        _ => e.Message,
    };

    private string Written => names.Secrets is { } secrets
        ? $"{names.ImAddress}, {names.LogicalUrl}, {names.PhysicalUrl} and {secrets}"
        : $"{names.ImAddress}, {names.LogicalUrl} and {names.PhysicalUrl}";
}
