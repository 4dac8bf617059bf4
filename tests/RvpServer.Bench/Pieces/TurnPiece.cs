using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Nodes;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Bench.Pieces;

/// <summary>One turn of a node, with a store that writes nothing.</summary>
public class TurnPiece : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly RvpUrl url = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");
    private readonly NodeOwner owner = new("Kari Hensien", "KariHensien@adatum.com");
    private WebApplication app = null!;
    private INodes nodes = null!;
    private Caller caller = null!;
    private int turn;

    [GlobalSetup]
    public void Setup()
    {
        var root = TestConfiguration.Root(TestConfiguration.MakeOnLoopback(folder.Path, []));
        app = ServerHost.Build(root, RvpSettings.Read(root, folder.Path), "Production", TimeProvider.System,
            services => services.AddSingleton<IStore>(provider => new NoWrites(provider.GetRequiredService<SqliteStore>())));
        nodes = app.Services.GetRequiredService<INodes>();
        caller = new Caller(url, Credentials.Digest);
    }

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public async Task<object> ChangeOfState()
    {
        var state = PresenceStates.ElementOf(turn++ % 2 == 0 ? PresenceState.Busy : PresenceState.Away);
        var edit = new PropertyEdit(PropertyName.State, false, state, null, null);
        return (await nodes.AskAsync(url, owner, new PropPatch(caller, url, IPAddress.Loopback, [edit]), caller, CancellationToken.None)).Answer;
    }

    private sealed class NoWrites(IStore inner) : IStore
    {
        public IdCipher Ids => inner.Ids;

        public long LastPollSequence => inner.LastPollSequence;

        public IAsyncEnumerable<(RvpUrl Node, Change Change)> ReadAllAsync(CancellationToken stop) => inner.ReadAllAsync(stop);

        public Task CommitAsync(RvpUrl node, IReadOnlyList<Change> changes) => Task.CompletedTask;

        public bool TryEnqueue(RvpUrl node, IReadOnlyList<Change> changes) => true;

        public Task<bool> KnowsAsync(RvpUrl node, CancellationToken stop) => inner.KnowsAsync(node, stop);

        public Task<IReadOnlyList<IdRange>> ReserveIdsAsync(int count, CancellationToken stop) => inner.ReserveIdsAsync(count, stop);

        public Task CheckAsync(CancellationToken stop) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
