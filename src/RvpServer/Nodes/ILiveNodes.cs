using Rvp.Protocol;

namespace RvpServer.Nodes;

/// <summary>What administrators see of nodes, and end, in whichever process they are. Only values, as with <see cref="INodes"/>.</summary>
internal interface ILiveNodes
{
    /// <summary>How a node is; null: there is nothing of it. Throws <see cref="Runtime.UnavailableException"/>.</summary>
    /// <param name="node">The node's canonical URL.</param>
    /// <param name="max">How many of a kind are given.</param>
    /// <param name="stop">Ends the waiting.</param>
    Task<LiveNode?> LookAsync(RvpUrl node, int max, CancellationToken stop);

    /// <summary>Ends one sign-in, or all; false if there was none. Throws <see cref="Runtime.UnavailableException"/>.</summary>
    Task<bool> SignOutAsync(RvpUrl node, int? signIn, CancellationToken stop);

    /// <summary>Those of some nodes where somebody is signed in, as far as the processes answer.</summary>
    Task<IReadOnlySet<RvpUrl>> FindSignedInAsync(IReadOnlyCollection<RvpUrl> nodes, CancellationToken stop);

    /// <summary>The number of nodes where somebody is signed in, as far as the processes answer.</summary>
    Task<int> CountSignedInAsync(CancellationToken stop);
}

/// <summary>How a node is at a moment.</summary>
/// <param name="SignIns">Where its owner is signed in, oldest first.</param>
/// <param name="Watches">Who watches it.</param>
/// <param name="WatchCount">How many do.</param>
/// <param name="Access">What its owner has written into the access list.</param>
internal sealed record LiveNode(IReadOnlyList<LiveSignIn> SignIns, IReadOnlyList<LiveWatch> Watches, int WatchCount, IReadOnlyList<LiveAccess> Access);

/// <summary>A sign-in.</summary>
/// <param name="Id">Its subscription.</param>
/// <param name="Address">Where from.</param>
/// <param name="Callback">Where its news goes; null: it polls.</param>
/// <param name="ExpiresAt">The end of its lease, by the store's time.</param>
/// <param name="IsSilent">True if it polls and has not been heard of for too long.</param>
internal sealed record LiveSignIn(int Id, string Address, string? Callback, DateTimeOffset ExpiresAt, bool IsSilent);

/// <summary>Somebody who watches, until the lease ends by the store's time.</summary>
internal sealed record LiveWatch(string Principal, DateTimeOffset ExpiresAt);

/// <summary>An entry of an access list; without principal it is for everyone.</summary>
internal sealed record LiveAccess(string? Principal, Rights Grant, Rights Deny);
