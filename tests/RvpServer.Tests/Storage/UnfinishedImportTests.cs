using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Storage;
using RvpServer.Tests.Directories;

namespace RvpServer.Tests.Storage;

/// <summary>An import is all or nothing, and holds nobody up meanwhile.</summary>
public abstract class UnfinishedImportTests(bool onPostgres) : IDisposable
{
    private const string Third =
        "INSERT INTO accounts (uid, domain, name, name_key, display_name, enabled) VALUES ('x', 'im.adatum.com', 'third', 'THIRD', 'Third', 1) RETURNING id";

    private readonly LocalAccounts local = new(onPostgres: onPostgres);

    public void Dispose()
    {
        local.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Others_write_while_accounts_are_imported()
    {
        var rows = Enumerable.Range(1, 1000).Select(i => (i, New($"person{i}@adatum.com")));
        var import = Task.Run(() => local.Accounts.ImportAsync(rows, _ => { }, CancellationToken.None));
        await Deadline.Until(() => local.ReadNumber("SELECT COUNT(*) FROM accounts") is > 0 and < 1000, "an import under way", () => import.Status.ToString());

        local.Execute("UPDATE counters SET value = value + 1 WHERE name = 'next_id'");

        Assert.False(import.IsCompleted);
        Assert.Equal(1000, await import);
        Assert.Equal(1000, local.ReadNumber("SELECT COUNT(*) FROM secrets"));
        Assert.Equal(0, local.ReadNumber("SELECT COUNT(*) FROM unfinished_import"));
    }

    [Fact]
    public async Task One_that_fails_late_takes_everything_back()
    {
        await local.AddAsync("JoBrown@adatum.com");
        var rows = Enumerable.Range(1, 300).Select(i => (i, New($"person{i}@adatum.com"))).Append((301, New("JoBrown@adatum.com")));

        var failure = await Assert.ThrowsAsync<AccountException>(() => local.Accounts.ImportAsync(rows, _ => { }, CancellationToken.None));

        Assert.Equal("Line 301: JoBrown@adatum.com has an account already. Nothing was imported.", failure.Message);
        foreach (var table in new[] { "accounts", "addresses", "secrets" }) Assert.Equal(1, local.ReadNumber($"SELECT COUNT(*) FROM {table}"));
    }

    [Fact]
    public async Task One_that_goes_on_is_left_alone_and_another_is_refused()
    {
        await using var connection = local.Database.Open();
        await using var import = await UnfinishedImport.BeginAsync(local.Database, connection, CancellationToken.None);
        await import.WriteAsync([1], async _ =>
        {
            await using var command = Sql.Command(connection, Third);
            return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
        }, CancellationToken.None);

        await UnfinishedImport.UndoAsync(local.Database, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<StoreException>(
            () => local.Accounts.ImportAsync([(1, New("second@adatum.com"))], _ => { }, CancellationToken.None));

        Assert.Equal("Another import is under way.", refused.Message);
        Assert.Equal(1, local.ReadNumber("SELECT COUNT(*) FROM accounts"));
    }

    [Fact]
    public async Task One_whose_process_was_killed_is_taken_back_by_the_running_server()
    {
        await using var server = await TestServer.StartAsync(store: onPostgres ? TestStore.Postgres : TestStore.Sqlite);
        await KilledAsync(server.Services.GetRequiredService<IDatabase>());

        await Deadline.Until(() => Count("accounts") == 2, "Jo and Kari alone", () => $"{Count("accounts")} accounts");

        Assert.Equal(0, Count("unfinished_import"));
        await using var jo = server.Person("JoBrown");
        Assert.Equal(200, (await jo.SignsIn()).Status);

        long Count(string table)
        {
            using var connection = server.Services.GetRequiredService<IDatabase>().Open();
            using var command = Sql.Command(connection, $"SELECT COUNT(*) FROM {table}");
            return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        }
    }

    // What one leaves that was killed after its first part.
    private static async Task KilledAsync(IDatabase database)
    {
        await using var connection = database.Open();
        await using var command = Sql.Command(connection, Third);
        await Sql.ExecuteAsync(connection, "INSERT INTO unfinished_import (account) VALUES (@id)", CancellationToken.None,
            ("@id", await command.ExecuteScalarAsync()));
    }

    private static NewAccount New(string address) => new("im.adatum.com", TestAccount.AddressOf(address), null, null, "Pass-Word-1");
}

public sealed class UnfinishedImportOnSqliteTests() : UnfinishedImportTests(onPostgres: false);

public sealed class UnfinishedImportOnPostgresTests() : UnfinishedImportTests(onPostgres: true);
