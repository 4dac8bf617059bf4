using Rvp.Protocol;

namespace RvpServer.Directories;

/// <summary>
/// Account operations for administrators, for any directory. All throw <see cref="AccountException"/> for operations that are not possible,
/// <see cref="Storage.StoreException"/> or <see cref="DirectoryException"/> when store or directory do not answer.
/// </summary>
internal interface IAccounts
{
    /// <summary>Whether an account must have a password here; otherwise it may be checked elsewhere.</summary>
    bool NeedsPassword { get; }

    /// <summary>
    /// True if a password that is set here is proven on this machine alone: people whose home server is elsewhere need one there, and callers of other home
    /// servers one on each.
    /// </summary>
    bool KeepsPasswordsHere => false;

    /// <summary>The accounts of one IM domain, whose directory may be another: these rules and changes are that one's.</summary>
    IAccounts In(string domain) => this;

    /// <summary>
    /// Enables an account. Somebody who has one keeps it as it is: that is an <see cref="AccountException"/> with the address and home server.
    /// </summary>
    Task<Account> AddAsync(NewAccount wanted, CancellationToken stop);

    /// <summary>
    /// Enables many and counts them; an error names the line, and says what was done. The local directory takes all or none. LDAP cannot: there the accounts
    /// before the error stay, and the same file once more goes on with the rest, since those that are as wanted are left alone and counted too.
    /// </summary>
    Task<int> ImportAsync(IEnumerable<(int Line, NewAccount Account)> source, Action<int> onRead, CancellationToken stop);

    /// <summary>All accounts.</summary>
    Task<IReadOnlyList<Account>> ListAsync(CancellationToken stop);

    /// <summary>The account with this address, otherwise the one whose node has this name in the domain; null if there is none.</summary>
    Task<Account?> FindAsync(ImAddress address, string? domain, CancellationToken stop);

    /// <summary>The people of the directory, with or without account, in its order.</summary>
    IAsyncEnumerable<DirectoryPerson> FindPeopleAsync(PeopleQuery query, CancellationToken stop);

    /// <summary>Gives it another display name.</summary>
    Task SetDisplayNameAsync(Account account, string name, CancellationToken stop) =>
        throw new AccountException("Your name is that of your organisation's directory: have it changed there.");

    /// <summary>Enables or disables it; addresses, home server and password stay for the next time.</summary>
    Task SetEnabledAsync(Account account, bool isEnabled, CancellationToken stop);

    /// <summary>Deletes an account and what is stored about it.</summary>
    Task RemoveAsync(Account account, CancellationToken stop);

    /// <summary>Deletes the messages that are kept as its history here; nobody else's.</summary>
    Task ForgetHistoryAsync(Account account, CancellationToken stop);

    /// <summary>Replaces the password; see <see cref="KeepsPasswordsHere"/>.</summary>
    Task SetPasswordAsync(Account account, string password, CancellationToken stop);

    /// <summary>Adds a further address.</summary>
    Task AddAddressAsync(Account account, ImAddress address, CancellationToken stop);

    /// <summary>Removes a further address.</summary>
    Task RemoveAddressAsync(Account account, ImAddress address, CancellationToken stop);

    /// <summary>Gives it another home server.</summary>
    Task MoveAsync(Account account, string? home, CancellationToken stop);
}
