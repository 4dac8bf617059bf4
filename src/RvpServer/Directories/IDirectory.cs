using RvpServer.Runtime;

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

    /// <summary>
    /// The account of a person whom somebody else has proven: a domain controller, a ticket. Its name there need not be the name of its node, and
    /// another account may bear that name. Where the directory knows no such names, they are the same.
    /// </summary>
    ValueTask<Account?> FindBySignInNameAsync(string domain, SignInName name, CancellationToken stop) =>
        name.AccountName is { } own ? FindAsync(domain, own, stop) : new((Account?)null);

    /// <summary>What the account's password is proven with; null where the directory has nothing.</summary>
    ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop);

    /// <summary>Grows whenever accounts may have changed: whoever keeps something derived from them looks again.</summary>
    long Version { get; }

    /// <summary>Throws <see cref="DirectoryException"/> where the directory does not answer: for readiness.</summary>
    Task CheckAsync(CancellationToken stop);
}

/// <summary>What a person signs in to Windows with. One of the two at least.</summary>
/// <param name="AccountName"><c>JoBrown</c>, where the name is one of our own domain.</param>
/// <param name="PrincipalName"><c>JoBrown@adatum.com</c>, where it was written so; whoever has it given decides before the account name.</param>
internal sealed record SignInName(string? AccountName, string? PrincipalName)
{
    /// <summary>The part before the @ counts where what follows is <paramref name="realm"/>.</summary>
    public static SignInName OfPrincipal(string name, string realm)
    {
        var at = name.LastIndexOf('@');
        return new SignInName(name[(at + 1)..].Equals(realm, StringComparison.OrdinalIgnoreCase) ? name[..at] : null, name);
    }

    /// <inheritdoc/>
    public override string ToString() => AccountName + " " + PrincipalName;
}

/// <summary>The directory cannot tell at the moment; the message is for the log.</summary>
internal sealed class DirectoryException(string message, Exception? cause = null) : UnavailableException(message, cause);

/// <summary>An account as the directory has it.</summary>
/// <param name="Domain">IM domain, lower case.</param>
/// <param name="Name">The name in the logical URL, as registered.</param>
/// <param name="DisplayName">Shown name; never empty.</param>
/// <param name="Email">Primary IM address.</param>
/// <param name="Addresses">All IM addresses, the primary one first.</param>
/// <param name="HomeServer">Name of the hosting virtual server (here) or its host name (elsewhere); null: any home server of the domain.</param>
/// <param name="IsEnabled">False: exists, but is not served.</param>
internal sealed record Account(string Domain, string Name, string DisplayName, string Email, IReadOnlyList<string> Addresses, string? HomeServer,
    bool IsEnabled)
{
    /// <summary>True where looking this name up in the domain gives this account: there is no need to look.</summary>
    public bool IsNamed(string domain, string name) =>
        Domain.Equals(domain, StringComparison.OrdinalIgnoreCase) && Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What proves an account's password. Never the password itself.</summary>
/// <param name="Ha1">Username form as typed → MD5(username:realm:password), 16 bytes; keys compare ordinally.</param>
/// <param name="NtHash">MD4 of the UTF-16LE password, 16 bytes; null where there is none.</param>
internal sealed record AccountSecrets(IReadOnlyDictionary<string, byte[]> Ha1, byte[]? NtHash);
