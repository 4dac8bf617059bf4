using Rvp.Testing;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Storage;

/// <summary>What a flood has made large becomes small again, while others write.</summary>
public sealed class FreeRoomTests : IDisposable
{
    private const long Megabyte = 1024 * 1024;

    private readonly TempFolder folder = new();

    private string StorePath => folder.File(SqliteFile.Name);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_flood_the_file_shrinks_step_by_step(bool isOfOlderVersion)
    {
        if (isOfOlderVersion) MakeOlder();
        var file = SqliteFile.Prepare(StorePath);
        using var other = file.Open();
        SqliteFile.Execute(other, """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            INSERT INTO known_addresses SELECT 'account ' || i, hex(randomblob(1000)), i FROM n;
            """);
        SqliteFile.Execute(other, "PRAGMA wal_checkpoint(TRUNCATE)");
        Assert.True(new FileInfo(StorePath).Length > 40 * Megabyte);
        SqliteFile.Execute(other, "DELETE FROM known_addresses");

        var steps = 0;
        while (FreeRoom.GiveBack(file))
        {
            // A step ends, so whoever wants to write can.
            SqliteFile.Execute(other, "UPDATE counters SET value = value + 1 WHERE name = 'accounts'");
            steps++;
        }
        SqliteFile.Execute(other, "PRAGMA wal_checkpoint(TRUNCATE)");

        Assert.InRange(steps, 20, 1000);
        Assert.InRange(new FileInfo(StorePath).Length, 0, 20 * Megabyte);
        Assert.Null(SqliteFile.FindDamage(StorePath));
    }

    [Fact]
    public void The_log_does_not_stay_as_long_as_the_longest_transaction()
    {
        var file = SqliteFile.Prepare(StorePath);
        using var other = file.Open();
        SqliteFile.Execute(other, """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            INSERT INTO known_addresses SELECT 'account ' || i, hex(randomblob(1000)), i FROM n;
            """);
        Assert.True(new FileInfo(StorePath + "-wal").Length > 40 * Megabyte);

        for (var i = 0; i < 3; i++) SqliteFile.Execute(other, "UPDATE counters SET value = value + 1 WHERE name = 'accounts'");

        Assert.InRange(new FileInfo(StorePath + "-wal").Length, 0, 17 * Megabyte);
    }

    // As all files were before room could be given back.
    private void MakeOlder()
    {
        SqliteFile.Prepare(StorePath, 8);
        using var connection = SqliteFile.Open(StorePath, Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite);
        SqliteFile.Execute(connection, "PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM");
        Assert.Equal(0, SqliteFile.ReadNumber(connection, "PRAGMA auto_vacuum"));
    }
}
