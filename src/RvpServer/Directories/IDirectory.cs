using RvpServer.Runtime;

namespace RvpServer.Directories;

/// <summary>Where accounts are looked up: the local store, or LDAP.</summary>
internal interface IDirectory
{
    /// <summary>
    /// The account whose node is <c>/instmsg/aliases/<paramref name="name"/></c> in the IM domain, found by its own name or a further address, without case.
    /// Null if there is none. Also finds disabled accounts; see <see cref="Account.IsEnabled"/>. Throws <see cref="DirectoryException"/> when the directory
    /// does not answer.
    /// </summary>
    ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop);

    /// <summary>The same; nothing is looked up if <paramref name="known"/>, which was found already, has this name.</summary>
    ValueTask<Account?> FindAsync(string domain, string name, Account? known, CancellationToken stop) =>
        known is not null && known.IsNamed(domain, name) ? new(known) : FindAsync(domain, name, stop);

    /// <summary>
    /// The account of a person whose identity was proven elsewhere: to a domain controller, by a ticket. The person's name there may differ from the name of
    /// the node, and another account may have that name. If the directory has no such names, they are the same.
    /// </summary>
    ValueTask<Account?> FindBySignInNameAsync(string domain, SignInName name, CancellationToken stop) =>
        name.AccountName is { } own ? FindAsync(domain, own, stop) : new((Account?)null);

    /// <summary>The secrets that prove the account's password; null if the directory has none.</summary>
    ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop);

    /// <summary>
    /// Looks the account and its secrets up past what is kept of them, since a proof was wrong by that: the password may just have been changed. False if
    /// nothing is kept, or the directory cannot or should not be asked now.
    /// </summary>
    ValueTask<bool> TryRefreshAsync(Account account, CancellationToken stop) => new(false);

    /// <summary>The picture that the directory has of somebody; null if it has none.</summary>
    ValueTask<byte[]?> FindPictureAsync(Account account, CancellationToken stop) => new((byte[]?)null);

    /// <summary>The account's <see cref="PasswordStamp"/> now.</summary>
    async ValueTask<long> FindStampAsync(Account account, CancellationToken stop) => PasswordStamp.Of(account, await FindSecretsAsync(account, stop));

    /// <summary>
    /// All accounts with their <see cref="PasswordStamp"/>, where that costs much less than to look each of them up; else null.
    /// </summary>
    IAsyncEnumerable<StampedAccount>? ReadAllAsync(CancellationToken stop) => null;

    /// <summary>Forgets what is kept here of an account that the directory has not known for long.</summary>
    Task ForgetAsync(string domain, string name, CancellationToken stop) => Task.CompletedTask;

    /// <summary>Grows whenever accounts may have changed: code that caches anything made from them must check again.</summary>
    long Version { get; }

    /// <summary>Throws <see cref="DirectoryException"/> when the directory does not answer: for readiness.</summary>
    Task CheckAsync(CancellationToken stop);
}

/// <summary>The name with which a person signs in to Windows. At least one of the two forms is set.</summary>
/// <param name="AccountName"><c>JoBrown</c>, if the name belongs to our own domain.</param>
/// <param name="PrincipalName">
/// <c>JoBrown@adatum.com</c>, if it was written like that; an account with this principal name comes before one with the account name.
/// </param>
internal sealed record SignInName(string? AccountName, string? PrincipalName)
{
    /// <summary>The part before the @ is an account name only if <paramref name="realm"/> follows.</summary>
    public static SignInName OfPrincipal(string name, string realm)
    {
        var at = name.LastIndexOf('@');
        return new SignInName(name[(at + 1)..].Equals(realm, StringComparison.OrdinalIgnoreCase) ? name[..at] : null, name);
    }

    /// <inheritdoc/>
    public override string ToString() => AccountName + " " + PrincipalName;
}

/// <summary>The directory cannot answer at the moment; the message is for the log.</summary>
internal sealed class DirectoryException(string message, Exception? cause = null) : UnavailableException(message, cause);

/// <summary>An account as in the directory.</summary>
/// <param name="Domain">IM domain, lower case.</param>
/// <param name="Name">The name in the logical URL, as registered.</param>
/// <param name="DisplayName">Display name; never empty.</param>
/// <param name="Email">Primary IM address.</param>
/// <param name="Addresses">All IM addresses, the primary one first.</param>
/// <param name="HomeServer">
/// Name of the virtual server that hosts it (here) or host name of its home server (elsewhere); null: any home server of the domain.
/// </param>
/// <param name="IsEnabled">False: it exists but is not served.</param>
internal sealed record Account(string Domain, string Name, string DisplayName, string Email, IReadOnlyList<string> Addresses, string? HomeServer,
    bool IsEnabled)
{
    /// <summary>Stays the same when the account is renamed, and never comes back for another one; empty if the directory gives none.</summary>
    public string Id { get; init; } = "";

    /// <summary>Changes with a password that only the directory knows; empty if it does not say.</summary>
    public string PasswordMark { get; init; } = "";

    /// <summary>The name with which the person signs in to Windows or Unix, where it is another than <see cref="Name"/>; else empty.</summary>
    public string SignInName { get; init; } = "";

    /// <summary>What tells the account from all others, also from a later one under its name.</summary>
    public string Key => Id.Length > 0 ? Id : $"{Domain}/{Name.ToUpperInvariant()}";

    /// <summary>True where looking this name up in the domain gives this account: there is no need to look.</summary>
    public bool IsNamed(string domain, string name) =>
        Domain.Equals(domain, StringComparison.OrdinalIgnoreCase) && Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What is needed to check an account's password. Never the password itself.</summary>
/// <param name="Ha1">Form of the user name as typed → MD5(username:realm:password), 16 bytes; keys compare ordinally.</param>
/// <param name="NtHash">MD4 of the UTF-16LE password, 16 bytes; null if there is none.</param>
internal sealed record AccountSecrets(IReadOnlyDictionary<string, byte[]> Ha1, byte[]? NtHash)
{
    /// <summary>The <see cref="Account.Id"/> of whose they are; empty if it is not known.</summary>
    public string Owner { get; init; } = "";

    /// <summary>
    /// False if they are those of an earlier or a later account of the same name: an account and its secrets are read one after the other, and it may be made
    /// once more in between.
    /// </summary>
    public bool AreOf(Account account) => Owner.Length == 0 || account.Id.Length == 0 || Owner == account.Id;

    /// <summary>Another number for each password that was set; made from the hashes where no other was kept with them.</summary>
    public long Stamp
    {
        get => field != 0 ? field : field = PasswordStamp.Of(this);
        init;
    }

    /// <summary>The account's <see cref="PasswordStamp"/> of the last time: every proof needs it.</summary>
    internal StampedAccount? LastStamped { get; set; }
}

/// <summary>An account with its <see cref="PasswordStamp"/>.</summary>
internal sealed record StampedAccount(Account Account, long Stamp);
