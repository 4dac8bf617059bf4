using System.Collections.Frozen;
using Rvp.Ldap;
using RvpServer.Collections;
using RvpServer.Domains;

namespace RvpServer.Directories.Ldap;

/// <summary>Accounts in LDAP or Active Directory. Asks the directory every time; <see cref="CachedDirectory"/> caches.</summary>
internal sealed partial class LdapDirectory(
    LdapClient client, LdapAccountSettings settings, IReadOnlyList<ImDomain> domains, SecretMaker makeSecrets, TimeProvider time,
    ILogger<LdapDirectory> logger)
    : IDirectory, IDisposable
{
    // Enough to see that there are two.
    private const int MaxMatches = 8;
    private const int MaxProofsAtOnce = 16;
    private const int NtHashBytes = 16;
    private const int MaxBroken = 1000;

    // From Active Directory; other directories do not have it.
    private const string PrincipalName = "userPrincipalName";

    private readonly LdapAccountMap map = new(settings, domains);
    // The entries with secrets of no use that the log has told of, each with the hash of its text: a sign-in every minute must not fill it.
    private readonly LruMap<string, int> broken = new(MaxBroken);
    private readonly SemaphoreSlim proofs = new(MaxProofsAtOnce, MaxProofsAtOnce);

    /// <inheritdoc/>
    /// <remarks>The directory does not report changes; <see cref="CachedDirectory"/> handles that.</remarks>
    public long Version => 0;

    /// <inheritdoc/>
    public async ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop)
    {
        if (map.FindDomain(domain) is not { } imDomain) return null;
        if (await FindEntryAsync(imDomain, name, map.Attributes, stop) is not { } entry) return null;
        var account = map.ToAccount(entry, imDomain, time.GetUtcNow(), out var trouble);
        if (trouble is not null) Log.BadEntry(logger, trouble);
        return account;
    }

    /// <inheritdoc/>
    public async ValueTask<Account?> FindBySignInNameAsync(string domain, SignInName name, CancellationToken stop)
    {
        if (map.FindDomain(domain) is not { } imDomain) return null;
        (string Attribute, string? Value)[] names = [(PrincipalName, name.PrincipalName), (settings.Attributes.AccountName, name.AccountName)];
        var filter = LdapFilter.And(settings.UserFilter,
            LdapFilter.Or(names.Where(n => n.Value is not null).Select(n => LdapFilter.Equal(n.Attribute, n.Value!))));
        var found = await SearchAsync(new LdapSearch(settings.BaseDn, LdapScope.WholeSubtree, filter, [.. map.Attributes, PrincipalName], MaxMatches), stop);
        // An account with this principal name comes before one with this account name.
        foreach (var (attribute, value) in names)
        {
            var matches = value is null ? [] : found.Where(entry => value.Equals(entry.Text(attribute), StringComparison.OrdinalIgnoreCase)).ToList();
            if (matches.Count > 1) throw Several(value!, domain, matches);
            if (matches.Count == 1) return map.DomainOf(matches[0]) == imDomain ? map.ToAccount(matches[0], imDomain, time.GetUtcNow(), out _) : null;
        }
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop)
    {
        string[] wanted = [.. new[] { settings.Attributes.NtHash, settings.Attributes.Password, settings.Attributes.Secrets }.OfType<string>()];
        if (wanted.Length == 0 || map.FindDomain(account.Domain) is not { } domain) return null;
        // An NT hash is as good as the password: neither is requested over an unencrypted connection.
        if (!settings.Connection.EncryptsAlways)
        {
            Log.SecretsNeedTls(logger);
            return null;
        }
        if (await FindEntryAsync(domain, account.Name, [.. map.Attributes, .. wanted], stop) is not { } entry) return null;
        return Secrets(entry, account) is { } secrets ? secrets with { Owner = map.IdOf(entry) } : null;
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> FindPictureAsync(Account account, CancellationToken stop)
    {
        if (settings.Attributes.Picture is not { } attribute || map.FindDomain(account.Domain) is not { } domain) return null;
        return (await FindEntryAsync(domain, account.Name, [.. map.Attributes, attribute], stop))?.Bytes(attribute);
    }

    /// <summary>
    /// Whether <paramref name="password"/> is the account's: signs in to the directory with it, over TLS only. False for wrong and empty passwords and for
    /// unknown accounts. Throws <see cref="DirectoryException"/> when the directory does not answer.
    /// </summary>
    public async Task<bool> ProveByBindAsync(Account account, string password, CancellationToken stop)
    {
        if (password.Length == 0 || map.FindDomain(account.Domain) is not { } domain) return false;
        if (!settings.Connection.EncryptsAlways) throw new DirectoryException("Passwords are shown to the directory over TLS only: use StartTls or ldaps");
        if (await FindEntryAsync(domain, account.Name, map.Attributes, stop) is not { } entry || map.IdOf(entry) != account.Id) return false;
        await proofs.WaitAsync(stop);
        try
        {
            await using var connection = await client.DialAsync(entry.Dn, password, stop);
            return true;
        }
        catch (LdapException e) when (e.Code is LdapResultCode.InvalidCredentials or LdapResultCode.InappropriateAuthentication)
        {
            return false;
        }
        catch (Exception e) when (e is LdapException or LdapUnavailableException)
        {
            throw new DirectoryException(e.Message, e);
        }
        finally
        {
            proofs.Release();
        }
    }

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken stop)
    {
        // The base itself: only this shows a connection that has lost its sign-in, or a wrong BaseDn.
        var search = new LdapSearch(settings.BaseDn, LdapScope.BaseObject, LdapFilter.Present("objectClass"), ["1.1"], 1);
        await SearchAsync(search, stop);
    }

    /// <inheritdoc/>
    public void Dispose() => proofs.Dispose();

    private async Task<LdapEntry?> FindEntryAsync(ImDomain domain, string name, IReadOnlyList<string> attributes, CancellationToken stop)
    {
        if (map.FilterFor(domain, name) is not { } filter) return null;
        var found = await SearchAsync(new LdapSearch(settings.BaseDn, LdapScope.WholeSubtree, filter, attributes, MaxMatches), stop);
        var matches = found.Where(entry => map.IsNamed(entry, domain, name)).ToList();
        return matches.Count <= 1 && found.Count < MaxMatches ? matches.FirstOrDefault() : throw Several(name, domain.Name, matches);
    }

    private DirectoryException Several(string name, string domain, IReadOnlyList<LdapEntry> entries)
    {
        var names = string.Join(" and ", entries.Select(entry => entry.Dn));
        Log.Ambiguous(logger, name, domain, names);
        return new DirectoryException($"{name} of {domain} is several: {names}", new AmbiguousNameException());
    }

    private async Task<IReadOnlyList<LdapEntry>> SearchAsync(LdapSearch search, CancellationToken stop)
    {
        try
        {
            return (await client.SearchAsync(search, stop)).Entries;
        }
        catch (Exception e) when (e is LdapException or LdapUnavailableException)
        {
            throw new DirectoryException(e.Message, e);
        }
    }

    private byte[]? NtHash(LdapEntry entry)
    {
        if (settings.Attributes.NtHash is not { } attribute || entry.Text(attribute) is not { } text) return null;
        if (text.Length == 2 * NtHashBytes && text.All(char.IsAsciiHexDigit)) return Convert.FromHexString(text);
        Log.BadSecret(logger, attribute, entry.Dn);
        return null;
    }

    private AccountSecrets? Secrets(LdapEntry entry, Account account)
    {
        // What the directory has of its own comes first: a password that was set here opens nothing for which there is another.
        var hash = NtHash(entry);
        var made = Password(entry) is { } password ? makeSecrets(account, password) : null;
        if (made is not null) return hash is null ? made : made with { NtHash = hash };
        var shared = Shared(entry, account);
        if (hash is null) return shared;
        var theirs = new AccountSecrets(shared?.Ha1 ?? FrozenDictionary<string, byte[]>.Empty, hash);
        // Either password may change.
        return shared is null ? theirs : theirs with { Stamp = theirs.Stamp ^ shared.Stamp };
    }

    private AccountSecrets? Shared(LdapEntry entry, Account account)
    {
        if (settings.Secrets is not { } shared || settings.Attributes.Secrets is not { } attribute || entry.Text(attribute) is not { } text) return null;
        if (shared.TryOpen(account, text, out var secrets)) return secrets;
        bool isNews;
        lock (broken)
        {
            isNews = !broken.TryGet(entry.Dn, out var told) || told != text.GetHashCode(StringComparison.Ordinal);
            broken.Set(entry.Dn, text.GetHashCode(StringComparison.Ordinal));
        }
        if (isNews) Log.BadShared(logger, attribute, entry.Dn);
        return null;
    }

    // A prefix {SCHEME} says how it is stored; everything except clear text is a hash that cannot answer a challenge. [RFC 2307, 5.3]
    private string? Password(LdapEntry entry)
    {
        if (settings.Attributes.Password is not { } attribute || entry.Text(attribute) is not { } text) return null;
        var end = text.StartsWith('{') ? text.IndexOf('}', StringComparison.Ordinal) : -1;
        var scheme = end < 0 ? "" : text[1..end];
        if (end < 2 || !scheme.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '/' or '_')) return text;
        if (scheme.Equals("CLEARTEXT", StringComparison.OrdinalIgnoreCase)) return text[(end + 1)..] is { Length: > 0 } rest ? rest : null;
        Log.BadSecret(logger, attribute, entry.Dn);
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "LdapBadEntry", Level = LogLevel.Warning, Message = "{Trouble}; the account is not served")]
        public static partial void BadEntry(ILogger logger, string trouble);

        [LoggerMessage(EventName = "LdapAmbiguous", Level = LogLevel.Error,
            Message = "{Name} of {Domain} is several accounts: {Entries}; none of them is served under this name")]
        public static partial void Ambiguous(ILogger logger, string name, string domain, string entries);

        [LoggerMessage(EventName = "LdapSecretsNeedTls", Level = LogLevel.Warning,
            Message = "Passwords and hashes are read from the directory over TLS only: use StartTls or ldaps")]
        public static partial void SecretsNeedTls(ILogger logger);

        [LoggerMessage(EventName = "LdapBadSecret", Level = LogLevel.Warning,
            Message = "{Attribute} of {Entry} is of no use: neither 32 hexadecimal digits nor clear text")]
        public static partial void BadSecret(ILogger logger, string attribute, string entry);

        [LoggerMessage(EventName = "LdapBadSharedSecrets", Level = LogLevel.Warning,
            Message = "{Attribute} of {Entry} is of no use: it is broken, copied from another entry, or made with another key than OrganisationKeyFile's; "
                + "set the password again with rvpserver user passwd")]
        public static partial void BadShared(ILogger logger, string attribute, string entry);
    }
}
