using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace RvpServer.Storage;

/// <summary>
/// The messages that were kept of each account. They are written as changes of its node, and only read here; nothing of it is in memory. All throw
/// <see cref="StoreException"/>.
/// </summary>
internal interface IHistory
{
    /// <summary>A part of what the query asks for, oldest first.</summary>
    Task<HistoryPage> ReadAsync(RvpUrl node, HistoryQuery query, CancellationToken stop);

    /// <summary>The conversations, newest first.</summary>
    Task<IReadOnlyList<HistoryConversation>> ListAsync(RvpUrl node, int limit, CancellationToken stop);

    /// <summary>Makes some of the newest messages searchable; true if there may be more. A search does so itself.</summary>
    Task<bool> IndexAsync(CancellationToken stop);

    /// <summary>Deletes some of what is older than a time, or more than an account may keep; true if there may be more.</summary>
    Task<bool> TrimAsync(DateTimeOffset before, int maxPerNode, CancellationToken stop);

    /// <summary>What is kept of a node, to go along with it to another home server: the newest, up to a size. Null: nothing.</summary>
    Task<byte[]?> PackAsync(RvpUrl node, CancellationToken stop);

    /// <summary>Takes what another server has packed, in place of what is there.</summary>
    Task UnpackAsync(RvpUrl node, byte[] packed, CancellationToken stop);

    /// <summary>Deletes all that is kept of a node, without a turn of it: it is not here any more.</summary>
    Task DropAsync(RvpUrl node, CancellationToken stop);
}
