namespace RvpServer.Directories;

/// <summary>Where accounts are looked up: the local store, or LDAP.</summary>
internal interface IDirectory
{
    /// <summary>
    /// The account whose node is <c>/instmsg/aliases/<paramref name="name"/></c> in the IM domain, by its own name or one of its further
    /// addresses, without case. Null where there is none. Disabled accounts are found; see <see cref="Account.IsEnabled"/>.
    /// Throws <see cref="DirectoryException"/> when nobody can tell.
    /// </summary>
    ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop);

    /// <summary>What the account's password is proven with; null where the directory has nothing.</summary>
    ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop);

    /// <summary>Grows whenever accounts may have changed: whoever keeps something derived from them looks again.</summary>
    long Version { get; }

    /// <summary>Throws <see cref="DirectoryException"/> where the directory does not answer: for readiness.</summary>
    Task CheckAsync(CancellationToken stop);
}

/// <summary>The directory cannot tell at the moment; the message is for the log.</summary>
internal sealed class DirectoryException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>An account as the directory has it.</summary>
/// <param name="Domain">IM domain, lower case.</param>
/// <param name="Name">The name in the logical URL, as registered.</param>
/// <param name="DisplayName">Shown name; never empty.</param>
/// <param name="Email">Primary IM address.</param>
/// <param name="Addresses">All IM addresses, the primary one first.</param>
/// <param name="HomeServer">Name of the hosting virtual server (here) or its host name (elsewhere); null: any home server of the domain.</param>
/// <param name="IsEnabled">False: exists, but is not served.</param>
internal sealed record Account(string Domain, string Name, string DisplayName, string Email, IReadOnlyList<string> Addresses, string? HomeServer, bool IsEnabled);

/// <summary>What proves an account's password. Never the password itself.</summary>
/// <param name="Ha1">Username form as typed → MD5(username:realm:password), 16 bytes; keys compare ordinally.</param>
/// <param name="NtHash">MD4 of the UTF-16LE password, 16 bytes; null where there is none.</param>
internal sealed record AccountSecrets(IReadOnlyDictionary<string, byte[]> Ha1, byte[]? NtHash);
