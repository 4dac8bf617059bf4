using Microsoft.Data.Sqlite;
using Rvp.Testing;
using RvpServer.Bench;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Budget;

/// <summary>What the program writes to its store, as it stands in the write-ahead log.</summary>
public sealed class WriteTests
{
    // So few that the log holds all they write: SQLite begins it again after a thousand pages.
    private const int People = 6;

    [Fact]
    public async Task A_sign_in_is_stored_with_no_more_than_it_was()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3.5));
        using var sink = new CallbackSink(Crowd.Contacts, patience.Token);
        var crowd = new Crowd(People, sink);
        await using var server = await RealServer.StartAsync(crowd.Accounts);
        await crowd.PrepareAsync(server.Port, patience.Token);
        var database = Path.Combine(server.DataFolder, SqliteFile.Name);
        await EmptyLogAsync(database, patience.Token);

        await crowd.SignInAsync(server.Port, patience.Token, atATime: 1);

        var (transactions, pages) = WriteAheadLog.Count(database + "-wal");
        Assert.InRange(transactions, People, int.MaxValue);
        Ceiling.SignInTransactions.Check(transactions / (double)People);
        Ceiling.SignInPages.Check(pages / (double)People);
    }

    // Not possible while the server writes.
    private static async Task EmptyLogAsync(string database, CancellationToken stop)
    {
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync(stop);
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        await Deadline.Until(async () => await command.ExecuteScalarAsync(stop) is 0L, "an empty log", () => "the database is busy");
    }
}
