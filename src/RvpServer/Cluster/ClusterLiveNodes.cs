using Rvp.Protocol;
using RvpServer.Home;
using RvpServer.Nodes;

namespace RvpServer.Cluster;

/// <summary>The nodes of all processes, as <see cref="ILiveNodes"/>.</summary>
internal sealed class ClusterLiveNodes(LocalLiveNodes local, Shards shards, ShardGrains grains, OtherMembers others) : ILiveNodes
{
    /// <inheritdoc/>
    public async Task<LiveNode?> LookAsync(RvpUrl node, int max, CancellationToken stop) => shards.Find(node) is not null
        ? await local.LookAsync(node, max, stop)
        : Wire.Read<LiveNode[]>(await grains.AskAsync(node, grain => grain.LookAsync(node.ToString(), max), stop)).FirstOrDefault();

    /// <inheritdoc/>
    public async Task<bool> SignOutAsync(RvpUrl node, int? signIn, CancellationToken stop) => shards.Find(node) is not null
        ? await local.SignOutAsync(node, signIn, stop)
        : await grains.AskAsync(node, grain => grain.SignOutAsync(node.ToString(), signIn), stop);

    /// <inheritdoc/>
    public async Task<IReadOnlySet<RvpUrl>> FindSignedInAsync(IReadOnlyCollection<RvpUrl> nodes, CancellationToken stop)
    {
        var elsewhere = nodes.Where(node => shards.Find(node) is null).ToDictionary(node => node.ToString());
        var here = await local.FindSignedInAsync(nodes, stop);
        if (elsewhere.Count == 0) return here;
        var found = await others.AskAsync(member => member.FindSignedInAsync([.. elsewhere.Keys]), stop);
        return new HashSet<RvpUrl>([.. here, .. found.SelectMany(some => some).Select(node => elsewhere[node])]);
    }

    /// <inheritdoc/>
    public async Task<int> CountSignedInAsync(CancellationToken stop) =>
        await local.CountSignedInAsync(stop) + (await others.AskAsync(member => member.CountSignedInAsync(), stop)).Sum();
}
