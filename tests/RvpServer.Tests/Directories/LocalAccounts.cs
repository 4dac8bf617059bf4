using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Directories;

/// <summary>Accounts in a store of their own, with secrets that a test can foresee.</summary>
internal sealed class LocalAccounts : IDisposable
{
    private readonly TempFolder directory = new();

    public LocalAccounts(PasswordRules? rules = null, bool onPostgres = false)
    {
        Rules = rules ?? Rules;
        Database = onPostgres ? PostgresDatabase.Prepare(TestPostgres.Create()) : SqliteFile.Prepare(directory.File(SqliteFile.Name));
        Keys = SecretVault.OpenKeys(Database, directory.Path);
        Accounts = new Accounts(Database, Keys, MakeSecrets, Rules);
    }

    /// <summary>Most tests have short passwords.</summary>
    public PasswordRules Rules { get; } = new(1);

    public IDatabase Database { get; }

    /// <summary>Where the database is one.</summary>
    public SqliteFile File => (SqliteFile)Database;

    public IDataProtectionProvider Keys { get; }

    public Accounts Accounts { get; }

    public string DataDirectory => directory.Path;

    public static ImAddress Address(string text) => TestAccount.AddressOf(text);

    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16];

    public static AccountSecrets MakeSecrets(Account account, string password) =>
        new(account.Addresses.Append(account.Name).ToDictionary(form => form, form => HashOf(form + ":" + password), StringComparer.Ordinal), HashOf(password));

    public Task<Account> AddAsync(string address, string password = "Pass-Word-1", string? display = null, string? home = null,
        string domain = "im.adatum.com") =>
        Accounts.AddAsync(new NewAccount(domain, Address(address), display, home, password), CancellationToken.None);

    public Task<Account?> FindAsync(string address) => Accounts.FindAsync(Address(address), "im.adatum.com", CancellationToken.None);

    public long ReadNumber(string sql)
    {
        using var connection = Database.Open();
        using var command = Sql.Command(connection, sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public int Execute(string sql)
    {
        using var connection = Database.Open();
        using var command = Sql.Command(connection, sql);
        return command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        (Database as PostgresDatabase)?.Source.Dispose();
        directory.Dispose();
    }
}
