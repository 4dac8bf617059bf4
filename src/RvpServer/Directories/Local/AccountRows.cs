using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using static RvpServer.Storage.Sql;

namespace RvpServer.Directories.Local;

/// <summary>Reads and finds account rows. Plain SQL over ADO.NET, not specific to one engine.</summary>
internal static class AccountRows
{
    private const string Select = """
        SELECT a.id, a.domain, a.name, a.display_name, a.home, a.enabled, d.address, a.uid, s.stamp
        FROM accounts a JOIN addresses d ON d.account = a.id LEFT JOIN secrets s ON s.account = a.id
        """;

    private const string InOrder = " ORDER BY a.domain, a.name_key, d.position";

    /// <summary>The key for comparing names and addresses: texts that are equal without case have the same key.</summary>
    public static string KeyOf(string text) => text.ToUpperInvariant();

    /// <summary>The account of a node name, which is its own name or that of one of its addresses.</summary>
    public static Task<StoredAccount?> FindAsync(DbConnection connection, string domain, string name, CancellationToken stop) =>
        FirstAsync(connection, """
             WHERE a.id IN (SELECT id FROM accounts WHERE domain = @domain AND name_key = @name
                UNION SELECT account FROM addresses WHERE domain = @domain AND name_key = @name)
            """, stop, ("@domain", domain.ToLowerInvariant()), ("@name", KeyOf(name)));

    /// <summary>The account that has an address.</summary>
    public static Task<StoredAccount?> FindByAddressAsync(DbConnection connection, string address, CancellationToken stop) =>
        FirstAsync(connection, " WHERE a.id = (SELECT account FROM addresses WHERE address_key = @address)", stop, ("@address", KeyOf(address)));

    /// <summary>The first account that has secrets.</summary>
    public static Task<StoredAccount?> FindWithSecretsAsync(DbConnection connection, CancellationToken stop) =>
        FirstAsync(connection, " WHERE a.id = (SELECT MIN(account) FROM secrets)", stop);

    /// <summary>All accounts by domain and name.</summary>
    public static IAsyncEnumerable<StoredAccount> ReadAllAsync(DbConnection connection, CancellationToken stop) => ReadAsync(connection, "", [], stop);

    /// <summary>One part of the accounts, by domain and name.</summary>
    public static IAsyncEnumerable<StoredAccount> ReadPartAsync(DbConnection connection, AccountPart part, CancellationToken stop)
    {
        var visible = (part.Domains ?? new HashSet<string>()).Select((domain, i) => (Name: $"@domain{i}", Value: (object?)domain.ToLowerInvariant())).ToList();
        var only = part.Domains is null ? "" : $" AND f.domain IN ({string.Join(", ", visible.Select(domain => domain.Name))})";
        var named = string.IsNullOrEmpty(part.Text) ? "" : """
             AND (f.name_key LIKE @key ESCAPE '!' OR upper(f.display_name) LIKE @typed ESCAPE '!' OR upper(f.display_name) LIKE @key ESCAPE '!'
                OR f.id IN (SELECT d.account FROM addresses d WHERE d.address_key LIKE @key ESCAPE '!'))
            """;
        return ReadAsync(connection, $"""
             WHERE a.id IN (SELECT f.id FROM accounts f WHERE (f.domain, f.name_key) > (@domain, @name){only}{named}
                ORDER BY f.domain, f.name_key LIMIT @max)
            """,
            [
                ("@domain", part.Behind.Domain.ToLowerInvariant()), ("@name", KeyOf(part.Behind.Name)), ("@key", Containing(part.Text ?? "")),
                ("@typed", Containing(part.Text ?? "", UpperAscii)), ("@max", part.Max), .. visible,
            ],
            stop);
    }

    /// <summary>The pattern of texts that contain this one, for <c>LIKE … ESCAPE '!'</c>; those that are compared are keys unless said otherwise.</summary>
    public static string Containing(string text, Func<string, string>? toKey = null) =>
        "%" + (toKey ?? KeyOf)(text).Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal)
            .Replace("_", "!_", StringComparison.Ordinal) + "%";

    // What a database makes upper case: a display name is found in other letters than these only as it is typed.
    private static string UpperAscii(string text) => string.Concat(text.Select(letter => char.IsAscii(letter) ? char.ToUpperInvariant(letter) : letter));

    /// <summary>What <see cref="SecretVault"/> wrote; null if the account has none.</summary>
    public static async Task<(byte[] Protected, long Stamp, string Owner)?> ReadSecretsAsync(
        DbConnection connection, string domain, string name, CancellationToken stop)
    {
        await using var command = Command(connection,
            "SELECT s.protected, s.stamp, a.uid FROM secrets s JOIN accounts a ON a.id = s.account WHERE a.domain = @domain AND a.name_key = @name",
            ("@domain", domain), ("@name", KeyOf(name)));
        await using var row = await command.ExecuteReaderAsync(stop);
        return await row.ReadAsync(stop) ? ((byte[])row.GetValue(0), row.GetInt64(1), row.GetString(2)) : null;
    }

    /// <summary>Grows with every write to an account, by any process.</summary>
    public static async Task<long> ReadVersionAsync(DbConnection connection, CancellationToken stop)
    {
        await using var command = Command(connection, "SELECT value FROM counters WHERE name = 'accounts'");
        return Convert.ToInt64(await command.ExecuteScalarAsync(stop), CultureInfo.InvariantCulture);
    }

    private static async Task<StoredAccount?> FirstAsync(
        DbConnection connection, string where, CancellationToken stop, params (string Name, object? Value)[] parameters)
    {
        await foreach (var account in ReadAsync(connection, where, parameters, stop)) return account;
        return null;
    }

    private static async IAsyncEnumerable<StoredAccount> ReadAsync(
        DbConnection connection, string where, (string Name, object? Value)[] parameters, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var command = Command(connection, Select + where + InOrder, parameters);
        await using var row = await command.ExecuteReaderAsync(stop);
        StoredAccount? current = null;
        var addresses = new List<string>();
        while (await row.ReadAsync(stop))
        {
            if (current is not null && current.Id != row.GetInt64(0))
            {
                yield return With(current, addresses);
                current = null;
                addresses.Clear();
            }
            addresses.Add(row.GetString(6));
            // Many accounts are kept: those of one domain and one server share its name.
            current ??= new StoredAccount(row.GetInt64(0), new Account(string.Intern(row.GetString(1)), row.GetString(2), row.GetString(3), addresses[0],
                [], row.IsDBNull(4) ? null : string.Intern(row.GetString(4)), row.GetInt32(5) != 0)
            { Id = row.GetString(7) }, row.IsDBNull(8) ? 0 : row.GetInt64(8));
        }
        if (current is not null) yield return With(current, addresses);
    }

    private static StoredAccount With(StoredAccount stored, List<string> addresses) =>
        stored with { Account = stored.Account with { Addresses = addresses.ToArray() } };
}

/// <summary>An account and the id of its row.</summary>
/// <param name="Id">Id of the row; a later account may get it again, unlike <see cref="Account.Id"/>.</param>
/// <param name="Account">The account.</param>
/// <param name="Stamp">The stamp of its secrets; 0 if it has none.</param>
internal sealed record StoredAccount(long Id, Account Account, long Stamp);
