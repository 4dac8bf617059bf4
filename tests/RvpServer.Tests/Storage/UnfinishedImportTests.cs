using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;
using RvpServer.Tests.Directories;

namespace RvpServer.Tests.Storage;

/// <summary>An import is all or nothing, and holds nobody up meanwhile.</summary>
public sealed class UnfinishedImportTests : IDisposable
{
    private const string Third =
        "INSERT INTO accounts (uid, domain, name, name_key, display_name, enabled) VALUES ('x', 'im.adatum.com', 'third', 'THIRD', 'Third', 1);";

    private readonly LocalAccounts local = new();

    public void Dispose() => local.Dispose();

    [Fact]
    public async Task Others_write_while_accounts_are_imported()
    {
        var rows = Enumerable.Range(1, 1000).Select(i => (i, New($"person{i}@adatum.com")));
        var import = Task.Run(() => local.Accounts.ImportAsync(rows, _ => { }, CancellationToken.None));
        await Deadline.Until(() => local.ReadNumber("SELECT COUNT(*) FROM accounts") is > 0 and < 1000, "an import under way", () => import.Status.ToString());

        using (var other = local.File.Open()) SqliteFile.Execute(other, "UPDATE counters SET value = value + 1 WHERE name = 'next_id'");

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
    public async Task One_whose_process_was_killed_is_taken_back_by_the_running_server()
    {
        await using var server = await TestServer.StartAsync();
        await KilledAsync(server.Folder);

        await Deadline.Until(() => Count(server.Folder, "accounts") == 2, "Jo and Kari alone", () => $"{Count(server.Folder, "accounts")} accounts");

        Assert.Equal(0, Count(server.Folder, "unfinished_import"));
        await using var jo = server.Person("JoBrown");
        Assert.Equal(200, (await jo.SignsIn()).Status);
    }

    [Fact]
    public async Task One_that_goes_on_is_left_alone_and_another_is_refused()
    {
        await using var connection = local.File.Open();
        await using var import = await UnfinishedImport.BeginAsync(local.File, connection, CancellationToken.None);
        await import.WriteAsync([1], _ =>
        {
            SqliteFile.Execute(connection, Third);
            return Task.FromResult(SqliteFile.ReadNumber(connection, "SELECT last_insert_rowid()"));
        }, CancellationToken.None);

        await UnfinishedImport.UndoAsync(local.File, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<StoreException>(
            () => local.Accounts.ImportAsync([(1, New("second@adatum.com"))], _ => { }, CancellationToken.None));

        Assert.Equal("Another import is under way.", refused.Message);
        Assert.Equal(1, local.ReadNumber("SELECT COUNT(*) FROM accounts"));
    }

    private static NewAccount New(string address) => new("im.adatum.com", TestAccount.AddressOf(address), null, null, "Pass-Word-1");

    // What one leaves that was killed after its first part.
    private static async Task KilledAsync(string folder)
    {
        await using var connection = SqliteFile.Prepare(Path.Combine(folder, SqliteFile.Name)).Open();
        SqliteFile.Execute(connection, Third + "INSERT INTO unfinished_import VALUES (last_insert_rowid());");
    }

    private static long Count(string folder, string table)
    {
        using var connection = SqliteFile.Prepare(Path.Combine(folder, SqliteFile.Name)).Open();
        return SqliteFile.ReadNumber(connection, $"SELECT COUNT(*) FROM {table}");
    }
}
