using RvpServer.Storage;
using RvpServer.Storage.Postgres;

namespace RvpServer.Tests.Storage;

public sealed class PostgresHistoryTests : HistoryContract, IDisposable
{
    private readonly PostgresFolder folder = new();

    public void Dispose() => folder.Dispose();

    private protected override (IStore Store, IHistory History) Open()
    {
        var store = folder.Open();
        return (store, new PostgresHistory(folder.Databases[^1], store));
    }
}
