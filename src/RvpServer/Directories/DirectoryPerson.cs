namespace RvpServer.Directories;

/// <summary>A person of the directory, who is enabled or can be.</summary>
/// <param name="Id">What <see cref="NewAccount.Person"/> finds the person by: the distinguished name; in the local directory the account's address.</param>
/// <param name="AccountName">The name used to sign in to Windows or Unix; in the local directory the account's name. Empty if there is none.</param>
/// <param name="DisplayName">The name for people to read; never empty.</param>
/// <param name="Mail">Mail address; null if there is none.</param>
/// <param name="Account">The account, enabled or not; null: never enabled.</param>
/// <param name="IsDisabled">True if the directory itself has disabled the person, or let the person expire: nothing here can enable them.</param>
internal sealed record DirectoryPerson(string Id, string AccountName, string DisplayName, string? Mail, Account? Account, bool IsDisabled)
{
    /// <summary>Where they work; null where the directory does not say.</summary>
    public string? Department { get; init; }
}
