using System.Globalization;
using Rvp.Testing;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Storage;

/// <summary>One data directory, one server. Locks count for each open file, so that one process can stand for two.</summary>
public sealed class DataLockTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_second_owner_is_refused_and_told_who_the_first_is()
    {
        using var first = DataLock.Take(folder.Path);

        var refused = Assert.Throws<StoreException>(() => DataLock.Take(folder.Path));

        var id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        Assert.Equal($"The data directory {folder.Path} is in use by process {id}: stop that server first.", refused.Message);
        Assert.Throws<StoreException>(() => DataLock.Take(folder.Path));
    }

    [Fact]
    public void It_ends_with_its_owner_whatever_is_left_in_the_file()
    {
        DataLock.Take(folder.Path).Dispose();
        File.WriteAllText(folder.File(DataLock.Name), "999999999 of a process that was killed");

        using var next = DataLock.Take(folder.Path);

        Assert.StartsWith("The data directory", Assert.Throws<StoreException>(() => DataLock.Take(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_owner_may_read_it()
    {
        using var held = DataLock.Take(folder.File("data"));

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.File("data"), DataLock.Name)));
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        await using var first = await TestServer.StartAsync();
        await using var jo = first.Person("JoBrown");

        var refused = await Assert.ThrowsAsync<StoreException>(first.StartSecondAsync);

        Assert.Contains(" is in use by process ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await jo.SignsIn()).Status);
    }

    [Fact]
    public async Task Accounts_are_added_and_backups_are_made_beside_a_running_server()
    {
        await using var server = await TestServer.StartAsync();

        await server.AddAccountAsync("Third@adatum.com", "Third");
        SqliteBackup.Write(Path.Combine(server.Folder, SqliteFile.Name), folder.File("backup.db"));

        Assert.Equal("Third", (await server.FindAccountAsync("Third@adatum.com")).Name);
    }

    [Fact]
    public async Task A_running_server_keeps_its_store_from_restore_and_repair()
    {
        await using var server = await TestServer.StartAsync();
        var store = Path.Combine(server.Folder, SqliteFile.Name);
        SqliteBackup.Write(store, folder.File("backup.db"));

        Assert.Contains("in use", Assert.Throws<StoreException>(() => SqliteBackup.Restore(folder.File("backup.db"), store)).Message, StringComparison.Ordinal);
        Assert.Contains("in use", Assert.Throws<StoreException>(() => SqliteRepair.Repair(store)).Message, StringComparison.Ordinal);
    }
}
