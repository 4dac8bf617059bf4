using RvpServer.Administration;
using RvpServer.Directories;

namespace RvpServer.Admin;

/// <summary>An account, as the API shows it.</summary>
/// <param name="Address">Primary IM address.</param>
/// <param name="Addresses">All IM addresses, the primary one first.</param>
/// <param name="DisplayName">Display name.</param>
/// <param name="Domain">IM domain.</param>
/// <param name="Name">The name in the logical URL.</param>
/// <param name="Home">Name of a virtual server here, or host of a home server elsewhere; null: any of the domain.</param>
/// <param name="Enabled">False: it exists but is not served.</param>
/// <param name="Id">Stays the same when the account is renamed; empty if the directory gives none.</param>
/// <param name="LogicalUrl">Logical URL.</param>
/// <param name="PhysicalUrl">Physical URL; null: the home server is not configured.</param>
/// <param name="Version">The value for If-Match.</param>
internal sealed record ApiAccount(
    string Address, IReadOnlyList<string> Addresses, string DisplayName, string Domain, string Name, string? Home, bool Enabled, string Id, string LogicalUrl,
    string? PhysicalUrl, string Version)
{
    public static ApiAccount Of(Account account, UserHomes homes) => new(
        account.Email, account.Addresses, account.DisplayName, account.Domain, account.Name, account.HomeServer, account.IsEnabled, account.Id,
        homes.LogicalUrl(account).Spelling, homes.PhysicalUrl(account), AccountVersion.Of(account));

    /// <summary>The account itself.</summary>
    public Account ToAccount() => new(Domain, Name, DisplayName, Address, Addresses, Home, Enabled) { Id = Id };
}

/// <summary>One part of the accounts.</summary>
/// <param name="Accounts">By IM domain and name.</param>
/// <param name="Next">The value of <c>after</c> for the next part; null: this is the last.</param>
internal sealed record ApiAccounts(IReadOnlyList<ApiAccount> Accounts, string? Next);

/// <summary>An account to be enabled.</summary>
/// <param name="Address">IM address.</param>
/// <param name="Domain">IM domain; null: that of the address.</param>
/// <param name="DisplayName">Null: the name.</param>
/// <param name="Home">Home server; null: the domain's first.</param>
/// <param name="Password">Null where the directory proves it.</param>
/// <param name="Person">How the directory knows the person; null: by the address.</param>
/// <param name="Unchecked">True: a home server elsewhere is taken without looking whether there is one.</param>
/// <param name="Line">The line of an import, for messages.</param>
internal sealed record ApiNewAccount(
    string Address, string? Domain = null, string? DisplayName = null, string? Home = null, string? Password = null, string? Person = null,
    bool Unchecked = false, int Line = 0);

/// <summary>Whether an account is served.</summary>
internal sealed record ApiState(bool Enabled);

/// <summary>A new password.</summary>
internal sealed record ApiPassword(string Password);

/// <summary>A home server.</summary>
/// <param name="Home">A virtual server's name, or a host elsewhere; null: the domain's first.</param>
/// <param name="Unchecked">True: a host elsewhere is taken without looking whether there is a home server.</param>
internal sealed record ApiHome(string? Home, bool Unchecked = false);

/// <summary>How many accounts were imported.</summary>
internal sealed record ApiImported(int Imported);
