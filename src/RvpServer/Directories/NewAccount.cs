using Rvp.Protocol;

namespace RvpServer.Directories;

/// <summary>An account to be enabled.</summary>
/// <param name="Domain">IM domain.</param>
/// <param name="Address">Primary address; the part before the @ becomes the account's name.</param>
/// <param name="DisplayName">Null: the name.</param>
/// <param name="Home">Name of a virtual server here or a host elsewhere; null: any home server of the domain.</param>
/// <param name="Password">Never stored as it is; null: it is checked elsewhere, which the local directory does not support.</param>
internal sealed record NewAccount(string Domain, ImAddress Address, string? DisplayName, string? Home, string? Password)
{
    /// <summary>
    /// How the directory knows the person: distinguished name (see <see cref="DirectoryPerson.Id"/>), account name, principal name or mail address. Null: the
    /// person is found by the IM address. Only for directories that have people without accounts.
    /// </summary>
    public string? Person { get; init; }

    /// <summary>Whether the home server is to be taken without a look whether there is one: <see cref="HomeSearch"/>.</summary>
    public bool IsHomeUnchecked { get; init; }

    /// <summary>The account as the directory will return it.</summary>
    public Account ToAccount() =>
        new(Domain.ToLowerInvariant(), Address.Name, DisplayName ?? Address.Name, Address.ToString(), [Address.ToString()], Home, true);
}
