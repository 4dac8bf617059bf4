using System.Collections.Immutable;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Nodes;

namespace RvpServer.Home;

/// <summary>The nodes of this process, as <see cref="ILiveNodes"/>.</summary>
internal sealed class LocalLiveNodes(NodeTurns turns) : ILiveNodes
{
    /// <inheritdoc/>
    public async Task<LiveNode?> LookAsync(RvpUrl node, int max, CancellationToken stop)
    {
        if (turns.Find(node) is not { } slot) return null;
        using var turn = await slot.TakeTurnAsync(stop);
        var found = slot.Node;
        return new LiveNode(
            [.. SignInsOf(slot).Take(max).Select(Of)], [.. found.Watches.Take(max).Select(watch => new LiveWatch(watch.Principal.Spelling, watch.ExpiresAt))],
            found.Watches.Count, [.. found.Access.Written.Take(max).Select(entry => new LiveAccess(entry.Principal?.Spelling, entry.Grant, entry.Deny))]);
    }

    /// <inheritdoc/>
    public async Task<bool> SignOutAsync(RvpUrl node, int? signIn, CancellationToken stop)
    {
        if (turns.Find(node) is not { } slot) return false;
        if (signIn is not { } id) return (await turns.TakeOwnAsync(slot, new CloseNode(), stop)).Answer is not Answer.Refused;
        if (!SignInsOf(slot).Any(one => one.Id == id)) return false;
        var end = new Unsubscribe(new Caller(slot.Node.Url, Credentials.Internal), id);
        return (await turns.TakeOwnAsync(slot, end, stop)).Answer is not Answer.Refused;
    }

    /// <inheritdoc/>
    public Task<IReadOnlySet<RvpUrl>> FindSignedInAsync(IReadOnlyCollection<RvpUrl> nodes, CancellationToken stop) =>
        Task.FromResult<IReadOnlySet<RvpUrl>>(nodes.Where(node => turns.Find(node) is { } slot && !SignInsOf(slot).IsEmpty).ToHashSet());

    /// <inheritdoc/>
    public Task<int> CountSignedInAsync(CancellationToken stop) => Task.FromResult(turns.All.Count(slot => !SignInsOf(slot).IsEmpty));

    private static ImmutableArray<Subscription> SignInsOf(NodeSlot slot) => slot.Node.SignIns;

    private static LiveSignIn Of(Subscription signIn) => new(
        signIn.Id, signIn.Address.ToString(), signIn.Callback is Callback.Direct direct ? direct.Text : null, signIn.ExpiresAt, signIn.IsSilent);
}
