using System.CommandLine;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Storage.Sqlite;
using RvpServer.Tests.Directories;

namespace RvpServer.Tests.Cli;

public sealed class BackupCommandTests : IDisposable
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");

    private readonly TempFolder directory = new();

    private string StorePath => directory.File("rvp.db");

    private string BackupPath => directory.File("backup.db");

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_backup_beside_a_running_store_is_one_whole_file()
    {
        await using var store = Open(StorePath);
        await store.CommitAsync(Jo, [new Change.ViewMade(1, null)]);

        var ran = await Run("backup", BackupPath);
        await store.CommitAsync(Jo, [new Change.ViewMade(2, null)]);

        Assert.Equal(new Ran(0, $"{StorePath} is backed up to {BackupPath}. Keep a copy of the directory keys beside it too: passwords are encrypted "
            + "with them.\n", ""), ran);
        Assert.Equal([BackupPath], Directory.GetFiles(directory.Path, "backup*"));
        await using var copy = Open(BackupPath);
        Assert.Equal([1], await ViewsAsync(copy));
    }

    [Fact]
    public async Task A_restored_store_is_what_was_backed_up()
    {
        await using (var store = Open(StorePath)) await store.CommitAsync(Jo, [new Change.ViewMade(1, null)]);
        Assert.Equal(0, (await Run("backup", BackupPath)).Code);
        await using (var store = Open(StorePath)) await store.CommitAsync(Jo, [new Change.ViewMade(2, null)]);
        Assert.Equal(0, (await Run("backup", directory.File("later.db"))).Code);

        var ran = await Run("restore", BackupPath);

        Assert.Equal(new Ran(0, $"{StorePath} is restored from {BackupPath}.\n", ""), ran);
        await using (var store = Open(StorePath)) Assert.Equal([1], await ViewsAsync(store));
        File.Delete(StorePath);
        Assert.Equal(0, (await Run("restore", directory.File("later.db"))).Code);
        await using (var store = Open(StorePath)) Assert.Equal([1, 2], await ViewsAsync(store));
    }

    [Fact]
    public async Task No_session_of_the_web_client_comes_back_with_a_backup()
    {
        await using (Open(StorePath))
        {
            using var connection = SqliteFile.Open(StorePath, SqliteOpenMode.ReadWrite);
            SqliteFile.Execute(connection, "INSERT INTO web_sessions VALUES (x'00', 'im.adatum.com/JOBROWN', 1, 1, '192.0.2.7', 'x')");
        }
        Assert.Equal(0, (await Run("backup", BackupPath)).Code);

        Assert.Equal(0, (await Run("restore", BackupPath)).Code);

        using var restored = SqliteFile.Open(StorePath, SqliteOpenMode.ReadOnly);
        Assert.Equal(0, SqliteFile.ReadNumber(restored, "SELECT COUNT(*) FROM web_sessions"));
    }

    [Fact]
    public async Task A_backup_that_everybody_could_have_changed_is_not_restored()
    {
        if (OperatingSystem.IsWindows()) return;
        await using (var store = Open(StorePath)) await store.CommitAsync(Jo, [new Change.ViewMade(1, null)]);
        Assert.Equal(0, (await Run("backup", BackupPath)).Code);
        File.SetUnixFileMode(BackupPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);

        var ran = await Run("restore", BackupPath);

        Assert.Equal(new Ran(1, "", $"{BackupPath} is open to everybody on this machine: chmod o-rwx {BackupPath}\n"), ran);
    }

    [Fact]
    public async Task A_store_in_use_is_not_restored()
    {
        await using var store = Open(StorePath);
        await store.CommitAsync(Jo, [new Change.ViewMade(1, null)]);
        await Run("backup", BackupPath);
        await store.CommitAsync(Jo, [new Change.ViewMade(2, null)]);

        Assert.Equal(new Ran(1, "", $"{StorePath} is in use: stop the server first.\n"), await Run("restore", BackupPath));
        await store.CommitAsync(Jo, [new Change.ViewMade(3, null)]);
        Assert.Equal([1, 2, 3], await ViewsAsync(store));
    }

    [Fact]
    public async Task What_is_no_backup_is_refused_and_the_store_stays()
    {
        await using (var store = Open(StorePath)) await store.CommitAsync(Jo, [new Change.ViewMade(1, null)]);
        File.WriteAllText(BackupPath, new string('x', 5000));
        var foreign = directory.File("foreign.db");
        File.WriteAllBytes(foreign, []);

        Assert.Equal(new Ran(1, "", $"{BackupPath} is no backup of a store: SQLite Error 26: 'file is not a database'.\n"), await Run("restore", BackupPath));
        Assert.Equal(new Ran(1, "", $"{foreign} is no backup of a store.\n"), await Run("restore", foreign));
        Assert.Equal(new Ran(1, "", $"There is no backup {directory.File("none")}.\n"), await Run("restore", directory.File("none")));
        Assert.Equal(new Ran(1, "", "A store cannot be its own backup.\n"), await Run("backup", StorePath));
        await using (var store = Open(StorePath)) Assert.Equal([1], await ViewsAsync(store));
    }

    [Fact]
    public async Task Who_backs_up_or_restores_without_the_keys_is_told()
    {
        using var local = new LocalAccounts();
        await local.AddAsync("JoBrown@adatum.com");
        SqliteBackup.Write(local.File.Path, StorePath);

        var ran = await Run("backup", BackupPath);

        Assert.Equal(0, ran.Code);
        Assert.StartsWith(
            "The secrets of JoBrown@adatum.com cannot be read, are the keys beside the store the right ones?", ran.Error, StringComparison.Ordinal);
        Assert.EndsWith($" They are in {directory.File("keys")}.\n", ran.Error, StringComparison.Ordinal);
        Assert.Equal(ran.Error, (await Run("restore", BackupPath)).Error);
    }

    [Fact]
    public async Task Without_a_store_there_is_no_backup()
    {
        Assert.Equal(new Ran(1, "", $"There is no store {StorePath}.\n"), await Run("backup", BackupPath));

        Assert.Empty(Directory.GetFiles(directory.Path));
    }

    private Task<Ran> Run(string command, string file) =>
        Ran.InProcessAsync(new RootCommand { BackupCommand.CreateBackup(Open), BackupCommand.CreateRestore(Open) }.Parse([command, file]));

    private CommandContext<string> Open(ParseResult parsed) => new(parsed, StorePath, TextReader.Null);

    private static SqliteStore Open(string path) => new(SqliteFile.Prepare(path), TimeProvider.System, NullLogger<SqliteStore>.Instance);

    private static async Task<List<int>> ViewsAsync(SqliteStore store)
    {
        var ids = new List<int>();
        await foreach (var (_, change) in store.ReadAllAsync(CancellationToken.None)) ids.Add(Assert.IsType<Change.ViewMade>(change).Id);
        return [.. ids.Order()];
    }
}
