using Rvp.Protocol;

namespace RvpServer.Directories;

/// <summary>
/// What administrators do with accounts, wherever these are. All throw <see cref="AccountException"/> for what cannot be done,
/// <see cref="Storage.StoreException"/> or <see cref="DirectoryException"/> where nobody answers.
/// </summary>
internal interface IAccounts
{
    /// <summary>Whether an account must have a password here; else it may be proven elsewhere.</summary>
    bool NeedsPassword { get; }

    /// <summary>Enables an account.</summary>
    Task<Account> AddAsync(NewAccount wanted, CancellationToken stop);

    /// <summary>Enables many, all or none; a line that cannot be is named.</summary>
    Task<int> ImportAsync(IEnumerable<(int Line, NewAccount Account)> source, Action<int> onRead, CancellationToken stop);

    /// <summary>All accounts.</summary>
    Task<IReadOnlyList<Account>> ListAsync(CancellationToken stop);

    /// <summary>The account that has an address, else the one whose node the name in the domain is; null where there is none.</summary>
    Task<Account?> FindAsync(ImAddress address, string? domain, CancellationToken stop);

    /// <summary>Serves it again, or no longer.</summary>
    Task SetEnabledAsync(Account account, bool isEnabled, CancellationToken stop);

    /// <summary>Ends an account and what is stored of it.</summary>
    Task RemoveAsync(Account account, CancellationToken stop);

    /// <summary>Replaces the password.</summary>
    Task SetPasswordAsync(Account account, string password, CancellationToken stop);

    /// <summary>Gives it a further address.</summary>
    Task AddAddressAsync(Account account, ImAddress address, CancellationToken stop);

    /// <summary>Takes a further address away.</summary>
    Task RemoveAddressAsync(Account account, ImAddress address, CancellationToken stop);

    /// <summary>Gives it another home server.</summary>
    Task MoveAsync(Account account, string? home, CancellationToken stop);
}
