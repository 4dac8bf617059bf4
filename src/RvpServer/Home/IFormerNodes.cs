using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>What accounts have left under earlier names in other processes of a cluster; a process that is alone needs none.</summary>
internal interface IFormerNodes
{
    /// <summary>What an account has left under another name; null: nothing. Throws <see cref="Runtime.UnavailableException"/>.</summary>
    Task<Inherit?> FindAsync(RvpUrl node, NodeOwner owner, CancellationToken stop);

    /// <summary>It goes on under its new name, and nothing is left of it.</summary>
    Task EndAsync(RvpUrl former);
}
