using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Runtime;

namespace RvpServer.Storage;

/// <summary>Stores the state of the nodes: the journal from which memory is rebuilt.</summary>
internal interface IStore : IAsyncDisposable
{
    /// <summary>
    /// Everything stored, in an order in which it can be applied: subscriptions before views before values, and of each node what was made first. The same URL
    /// is the same object each time.
    /// </summary>
    IAsyncEnumerable<(RvpUrl Node, Change Change)> ReadAllAsync(CancellationToken stop);

    /// <summary>True if it is a server of its own, which may go away and come back.</summary>
    bool IsElsewhere => false;

    /// <summary>The number of shards that the nodes are in, by <see cref="ShardMap"/>. One where a single process has the store.</summary>
    int Shards => 1;

    /// <summary>
    /// Takes shards for this process from whichever have them: when this returns everything that those have stored can be read, and they can store nothing
    /// more.
    /// </summary>
    Task TakeAsync(IReadOnlyCollection<short> shards, CancellationToken stop) => Task.CompletedTask;

    /// <summary>What <see cref="ReadAllAsync"/> gives, of some shards.</summary>
    IAsyncEnumerable<(RvpUrl Node, Change Change)> ReadAsync(IReadOnlyCollection<short> shards, CancellationToken stop) => ReadAllAsync(stop);

    /// <summary>Stores what nobody waits for, and gives up a shard, which another process may have taken already.</summary>
    Task GiveBackAsync(short shard) => Task.CompletedTask;

    /// <summary>
    /// Writes a node's changes in order, all or none; completes when they are on disk, where a power failure cannot undo them. Changes of one node are stored
    /// in the order of the calls. Throws <see cref="StoreException"/> when they could not be stored, <see cref="ShardAwayException"/> when another process has
    /// taken the node's shard.
    /// </summary>
    Task CommitAsync(RvpUrl node, IReadOnlyList<Change> changes);

    /// <summary>
    /// Writes with the next group, in order with <see cref="CommitAsync"/>, but nobody waits: for lease renewals. False if so much waits already that it is not
    /// taken.
    /// </summary>
    bool TryEnqueue(RvpUrl node, IReadOnlyList<Change> changes);

    /// <summary>Completes when all changes of a node that were handed over so far are stored.</summary>
    Task FlushAsync(RvpUrl node) => Task.CompletedTask;

    /// <summary>Makes ids of the numbers that <see cref="ReserveIdsAsync"/> reserves.</summary>
    IdCipher Ids { get; }

    /// <summary>
    /// No sequence of an <see cref="InboxEntry"/> that had been stored when the store was opened, or the last shard was taken, is higher; later ones are.
    /// </summary>
    long LastPollSequence { get; }

    /// <summary>Whether anything of a node's account is stored; false also after the command line has removed it.</summary>
    Task<bool> KnowsAsync(RvpUrl node, CancellationToken stop);

    /// <summary>
    /// Reserves at least <paramref name="count"/> numbers of ids for this process; stored before it returns, so that no id is given that somebody may name.
    /// </summary>
    Task<IReadOnlyList<IdRange>> ReserveIdsAsync(int count, CancellationToken stop);

    /// <summary>
    /// Prepares for a node that brings along ids of subscriptions and views, in the order of making: the changes that make them are committed next.
    /// </summary>
    Task KeepIdsAsync(RvpUrl node, IReadOnlyList<int> ids, CancellationToken stop) => Task.CompletedTask;

    /// <summary>A node is about to inherit subscriptions of another, with their ids.</summary>
    void InheritIds(RvpUrl node, RvpUrl former)
    {
    }

    /// <summary>Whether a node came here by this move, also if it has gone on since.</summary>
    Task<bool> HasTakenAsync(Guid move, CancellationToken stop) => Task.FromResult(false);

    /// <summary>Whether a node has brought this id along: then it is not given to anybody.</summary>
    bool IsForeignId(int id) => false;

    /// <summary>Throws <see cref="StoreException"/> when the store does not work: for readiness.</summary>
    Task CheckAsync(CancellationToken stop);
}

/// <summary>The store failed; the message is for the log, not for strangers.</summary>
internal sealed class StoreException(string message, Exception? cause = null) : UnavailableException(message, cause);
