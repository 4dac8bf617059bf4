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

    /// <summary>Enables an account.</summary>
    Task<Account> AddAsync(NewAccount wanted, CancellationToken stop);

    /// <summary>Enables many, all or none; an error names the line.</summary>
    Task<int> ImportAsync(IEnumerable<(int Line, NewAccount Account)> source, Action<int> onRead, CancellationToken stop);

    /// <summary>All accounts.</summary>
    Task<IReadOnlyList<Account>> ListAsync(CancellationToken stop);

    /// <summary>The account with this address, otherwise the one whose node has this name in the domain; null if there is none.</summary>
    Task<Account?> FindAsync(ImAddress address, string? domain, CancellationToken stop);

    /// <summary>Enables or disables it.</summary>
    Task SetEnabledAsync(Account account, bool isEnabled, CancellationToken stop);

    /// <summary>Deletes an account and what is stored about it.</summary>
    Task RemoveAsync(Account account, CancellationToken stop);

    /// <summary>Replaces the password.</summary>
    Task SetPasswordAsync(Account account, string password, CancellationToken stop);

    /// <summary>Adds a further address.</summary>
    Task AddAddressAsync(Account account, ImAddress address, CancellationToken stop);

    /// <summary>Removes a further address.</summary>
    Task RemoveAddressAsync(Account account, ImAddress address, CancellationToken stop);

    /// <summary>Gives it another home server.</summary>
    Task MoveAsync(Account account, string? home, CancellationToken stop);
}
