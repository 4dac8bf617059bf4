using RvpServer.Directories.Local;

namespace RvpServer.Directories;

/// <summary>Which part of the accounts, in the order of domain and name.</summary>
internal sealed record AccountPart
{
    /// <summary>The most accounts in one part.</summary>
    public const int MaxAccounts = 1000;

    /// <summary>A part of the name, the display name or an address, without case; null: all accounts.</summary>
    public string? Text { get; init; }

    /// <summary>Only accounts of these IM domains; null: of all.</summary>
    public IReadOnlySet<string>? Domains { get; init; }

    /// <summary>Only those behind this account.</summary>
    public LookupKey Behind { get; init; } = new("", "");

    /// <summary>How many, from 1 to <see cref="MaxAccounts"/>.</summary>
    public int Max { get; init; } = 100;

    /// <summary>Accounts in the order of the parts.</summary>
    public static IEnumerable<Account> InOrder(IEnumerable<Account> accounts) => accounts
        .OrderBy(account => account.Domain, StringComparer.Ordinal).ThenBy(account => AccountRows.KeyOf(account.Name), StringComparer.Ordinal);

    /// <summary>Reads this part, of accounts that may have to be read as a whole for it.</summary>
    public async Task<IReadOnlyList<Account>> ReadAsync(IAccounts accounts, CancellationToken stop)
    {
        if (accounts is IReadsParts parts) return await parts.ReadPartAsync(this, stop);
        var behind = (Behind.Domain.ToLowerInvariant(), AccountRows.KeyOf(Behind.Name));
        return
        [
            .. InOrder((await accounts.ListAsync(stop))
                    .Where(account => Domains is null || Domains.Contains(account.Domain))
                    .Where(account => string.IsNullOrEmpty(Text) || account.Addresses.Append(account.Name).Append(account.DisplayName)
                        .Any(name => name.Contains(Text, StringComparison.OrdinalIgnoreCase))))
                .Where(account => Compare((account.Domain, AccountRows.KeyOf(account.Name)), behind) > 0).Take(Max),
        ];
    }

    private static int Compare((string Domain, string Name) one, (string Domain, string Name) other) =>
        string.CompareOrdinal(one.Domain, other.Domain) is not 0 and var byDomain ? byDomain : string.CompareOrdinal(one.Name, other.Name);
}

/// <summary>Accounts that are read in parts fast, however many there are.</summary>
internal interface IReadsParts
{
    /// <summary>One part.</summary>
    Task<IReadOnlyList<Account>> ReadPartAsync(AccountPart part, CancellationToken stop);
}
