using RvpServer.Storage;

namespace RvpServer.Tests.Storage;

public sealed class PostgresIdsTests : IdsContract, IDisposable
{
    private readonly PostgresFolder folder = new();

    public void Dispose() => folder.Dispose();

    private protected override IStore Open() => folder.Open();

    private protected override void Execute(string sql) => folder.Execute(sql);

    private protected override long ReadNumber(string sql) => folder.ReadNumber(sql);
}
