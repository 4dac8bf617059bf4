using Microsoft.Extensions.DependencyInjection;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Storage;

namespace RvpServer.Tests.Home;

/// <summary>The usual store, which for a while refuses everything, or all that nobody waits for.</summary>
internal sealed class TroubledStore : IStore
{
    private IStore usual = null!;
    private int refused;

    public bool IsAway { get; set; }

    /// <summary>True while so much waits that only who waits too is served.</summary>
    public bool IsOverfull { get; set; }

    public int Refused => Volatile.Read(ref refused);

    public IdCipher Ids => usual.Ids;

    public long LastPollSequence => usual.LastPollSequence;

    public void Replace(IServiceCollection services)
    {
        var descriptor = services.Last(service => service.ServiceType == typeof(IStore));
        services.AddSingleton<IStore>(provider =>
        {
            usual = (IStore)(descriptor.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, descriptor.ImplementationType!));
            return this;
        });
    }

    public IAsyncEnumerable<(RvpUrl Node, Change Change)> ReadAllAsync(CancellationToken stop) => usual.ReadAllAsync(stop);

    public Task CommitAsync(RvpUrl node, IReadOnlyList<Change> changes)
    {
        if (!IsAway) return usual.CommitAsync(node, changes);
        Interlocked.Increment(ref refused);
        throw new StoreException("It is away.");
    }

    public bool TryEnqueue(RvpUrl node, IReadOnlyList<Change> changes) => !IsOverfull && usual.TryEnqueue(node, changes);

    public Task FlushAsync(RvpUrl node) => usual.FlushAsync(node);

    public Task<bool> KnowsAsync(RvpUrl node, CancellationToken stop) => usual.KnowsAsync(node, stop);

    public Task<IReadOnlyList<IdRange>> ReserveIdsAsync(int count, CancellationToken stop) => usual.ReserveIdsAsync(count, stop);

    public Task CheckAsync(CancellationToken stop) => usual.CheckAsync(stop);

    public ValueTask DisposeAsync() => usual.DisposeAsync();
}
