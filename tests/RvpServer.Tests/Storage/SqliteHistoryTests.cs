using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Testing;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Storage;

public sealed class SqliteHistoryTests : HistoryContract, IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private protected override (IStore Store, IHistory History) Open()
    {
        var file = SqliteFile.Prepare(folder.File(SqliteFile.Name));
        var store = new SqliteStore(file, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        return (store, new SqliteHistory(file, store));
    }
}
