using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories.Local;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Storage;

/// <summary>Pages that a disk has lost, files that somebody has lost: noticed before anything is promised or overwritten, and named with a cure.</summary>
public sealed class DamagedStoreTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string StorePath => folder.File(SqliteFile.Name);

    private string BackupPath => folder.File("backup.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_server_does_not_start_on_a_damaged_store_and_says_what_to_do()
    {
        await FillAsync();
        Assert.True(StoreFiles.DamagePagesWith(StorePath, "value 500 ") > 0);
        using var held = DataLock.Take(folder.Path);

        var refused = Assert.Throws<StoreException>(() => SqliteFile.PrepareForServer(StorePath, held));

        Assert.Equal(
            $"The store {StorePath} is damaged: a page cannot be read. Stop the server; \"rvpserver restore FILE\" brings a backup back, and "
                + "\"rvpserver repair\" saves what can be read.",
            refused.Message);
    }

    [Fact]
    public async Task A_damaged_store_does_not_replace_the_last_good_backup()
    {
        await FillAsync();
        SqliteBackup.Write(StorePath, BackupPath);
        var good = await File.ReadAllBytesAsync(BackupPath);
        StoreFiles.DamagePagesWith(StorePath, "value 500 ");

        var refused = Assert.Throws<StoreException>(() => SqliteBackup.Write(StorePath, BackupPath));

        Assert.StartsWith($"The store {StorePath} is damaged: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(good, await File.ReadAllBytesAsync(BackupPath));
        Assert.Equal([BackupPath], Directory.GetFiles(folder.Path, "backup*"));
    }

    [Fact]
    public async Task A_backup_takes_the_place_of_a_damaged_store_which_stays_beside_it()
    {
        await FillAsync();
        SqliteBackup.Write(StorePath, BackupPath);
        StoreFiles.DamagePagesWith(StorePath, "value 500 ");

        SqliteBackup.Restore(BackupPath, StorePath);

        Assert.Null(SqliteFile.FindDamage(StorePath));
        Assert.Equal(1000, ReadNumber("SELECT COUNT(*) FROM properties"));
        Assert.Single(Directory.GetFiles(folder.Path, "rvp.db.damaged-*"));
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_not_backed_up()
    {
        await FillAsync();
        Execute("PRAGMA user_version = 99");

        var refused = Assert.Throws<StoreException>(() => SqliteBackup.Write(StorePath, BackupPath));

        Assert.Equal($"The store {StorePath} was written by a newer version (schema 99, this one knows {SqliteFile.SchemaVersion}): use that version.",
            refused.Message);
        Assert.False(File.Exists(BackupPath));
    }

    [Fact]
    public void A_database_of_another_program_is_left_alone()
    {
        using (var connection = new SqliteConnection($"Data Source={StorePath};Pooling=False"))
        {
            connection.Open();
            SqliteFile.Execute(connection, "CREATE TABLE letters (text TEXT)");
        }

        var refused = Assert.Throws<StoreException>(() => SqliteFile.Prepare(StorePath));

        Assert.Equal($"{StorePath} is a database of another program.", refused.Message);
        Assert.Equal(0, ReadNumber("SELECT COUNT(*) FROM sqlite_master WHERE name = 'accounts'"));
    }

    [Fact]
    public async Task A_store_that_was_emptied_is_as_good_as_gone()
    {
        await using var server = await TestServer.StartAsync();
        await server.StopAsync();
        await File.WriteAllBytesAsync(Path.Combine(server.Folder, SqliteFile.Name), []);

        var refused = await Assert.ThrowsAsync<StoreException>(server.StartAgainAsync);

        Assert.Contains("is gone, but its keys are there", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_gone_while_its_keys_are_there_is_not_begun_anew()
    {
        await using var server = await TestServer.StartAsync();
        await server.StopAsync();
        foreach (var file in Directory.GetFiles(server.Folder, "rvp.db*")) File.Delete(file);

        var refused = await Assert.ThrowsAsync<StoreException>(server.StartAgainAsync);

        Assert.Contains("is gone, but its keys are there: restore a backup, or remove ", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(server.Folder, "rvp.db*"));
    }

    [Fact]
    public void An_older_schema_is_copied_before_it_is_updated_and_never_under_a_running_server()
    {
        SqliteFile.Prepare(StorePath, 8);
        Execute("INSERT INTO views (id, node, sign_in) VALUES (5, 'http://im.adatum.com/instmsg/aliases/JoBrown', NULL)");
        using (DataLock.Take(folder.Path))
        {
            var refused = Assert.Throws<StoreException>(() => SqliteFile.Prepare(StorePath));
            Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(8, ReadNumber("PRAGMA user_version"));

        SqliteFile.Prepare(StorePath);

        Assert.Equal(SqliteFile.SchemaVersion, ReadNumber("PRAGMA user_version"));
        using var copy = SqliteFile.Open(StorePath + ".schema-8", SqliteOpenMode.ReadOnly);
        Assert.Equal(8, SqliteFile.ReadNumber(copy, "PRAGMA user_version"));
        Assert.Equal(1, SqliteFile.ReadNumber(copy, "SELECT COUNT(*) FROM views"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-wal")]
    public async Task A_file_that_is_deleted_under_a_running_store_is_noticed_before_the_next_promise(string suffix)
    {
        if (OperatingSystem.IsWindows()) return; // Nobody can delete it there.
        await using var store = Open();
        await store.CommitAsync(Jo, [new Change.ViewMade(1, null)]);

        File.Delete(StorePath + suffix);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.CommitAsync(Jo, [new Change.ViewMade(2, null)]));
        Assert.Contains($"{StorePath}{suffix} was deleted or replaced under the running server", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreException>(() => store.CheckAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_file_that_is_replaced_by_another_is_noticed_too()
    {
        if (!OperatingSystem.IsLinux()) return;
        await using var store = Open();
        await store.CommitAsync(Jo, [new Change.ViewMade(1, null)]);
        File.Copy(StorePath, folder.File("other"));

        File.Move(folder.File("other"), StorePath, overwrite: true);

        await Assert.ThrowsAsync<StoreException>(() => store.CommitAsync(Jo, [new Change.ViewMade(2, null)]));
    }

    [Fact]
    public async Task A_server_whose_log_of_changes_is_deleted_stops_by_itself_with_an_error()
    {
        if (OperatingSystem.IsWindows()) return;
        var configuration = TestConfiguration.Root(TestConfiguration.MakeOnLoopback(folder.Path, new Dictionary<string, string?>()));
        await using var app = ServerHost.Build(configuration, RvpSettings.Read(configuration, folder.Path), "Production", TimeProvider.System);
        var end = ServerHost.RunAsync(app, CancellationToken.None);
        var started = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted;
        await Deadline.Until(() => started.IsCancellationRequested, "a start", () => end.Status.ToString());

        await app.Services.GetRequiredService<IStore>().CommitAsync(Jo, [new Change.PropertySet(PropertyName.Email, "kept")]);

        File.Delete(StorePath + "-wal");

        Assert.Equal(1, await Deadline.For(end, "the end of the server", () => "it goes on"));
        await app.DisposeAsync();
        // What the log had was still open, and is in the file now.
        Assert.Equal(1, ReadNumber("SELECT COUNT(*) FROM properties"));
    }

    [Fact]
    public async Task Readiness_proves_that_a_password_can_be_read_with_the_keys_that_are_there()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Contains("ready", await ReadyAsync(server), StringComparison.Ordinal);

        Directory.Move(Path.Combine(server.Folder, "keys"), folder.File("keys"));

        Assert.Contains("secrets: The secrets of JoBrown@adatum.com cannot be read", await ReadyAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readiness_needs_no_account()
    {
        SqliteFile.Prepare(StorePath);

        await new SecretsProof(SqliteFile.AsItIs(StorePath), folder.Path).ProveAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_row_that_cannot_be_understood_costs_no_other()
    {
        SqliteFile.Prepare(StorePath);
        Execute("INSERT INTO properties VALUES ('http://im.adatum.com/instmsg/aliases/JoBrown', 'no name', 'x'), "
            + "('http://im.adatum.com/instmsg/aliases/JoBrown', '{urn:x}good', 'y')");
        Execute("INSERT INTO view_values VALUES (1, '{urn:x}v', 'http://im.adatum.com/instmsg/aliases/JoBrown', 'x', NULL, 9223372036854775807, 'no number')");

        await using var store = Open();
        var read = new List<Change>();
        await foreach (var (_, change) in store.ReadAllAsync(CancellationToken.None)) read.Add(change);

        Assert.Equal([new Change.PropertySet(new PropertyName("urn:x", "good"), "y")], read);
    }

    private static RvpUrl Jo => RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");

    private SqliteStore Open() => new(SqliteFile.Prepare(StorePath), TimeProvider.System, NullLogger<SqliteStore>.Instance);

    private async Task FillAsync()
    {
        await using var store = Open();
        await store.CommitAsync(Jo, [.. Enumerable.Range(0, 1000).Select(
            i => new Change.PropertySet(new PropertyName("urn:x", $"p{i}"), $"value {i} {new string('x', 200)}"))]);
    }

    private static async Task<string> ReadyAsync(TestServer server) =>
        (await RawConnection.AskAsync(server.AdminPort, "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")).Body;

    private void Execute(string sql)
    {
        using var connection = SqliteFile.Open(StorePath, SqliteOpenMode.ReadWrite);
        SqliteFile.Execute(connection, sql);
    }

    private long ReadNumber(string sql)
    {
        using var connection = SqliteFile.Open(StorePath, SqliteOpenMode.ReadWrite);
        return SqliteFile.ReadNumber(connection, sql);
    }
}
